/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Requests on their way to the device: programs that note what they will not carry. */
#ifndef BIOLATENCY_REQUEST_START_BPF_H
#define BIOLATENCY_REQUEST_START_BPF_H

#include "tools/biolatency/bio_start.bpf.h"

static __always_inline bool entered(__u64 address, struct inflight_ref *ref)
{
	if (phases && plug_cache && inflight_find(&requests, address, ref))
		return true;
	return filter_owner && noted_before(address, ref);
}

static __always_inline int request_got(struct bio *bio, const __u64 *arg)
{
	__u64 address = arg_identity(bio);
	__u64 now = bpf_ktime_get_ns();
	struct inflight_ref ref;
	__u64 *field;

	if (!entered(address, &ref) && !request_begin(address, now, &ref))
		return 0;
	field = inflight_fields(&ref);
	field[RQ_GOT] = now;
	if (filter_owner && !(field[RQ_OWNER] & OWNER_KNOWN))
		field[RQ_OWNER] = owner_at_getrq(bio, arg);
	inflight_publish(&ref, address);
	return 0;
}

SEC("tp_btf/block_getrq")
int BPF_PROG(getrq, struct bio *bio)
{
	return request_got(bio, ctx);
}

/* Attached after the first one. */
SEC("tp_btf/block_getrq")
int BPF_PROG(again_getrq, struct bio *bio)
{
	if (was_run(&requests, arg_identity(bio), RQ_GOT, BIO_AGAIN_GETRQ))
		return 0;
	return request_got(bio, ctx);
}

SEC("tp_btf/block_getrq")
int BPF_PROG(getrq_old, struct request_queue *q, struct bio *bio, int rw)
{
	return request_got(bio, ctx + 1);
}

/* 0: requests of this task are stamped from the clock itself. */
static __always_inline __u64 plug_clock(void)
{
	struct task_struct *task;

	if (!plug_cache)
		return 0;
	task = bpf_get_current_task_btf();
	return task->plug ? task->plug->cur_ktime : 0;
}

/*
 * Where a bio's own times are wanted a request is known by its first bio, which its submitter
 * had in hand before the request was made; flushes and some commands have none. Elsewhere by
 * itself, which is the same from issue to completion.
 */
static __always_inline __u64 request_key(struct request *rq, bool as_bio)
{
	if (as_bio && rq->bio)
		return arg_identity(rq->bio);
	return arg_identity(rq);
}

static __always_inline int request_issued(struct request *rq)
{
	struct inflight_ref ref;
	__u64 key, now, cached;

	if (stamp_all || block_op_is_passthrough(rq->cmd_flags & BLOCK_OP_MASK)) {
		now = bpf_ktime_get_ns();
	} else {
		cached = plug_clock();
		if (!cached)
			return 0;
		now = bpf_ktime_get_ns();
		if (now - cached < tolerated_ns)
			return 0;
	}
	key = request_key(rq, by_bio);
	if (!(by_bio && inflight_find(&requests, key, &ref)) && !request_begin(key, now, &ref))
		return 0;
	inflight_fields(&ref)[RQ_STAMP] = now | RQ_ISSUED;
	inflight_publish(&ref, key);
	return 0;
}

SEC("tp_btf/block_rq_issue")
int BPF_PROG(rq_issue, struct request *rq)
{
	return request_issued(rq);
}

SEC("tp_btf/block_rq_issue")
int BPF_PROG(rq_issue_old, struct request_queue *q, struct request *rq)
{
	return request_issued(rq);
}

#endif
