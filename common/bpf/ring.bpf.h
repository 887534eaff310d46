/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Records to user space, with every loss counted and few wake-ups.
 *
 * Waking the reader costs ten times the record, so a record does it only when the
 * reader has gone to sleep on an empty ring (`ring_armed`) or a quarter of the ring is
 * filled; events.c looks again every 50 ms while records flow. Overflow: the new
 * record is dropped and counted as COUNT_RING_FULL.
 *
 * Whether the reader sleeps is asked when the record is in the ring, and the reader looks once more
 * after it has said so: one of the two sees the other. Asked before, a reader that fell asleep in
 * between would not learn of the record until the next one.
 */
#ifndef SNOOPKIT_RING_BPF_H
#define SNOOPKIT_RING_BPF_H

#include "count.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024); /* set at load by --buffer */
} events SEC(".maps");

/* Set by events_look() after an empty pass, cleared by whoever wakes the reader. */
__u32 ring_armed;
/* Bytes of unread records that wake a reader that is not asleep. */
const volatile __u64 ring_wake_bytes = 64 * 1024;

/* For a record that is about to go into the ring. */
static __always_inline __u64 ring_flags(__u64 size)
{
	/* This one included: who fills the ring, so that ring_sent() finds no room, has woken. */
	if (bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) + size >= ring_wake_bytes)
		return BPF_RB_FORCE_WAKEUP;
	return BPF_RB_NO_WAKEUP;
}

/*
 * The record is in the ring. The kernel put it there by an exchange, which is a full barrier; pairs
 * with that in events_look(). An empty record that the reader passes over carries the wake-up.
 */
static __always_inline void ring_sent(__u64 flags)
{
	void *nothing;

	if (!*(volatile __u32 *)&ring_armed || flags == BPF_RB_FORCE_WAKEUP)
		return;
	nothing = bpf_ringbuf_reserve(&events, 8, 0);
	if (!nothing)
		return;
	/* Before the wake-up, so that it cannot undo what events_look() says after that. */
	ring_armed = 0;
	bpf_ringbuf_discard(nothing, BPF_RB_FORCE_WAKEUP);
}

/* For records that are no events: a record without room is not counted. */
static __always_inline bool ring_output(void *record, __u64 size, const __u64 max_size)
{
	__u64 flags = ring_flags(size);

	/* Here and not earlier: up to 5.11 the verifier forgets the bounds of what is spilled. */
	barrier_var(size);
	if (size > max_size)
		return false;
	if (bpf_ringbuf_output(&events, record, size, flags))
		return false;
	ring_sent(flags);
	return true;
}

/* A record of any size up to max_size, which `record` points to. */
static __always_inline bool ring_emit_sized(void *record, __u64 size, const __u64 max_size)
{
	if (ring_output(record, size, max_size))
		return true;
	count_add(COUNT_RING_FULL);
	return false;
}

static __always_inline bool ring_emit(void *record, const __u64 size)
{
	return ring_emit_sized(record, size, size);
}

#endif
