/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Bios on their way in: programs that note what neither they nor their requests will carry. */
#ifndef BIOLATENCY_BIO_START_BPF_H
#define BIOLATENCY_BIO_START_BPF_H

#include <bpf/bpf_tracing.h>
#include "tools/biolatency/bio_owner.bpf.h"
#include "tools/biolatency/seen.bpf.h"

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
 * What is left of a bio that was here before, and whose end was skipped twice, must not be there
 * beside the new entry: again_complete would take it for one that bio_complete was skipped for.
 */
static __always_inline bool bio_claim(__u64 address, struct inflight_ref *ref)
{
	if (!again_bios || !inflight_find(&bios, address, ref))
		return inflight_claim(&bios, address, ref);
	ref->evicted = false;
	return true;
}

/* Its end will not be seen. Whether it fails is not known, so --errors loses it, too. */
static __always_inline void bio_lost(const struct io *io, __u64 owner)
{
	seen_bio(io);
	EVENT_WANTED (EVENT_BESIDE, !(owner & BIO_OWNER_OTHER))
		count_add(BIO_SILENT);
}

static __always_inline void bio_based_begin(struct bio *bio, __u64 address, __u32 dev, bool owned)
{
	struct inflight_ref ref;
	struct io io = {
		.dev = dev,
		.flags = bio->bi_opf,
		.sector = bio->bi_iter.bi_sector,
		.bytes = bio->bi_iter.bi_size,
		.cpu = bpf_get_smp_processor_id(),
	};
	__u64 *field;

	if (block_bio_ends_silently(bio)) {
		bio_lost(&io, bio_filtered(bio, &io, address, owned));
		return;
	}
	if (!bio_claim(address, &ref))
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

SEC("tp_btf/block_bio_queue")
int BPF_PROG(third_queue, struct bio *bio)
{
	return bio_queued(bio, false, true);
}

SEC("tp_btf/block_bio_queue")
int BPF_PROG(third_queue_owned, struct bio *bio)
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

SEC("tp_btf/block_bio_frontmerge")
int BPF_PROG(bio_frontmerge, struct bio *bio)
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

SEC("tp_btf/block_bio_frontmerge")
int BPF_PROG(bio_frontmerge_old, struct request_queue *q, struct request *rq, struct bio *bio)
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

#endif
