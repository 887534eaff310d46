/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The way of an I/O to its device: programs that note what the request will not carry. */
#ifndef BIOLATENCY_START_BPF_H
#define BIOLATENCY_START_BPF_H

#include <bpf/bpf_tracing.h>
#include "arg.bpf.h"
#include "bio_cgroup.bpf.h"
#include "tools/biolatency/config.bpf.h"

/* 0: requests of this task are stamped from the clock itself. */
static __always_inline __u64 plug_clock(void)
{
	struct task_struct *task;

	if (!plug_cache)
		return 0;
	task = bpf_get_current_task_btf();
	return task->plug ? task->plug->cur_ktime : 0;
}

static __always_inline __u32 bio_owner(struct bio *bio)
{
	enum cgroup_verdict verdict = CGROUP_INSIDE;

	if (filter_tgid && bpf_get_current_pid_tgid() >> 32 != filter_tgid)
		return OWNER_KNOWN;
	if (cgroup_target.id)
		verdict = cgroup_verdict_of_bio(bio);
	if (verdict == CGROUP_UNKNOWN)
		return 0;
	return OWNER_KNOWN | (verdict == CGROUP_INSIDE ? OWNER_MATCHES : 0);
}

/* Claims and resets; the caller publishes. */
static __always_inline bool request_begin(__u64 key, __u64 now, struct inflight_ref *ref)
{
	__u64 *field;

	if (!inflight_claim(&requests, key, ref))
		return false;
	if (ref->evicted)
		count_add(BIO_EVICTED);
	field = inflight_fields(ref);
	field[RQ_STAMP] = now & ~RQ_ISSUED;
	if (by_bio)
		field[RQ_GOT] = field[RQ_QUEUED] = field[RQ_OWNER] = 0;
	return true;
}

/*
 * Where programs on tracepoints can be preempted (7.x) the kernel skips them for other tasks on
 * that CPU meanwhile. There a second program finds by what the first one notes, FIELD of the
 * bio's entry, whether it was run.
 */
static __always_inline bool was_run(void *map, __u64 address, __u32 field, __u32 count)
{
	struct inflight_ref ref;

	if (inflight_find(map, address, &ref) && inflight_fields(&ref)[field])
		return true;
	count_add(count);
	return false;
}

static __always_inline void bio_based_begin(struct bio *bio, __u64 address, __u32 dev, bool owned)
{
	struct inflight_ref ref;
	struct io io = {
		.dev = dev,
		.flags = bio->bi_opf,
		.sector = bio->bi_iter.bi_sector,
		.bytes = bio->bi_iter.bi_size,
		.class = CLASS_IO,
	};
	__u64 *field;

	if (!io.bytes && is_preflush(io.flags))
		io.class = CLASS_SYNC;
	if (!inflight_claim(&bios, address, &ref))
		return;
	if (ref.evicted) {
		count_add(COUNT_SEEN_BESIDE);
		count_add(BIO_EVICTED_BIO);
	}
	field = inflight_fields(&ref);
	field[BIO_QUEUED] = bpf_ktime_get_ns();
	field[BIO_WHAT] = (__u64)dev << 32 | io.flags;
	field[BIO_BYTES] = io.bytes;
	field[BIO_FILTERED] =
		!wanted(&io) || (owned && bio_owner(bio) != (OWNER_KNOWN | OWNER_MATCHES));
	inflight_publish(&ref, address);
}

/*
 * `owned` is known when this is compiled: what the filter by owner reads would else be looked
 * up in BTF at every start, for 10 ms.
 */
static __always_inline int bio_queued(struct bio *bio, bool owned, bool again)
{
	__u64 address = arg_identity(bio);
	struct gendisk *disk = block_bio_disk(bio);
	struct inflight_ref ref;
	__u32 dev;
	__u64 now;

	if (!disk)
		return 0;
	if (!disk->queue->mq_ops) {
		dev = block_disk_dev(disk);
		if (bpf_map_lookup_elem(&watched, &dev) &&
		    !(again && was_run(&bios, address, BIO_QUEUED, BIO_AGAIN_QUEUE)))
			bio_based_begin(bio, address, dev, owned);
		return 0;
	}
	if (!phases || !plug_cache ||
	    (again && was_run(&requests, address, RQ_QUEUED, BIO_AGAIN_QUEUE)))
		return 0;
	now = bpf_ktime_get_ns();
	if (!request_begin(address, now, &ref))
		return 0;
	inflight_fields(&ref)[RQ_QUEUED] = now;
	inflight_publish(&ref, address);
	return 0;
}

SEC("tp_btf/block_bio_queue")
int BPF_PROG(bio_queue, struct bio *bio)
{
	return bio_queued(bio, false, false);
}

SEC("tp_btf/block_bio_queue")
int BPF_PROG(bio_queue_owned, struct bio *bio)
{
	return bio_queued(bio, true, false);
}

/* Attached after the first ones, so they are run after them. */
SEC("tp_btf/block_bio_queue")
int BPF_PROG(again_queue, struct bio *bio)
{
	return bio_queued(bio, false, true);
}

SEC("tp_btf/block_bio_queue")
int BPF_PROG(again_queue_owned, struct bio *bio)
{
	return bio_queued(bio, true, true);
}

/* Until 5.11 (commit e8a676d61c07) the queue came first. */
SEC("tp_btf/block_bio_queue")
int BPF_PROG(bio_queue_old, struct request_queue *q, struct bio *bio)
{
	return bio_queued(bio, false, false);
}

SEC("tp_btf/block_bio_queue")
int BPF_PROG(bio_queue_old_owned, struct request_queue *q, struct bio *bio)
{
	return bio_queued(bio, true, false);
}

/* A bio that joins another's request never gets one of its own. */
static __always_inline int bio_merged(__u64 address)
{
	struct inflight_ref ref;

	if (inflight_find(&requests, address, &ref))
		inflight_publish(&ref, 0);
	return 0;
}

SEC("tp_btf/block_bio_backmerge")
int BPF_PROG(bio_backmerge, struct bio *bio)
{
	return bio_merged(arg_identity(bio));
}

static __always_inline int request_got(struct bio *bio)
{
	__u64 address = arg_identity(bio);
	__u64 now = bpf_ktime_get_ns();
	struct inflight_ref ref;

	/* With the submit wait measured the entry is there already: bio_queue made it. */
	if (!(phases && plug_cache && inflight_find(&requests, address, &ref)) &&
	    !request_begin(address, now, &ref))
		return 0;
	inflight_fields(&ref)[RQ_GOT] = now;
	if (filter_owner)
		inflight_fields(&ref)[RQ_OWNER] = bio_owner(bio);
	inflight_publish(&ref, address);
	return 0;
}

SEC("tp_btf/block_getrq")
int BPF_PROG(getrq, struct bio *bio)
{
	return request_got(bio);
}

/* Attached after the first one. */
SEC("tp_btf/block_getrq")
int BPF_PROG(again_getrq, struct bio *bio)
{
	if (was_run(&requests, arg_identity(bio), RQ_GOT, BIO_AGAIN_GETRQ))
		return 0;
	return request_got(bio);
}

SEC("tp_btf/block_getrq")
int BPF_PROG(getrq_old, struct request_queue *q, struct bio *bio, int rw)
{
	return request_got(bio);
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
