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

/* As with cgroups: inside is the process that was asked for. */
static __always_inline enum cgroup_verdict process_verdict(void)
{
	struct task_struct *task = submitter_task();
	__u32 tgid = task ? BPF_CORE_READ(task, tgid) : 0;

	if (!tgid)
		return CGROUP_UNKNOWN;
	return tgid == filter_pid ? CGROUP_INSIDE : CGROUP_OUTSIDE;
}

/* So that it can be said later what it came from. */
static __always_inline __u64 owner_unknown(void)
{
	struct bio_by by = {};
	__u64 key, *words = (__u64 *)by.name;

	submitter_name(by.name);
	key = words[0] ^ (words[1] * 0x9e3779b97f4a7c15ULL) ^ (words[2] * 0xc2b2ae3d27d4eb4fULL);
	key = (key * 0x9e3779b97f4a7c15ULL) >> OWNER_BY_SHIFT;
	bpf_map_update_elem(&unowned_by, &key, &by, BPF_NOEXIST);
	return key << OWNER_BY_SHIFT;
}

static __always_inline __u64 bio_owner(struct bio *bio)
{
	enum cgroup_verdict of_process = CGROUP_INSIDE, of_cgroup = CGROUP_INSIDE;

	if (filter_pid)
		of_process = process_verdict();
	if (cgroup_target.id && of_process != CGROUP_OUTSIDE)
		of_cgroup = cgroup_verdict_of_bio(bio);
	if (of_process == CGROUP_OUTSIDE || of_cgroup == CGROUP_OUTSIDE)
		return OWNER_KNOWN;
	if (of_process == CGROUP_UNKNOWN || of_cgroup == CGROUP_UNKNOWN)
		return owner_unknown();
	return OWNER_KNOWN | OWNER_MATCHES;
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

/*
 * Whose a bio is was noted where it entered, if its disk passes it on or a throttle held it back.
 * An entry that has got its request is of an earlier bio, unless a path failed the bio, which is
 * submitted again then.
 */
static __always_inline bool noted_before(__u64 address, struct inflight_ref *ref)
{
	const __u64 *field;

	if (!inflight_find(&requests, address, ref))
		return false;
	field = inflight_fields(ref);
	return (field[RQ_OWNER] & OWNER_KNOWN) &&
	       (!field[RQ_GOT] || (field[RQ_OWNER] & OWNER_PASSES));
}

static __always_inline __u64 bio_owner_noted(struct bio *bio, __u64 address)
{
	struct inflight_ref ref;

	return noted_before(address, &ref) ? inflight_fields(&ref)[RQ_OWNER] : bio_owner(bio);
}

static __always_inline __u64 bio_filtered(struct bio *bio, const struct io *io, __u64 address,
					  bool owned)
{
	__u64 owner;

	if (!wanted_before(io))
		return BIO_OWNER_OTHER;
	if (!owned)
		return 0;
	owner = bio_owner_noted(bio, address);
	if (owner & OWNER_MATCHES)
		return 0;
	return owner & OWNER_KNOWN ? BIO_OWNER_OTHER : owner | BIO_OWNER_UNKNOWN;
}

static __always_inline void bio_based_begin(struct bio *bio, __u64 address, __u32 dev, bool owned)
{
	struct inflight_ref ref;
	struct io io = {
		.dev = dev,
		.flags = bio->bi_opf,
		.sector = bio->bi_iter.bi_sector,
		.bytes = bio->bi_iter.bi_size,
	};
	__u64 *field;

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
	field[BIO_OWNER] = bio_filtered(bio, &io, address, owned);
	inflight_publish(&ref, address);
}

/*
 * The first that is seen of a bio. A disk that passes it on to another is the only place where the
 * kernel announces it, and where its submitter is known: another path may be tried later.
 */
static __always_inline void request_entered(struct bio *bio, __u64 address, bool owned, bool passes)
{
	__u64 now = bpf_ktime_get_ns();
	struct inflight_ref ref;

	if (!(filter_owner && !passes && noted_before(address, &ref)) &&
	    !request_begin(address, now, &ref))
		return;
	inflight_fields(&ref)[RQ_QUEUED] = now;
	if (owned)
		inflight_fields(&ref)[RQ_OWNER] = bio_owner(bio) | OWNER_PASSES;
	inflight_publish(&ref, address);
}

static __always_inline void request_forget(__u64 address)
{
	struct inflight_ref ref;

	if (inflight_find(&requests, address, &ref))
		inflight_publish(&ref, 0);
}

/*
 * A bio is announced once, where it enters. So an entry of one that was passed on is of an earlier
 * bio at this address, whose request was merged into another one and never completed by its key.
 */
static __always_inline void request_forget_passed(__u64 address)
{
	struct inflight_ref ref;

	if (inflight_find(&requests, address, &ref) &&
	    (inflight_fields(&ref)[RQ_OWNER] & OWNER_PASSES))
		inflight_publish(&ref, 0);
}

/*
 * `owned` is known when this is compiled: what the filter by owner reads would else be looked
 * up in BTF at every start, for 10 ms.
 */
static __always_inline int bio_queued(struct bio *bio, bool owned, bool again)
{
	__u64 address = arg_identity(bio);
	struct gendisk *disk = block_bio_disk(bio);
	__u32 dev, watch;

	if (!disk)
		return 0;
	if (disk->queue->mq_ops) {
		if (owned && by_bio)
			request_forget_passed(address);
		if (phases && plug_cache &&
		    !(again && was_run(&requests, address, RQ_QUEUED, BIO_AGAIN_QUEUE)))
			request_entered(bio, address, false, false);
		return 0;
	}
	dev = block_disk_dev(disk);
	watch = watch_of(dev);
	if ((watch & WATCH_BIOS) &&
	    !(again && was_run(&bios, address, BIO_QUEUED, BIO_AGAIN_QUEUE)))
		bio_based_begin(bio, address, dev, owned);
	if ((watch & WATCH_PASSES) && by_bio &&
	    !(again && was_run(&requests, address, RQ_QUEUED, BIO_AGAIN_QUEUE)))
		request_entered(bio, address, owned, true);
	else if (owned && !(watch & WATCH_PASSES))
		request_forget(address);
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
SEC("tp_btf/block_bio_backmerge")
int BPF_PROG(bio_backmerge, struct bio *bio)
{
	request_forget(arg_identity(bio));
	return 0;
}

/* Until 5.11 the queue and the request came first. */
SEC("tp_btf/block_bio_backmerge")
int BPF_PROG(bio_backmerge_old, struct request_queue *q, struct request *rq, struct bio *bio)
{
	request_forget(arg_identity(bio));
	return 0;
}

/*
 * The end of a bio that was noted where it entered and never got a request: what is noted would be
 * taken for that of another bio of the same address. NVMe multipath announces the end before that
 * of the request, which still needs what is noted.
 */
SEC("tp_btf/block_bio_complete")
int BPF_PROG(noted_complete, struct request_queue *q, struct bio *bio)
{
	struct inflight_ref ref;

	if (inflight_find(&requests, arg_identity(bio), &ref) && !inflight_fields(&ref)[RQ_GOT])
		inflight_publish(&ref, 0);
	return 0;
}

/*
 * What a throttle held back is issued by a kernel worker. It is called in the submitter's context
 * before that, for cgroups with such a rule only (5.10: for all). Of a bool the upper bits may be
 * anything.
 */
SEC("fexit")
int BPF_PROG(throttled, struct bio *bio, __u64 held)
{
	struct gendisk *disk = block_bio_disk(bio);
	__u64 address = arg_identity(bio), owner;
	struct inflight_ref ref;

	if (!(held & 0xff) || !disk || !submitter_task())
		return 0;
	/* Nobody would take the entry away. */
	if (!disk->queue->mq_ops && !(watch_of(block_disk_dev(disk)) & (WATCH_BIOS | WATCH_PASSES)))
		return 0;
	owner = bio_owner(bio);
	if (!(owner & OWNER_KNOWN) || !request_begin(address, bpf_ktime_get_ns(), &ref))
		return 0;
	inflight_fields(&ref)[RQ_OWNER] = owner;
	inflight_publish(&ref, address);
	return 0;
}

/*
 * The first part of a bio that was held back and is too large for its disk: bi_private is the bio
 * that it is a part of. `args` are the tracepoint's; see arg_identity().
 */
static __always_inline __u64 owner_of_whole(struct bio *bio, const __u64 *arg)
{
	__u64 whole = (__u64)BPF_CORE_READ(bio, bi_private), part = 0;
	struct inflight_ref ref;

	if (bpf_probe_read_kernel(&part, sizeof(part), arg) ||
	    !noted_before(arg_identity(bio) + whole - part, &ref))
		return 0;
	return inflight_fields(&ref)[RQ_OWNER];
}

static __always_inline __u64 owner_at_getrq(struct bio *bio, const __u64 *arg)
{
	__u64 owner = 0;

	if (filter_pid && !submitter_task())
		owner = owner_of_whole(bio, arg);
	return owner & OWNER_KNOWN ? owner : bio_owner(bio);
}

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
