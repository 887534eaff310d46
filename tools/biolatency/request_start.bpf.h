/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Requests on their way to the device: programs that note what they will not carry. */
#ifndef BIOLATENCY_REQUEST_START_BPF_H
#define BIOLATENCY_REQUEST_START_BPF_H

#include "tools/biolatency/bio_start.bpf.h"

/* A disk's limit of segments is some 128, seldom more; what is found behind none is unowned. */
#define FRONT_MERGES_MAX 128
#define GOT_BEFORE_NS 10000000

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
 * Where a bio's own times are wanted a request is known by the bio that it was made for, which its
 * submitter had in hand before the request was made; flushes and some commands have none. It is the
 * first one unless others were merged in front of it. Elsewhere a request is known by itself, which
 * is the same from issue to completion.
 */
static __always_inline __u64 request_key(struct request *rq, bool as_bio)
{
	if (as_bio && rq->bio)
		return arg_identity(rq->bio);
	return arg_identity(rq);
}

static __always_inline bool has_several_bios(struct request *rq)
{
	return rq->bio && rq->bio->bi_next;
}

/*
 * An entry of that request, not of an earlier one. The kernel stamps a request before it announces
 * that it was got, or since 6.13 right after that.
 */
static __always_inline bool got_entry(__u64 address, __u64 start, struct inflight_ref *ref)
{
	__u64 got;

	if (!inflight_find(&requests, address, ref))
		return false;
	got = inflight_fields(ref)[RQ_GOT];
	return got && got + GOT_BEFORE_NS >= start;
}

/*
 * The entry of the bio that a request was made for, behind those that were merged in front of it.
 * If these are too many, nothing may have been merged behind it.
 */
static __always_inline bool request_find_merged(struct request *rq, struct inflight_ref *ref)
{
	__u64 start = rq->start_time_ns &
		      block_rq_start_mask(rq->cmd_flags & BLOCK_OP_MASK, rq->rq_flags);
	struct bio *bio = rq->bio;

	for (int i = 0; i < FRONT_MERGES_MAX; i++) {
		bio = bio->bi_next;
		if (!bio)
			return false;
		if (got_entry(arg_identity(bio), start, ref))
			return true;
	}
	return got_entry(arg_identity(rq->biotail), start, ref);
}

static __always_inline void request_move(struct inflight_ref *from, __u64 key)
{
	const __u64 *field = inflight_fields(from);
	struct inflight_ref to;

	if (!inflight_claim(&requests, key, &to))
		return;
	if (to.set == from->set && to.way == from->way)
		return;
	if (to.evicted)
		count_add(BIO_EVICTED);
	for (int i = 0; i < INFLIGHT_FIELDS; i++)
		inflight_fields(&to)[i] = field[i];
	inflight_publish(&to, key);
	inflight_publish(from, 0);
}

/*
 * A request that has become a part of another one: its own entry, if nothing was merged around its
 * bio. Other leftovers go when their bio's address is used again.
 */
static __always_inline int request_merged(struct request *rq)
{
	if (!rq->bio)
		return 0;
	request_forget(arg_identity(rq->bio));
	if (rq->bio->bi_next)
		request_forget(arg_identity(rq->biotail));
	return 0;
}

SEC("tp_btf/block_rq_merge")
int BPF_PROG(rq_merge, struct request *rq)
{
	return request_merged(rq);
}

/* Until 5.11 the queue came first. */
SEC("tp_btf/block_rq_merge")
int BPF_PROG(rq_merge_old, struct request_queue *q, struct request *rq)
{
	return request_merged(rq);
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
