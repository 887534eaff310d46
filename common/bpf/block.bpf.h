/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Requests and bios of the block layer, the same on every kernel from 5.10 on. */
#ifndef SNOOPKIT_BLOCK_BPF_H
#define SNOOPKIT_BLOCK_BPF_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#define BLOCK_OP_MASK 0xff /* REQ_OP_BITS is 8 since 4.10 */
#define BLOCK_MINOR_BITS 20

/* Numbers that are the same in every kernel since 5.10; others are asked of BTF. */
enum block_op {
	BLOCK_OP_READ = 0,
	BLOCK_OP_WRITE = 1,
	BLOCK_OP_FLUSH = 2,
	/* SCSI_IN and SCSI_OUT until 5.17, DRV_IN and DRV_OUT: commands of user space */
	BLOCK_OP_PASSTHROUGH_FIRST = 32,
	BLOCK_OP_PASSTHROUGH_LAST = 35,
};

/* Until 5.17 (commit f3fa33acca9f) the disk hung on the request. */
struct request___rq_disk {
	struct gendisk *rq_disk;
} __attribute__((preserve_access_index));

/* Until 5.12 (commit 309dca309fc3) a bio named its disk, since then a block_device. */
struct bio___bi_disk {
	struct gendisk *bi_disk;
} __attribute__((preserve_access_index));

/*
 * Bit of RQF_IO_STAT in rq_flags. A macro (13) until 6.11, then a value of an enum without
 * a name (commit 5f89154e8e9e), which CO-RE cannot ask for: user space sets it from BTF.
 */
const volatile __u32 block_io_stat_bit = 13;
/* The same of RQF_FLUSH_SEQ. */
const volatile __u32 block_flush_seq_bit = 4;

static __always_inline struct gendisk *block_rq_disk(struct request *rq)
{
	struct request___rq_disk *old = (void *)rq;

	if (bpf_core_field_exists(struct request___rq_disk, rq_disk))
		return old->rq_disk;
	return rq->q->disk;
}

static __always_inline struct gendisk *block_bio_disk(struct bio *bio)
{
	struct bio___bi_disk *old = (void *)bio;

	if (bpf_core_field_exists(struct bio___bi_disk, bi_disk))
		return old->bi_disk;
	return bio->bi_bdev->bd_disk;
}

/* Bit of BIO_CHAIN in bi_flags, of an enum without a name: user space sets it from BTF. */
const volatile __u32 block_bio_chain_bit = 5;

#define BLOCK_CHAIN_MAX 0xffff

/*
 * A part of another bio, at whose end bio_chain_endio() is called: until 5.13 (commit 60b6a7e6a0f4)
 * the kernel announces no such end. Nothing in a bio says so. But its bi_private is the other bio
 * then, which waits for its parts, and has no disk yet or the same one.
 */
static __always_inline bool block_bio_ends_silently(struct bio *bio)
{
	struct bio___bi_disk *old = (void *)bio, *whole_old;
	struct bio *whole;
	struct gendisk *disk;
	int parts, users;

	if (!bpf_core_field_exists(struct bio___bi_disk, bi_disk))
		return false;
	whole = (void *)BPF_CORE_READ(bio, bi_private);
	whole_old = (void *)whole;
	if (!whole || !(BPF_CORE_READ(whole, bi_flags) >> (block_bio_chain_bit & 15) & 1))
		return false;
	disk = BPF_CORE_READ(whole_old, bi_disk);
	parts = BPF_CORE_READ(whole, __bi_remaining.counter);
	users = BPF_CORE_READ(whole, __bi_cnt.counter);
	return (!disk || disk == BPF_CORE_READ(old, bi_disk)) && parts > 1 &&
	       parts < BLOCK_CHAIN_MAX && users > 0 && users < BLOCK_CHAIN_MAX;
}

/* The kernel's own dev_t of a whole disk; 0 when the request has none (a bus scan). */
static __always_inline __u32 block_disk_dev(struct gendisk *disk)
{
	if (!disk)
		return 0;
	return (__u32)disk->major << BLOCK_MINOR_BITS | (__u32)disk->first_minor;
}

/*
 * This completion is one that the kernel adds to the disk's statistics when the program has ended:
 * blk_account_io_done() of a request that is no part of a flush sequence, which does it once more
 * when the sequence is over, or blk_account_io_flush().
 */
static __always_inline bool block_rq_is_booked(struct request *rq, __u32 op)
{
	__u32 flags = rq->rq_flags;

	if (flags >> (block_flush_seq_bit & 31) & 1)
		return op == BLOCK_OP_FLUSH;
	return (flags >> (block_io_stat_bit & 31) & 1) && rq->part;
}

static __always_inline bool block_op_is_passthrough(__u32 op)
{
	return op >= BLOCK_OP_PASSTHROUGH_FIRST && op <= BLOCK_OP_PASSTHROUGH_LAST;
}

/*
 * All ones if rq->start_time_ns belongs to this use of the request, else 0: without I/O
 * statistics it is 0 or, from 6.13 on, left over from an earlier use. A flush is initialised
 * by blk_rq_init(), which always sets it.
 */
static __always_inline __u64 block_rq_start_mask(__u32 op, __u32 rq_flags)
{
	__u64 flush = ((__u64)(op ^ BLOCK_OP_FLUSH) - 1) >> 63;
	__u64 valid = flush | (rq_flags >> (block_io_stat_bit & 31) & 1);

	/* No branch: each one doubles what the verifier has to go through. */
	barrier_var(valid);
	return -valid;
}

/*
 * When a bio was submitted, if the kernel noted it: with CONFIG_BLK_CGROUP until 6.17
 * in the low 51 bits of bi_issue. 0 if not.
 */
struct bio___bi_issue {
	/* Without a name: libbpf would search the modules of kernels that have none of it. */
	struct {
		__u64 value;
	} bi_issue;
} __attribute__((preserve_access_index));

#define BLOCK_BIO_ISSUE_MASK ((1ULL << 51) - 1)

static __always_inline __u64 block_bio_submit_ns(struct bio *bio, __u64 now)
{
	struct bio___bi_issue *old = (void *)bio;
	__u64 value;

	if (!bio || !bpf_core_field_exists(struct bio___bi_issue, bi_issue))
		return 0;
	value = old->bi_issue.value & BLOCK_BIO_ISSUE_MASK;
	/* The clock's upper bits are not stored: take them from now. */
	return value ? (now & ~BLOCK_BIO_ISSUE_MASK) | value : 0;
}

#endif
