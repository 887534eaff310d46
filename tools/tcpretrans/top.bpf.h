/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * For sums: of each connection and cause the first event of an interval is a record, from which
 * the loader learns whose it is; what follows is only added up here.
 */
#ifndef TCPRETRANS_TOP_BPF_H
#define TCPRETRANS_TOP_BPF_H

#include "atomic.bpf.h"
#include "tools/tcpretrans/tcpretrans.h"

const volatile bool with_top = false;
const volatile bool with_owners = false; /* whose it is makes a difference */
/*
 * Goes up with each interval, by top_collect(). What has an older one is added to no more once
 * order.bpf.h says so.
 */
__u32 top_epoch;

/* 100 bytes each. Full: events stay records. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct retrans_source);
	__type(value, struct retrans_more);
	__uint(max_entries, 1); /* set at load */
} mores SEC(".maps");

static __always_inline void top_source(struct retrans_source *s, const struct retrans_record *r)
{
	s->socket = r->cookie ?: r->socket;
	s->lport = r->flow.lport;
	s->rport = r->flow.rport;
	s->cause = r->cause;
	s->reason = r->reason;
	s->attempt = r->attempt;
	s->error = r->error;
	s->epoch = r->epoch;
}

/* Between order_enter() and order_leave(). False: it has to be a record. */
static __always_inline bool top_adds(struct retrans_record *r)
{
	struct retrans_source source = {};
	struct retrans_more *more;

	if (!with_top)
		return false;
	/* Pairs with top_collect(): order_enter() came before. */
	r->epoch = top_epoch;
	top_source(&source, r);
	more = bpf_map_lookup_elem(&mores, &source);
	if (!more)
		return false;
	if (more->unowned)
		count_add(RETRANS_UNOWNED);
	atomic_add(&more->events, 1);
	atomic_add(&more->segs, r->segs);
	atomic_add(&more->bytes, r->bytes);
	if (r->flags & RETRANS_AGAIN)
		atomic_add(&more->again_segs, r->segs);
	return true;
}

/*
 * Such a record is in the ring. Whose connection was accepted by a process that is not known yet,
 * that may be known for the next one.
 */
static __always_inline void top_begins(const struct retrans_record *r)
{
	struct retrans_source source = {};
	struct retrans_more more = {};

	if (!with_top || (with_owners && r->owner.pid && r->owner.socket != r->socket))
		return;
	top_source(&source, r);
	more.unowned = !r->owner.pid;
	bpf_map_update_elem(&mores, &source, &more, BPF_NOEXIST);
}

#endif
