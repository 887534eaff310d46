/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The way of an event through a program, the same in every tool that streams events: it is
 * counted, filtered, given its time, sent, and over.
 *
 *	EVENT (EVENT_OWN, process_wanted(task, true), time_ns, SLOT_EXIT, EXIT_BUSY) {
 *		record_begin(&r.head, EXIT_RECORD, time_ns, sizeof(r));
 *		...
 *		ring_emit(&r, sizeof(r));
 *	}
 *
 * So what is seen is filtered, counted by a cause of loss, or in the ring. The filters are asked
 * when the event has been counted. The block may be left in any way, also by return. All of it is
 * inlined, and as long as if it were written by hand.
 */
#ifndef SNOOPKIT_EVENT_BPF_H
#define SNOOPKIT_EVENT_BPF_H

#include "count.bpf.h"
#include "order.bpf.h"
#include "record_wire.h"
#include "ring.bpf.h"

/* `counted`, `wanted`: see EVENT_WANTED(); `time_ns`, `slot`, `busy`: see ORDERED(). */
#define EVENT(counted, wanted, time_ns, slot, busy) \
	EVENT_WANTED (counted, wanted)              \
		ORDERED (time_ns, slot, busy)

/* A record of variable size gets it when all of it is known. */
static __always_inline void record_begin(struct record *r, __u32 kind, __u64 time_ns, __u32 size)
{
	r->time_ns = time_ns;
	r->kind = kind;
	r->size = size;
}

#endif
