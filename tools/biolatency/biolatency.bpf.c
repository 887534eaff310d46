// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Block I/O latency: one program at completion does the work; the others are attached
 * only where the request does not carry what is asked for (docs/architecture.md).
 */
#include "vmlinux.h"
#include <bpf/bpf_tracing.h>
#include "tools/biolatency/config.bpf.h"
#include "tools/biolatency/request_start.bpf.h"
#include "tools/biolatency/seen.bpf.h"

/* What is known of a request's way here; 0 is unknown. */
struct stamps {
	__u64 queued;
	__u64 got;
	__u64 issued;
	__u64 owner;
	/* The request's own. */
	__u64 start;
	__u64 io_start;
};

/* 1 if none of them is 0; without a branch. */
static __always_inline __u64 are_known(__u64 a, __u64 b)
{
	__u64 known = (a | -a) & (b | -b);

	barrier_var(known);
	return known >> 63;
}

/* a, or b where a is 0; without a branch, see hist_bucket(). */
static __always_inline __u64 first_known(__u64 a, __u64 b)
{
	return a | (b & (are_known(a, a) - 1));
}

/* An entry is the request's as long as it is not older than the request itself. */
static __always_inline void stamps_of_entry(const struct io *io, struct inflight_ref *ref,
					    struct stamps *st)
{
	const __u64 *field = inflight_fields(ref);

	if (!st->issued && (field[RQ_STAMP] & RQ_ISSUED))
		st->issued = field[RQ_STAMP];
	if (io->plain)
		return;
	st->got = field[RQ_GOT];
	st->queued = field[RQ_QUEUED];
	st->owner = field[RQ_OWNER];
}

/* A stamp of rq_issue was of use if the request's own puts the time into another bucket. */
static __always_inline void stamps_of_request(const struct io *io, struct request *rq,
					      struct counts *mine, struct stamps *st)
{
	st->start =
		rq->start_time_ns & block_rq_start_mask(io->flags & BLOCK_OP_MASK, rq->rq_flags);
	st->io_start = rq->io_start_time_ns;
	if (st->io_start && !io_start_seen)
		io_start_seen = true;
	if (st->issued <= st->io_start)
		st->issued = st->io_start;
	else if (st->issued - st->io_start > (io->now - st->issued) >> HIST_SUB_BITS)
		count_own(mine, BIO_STAMPED);
	st->got = first_known(st->got, st->start);
	if (CHOSEN(io, phases) && !plug_cache)
		st->queued = first_known(st->queued, block_bio_submit_ns(rq->bio, io->now));
}

/* -1: not an I/O of its own, the tail of a flush sequence that was counted already. */
static __always_inline int class_of(const struct io *io, __u64 io_start)
{
	__u32 op = io->flags & BLOCK_OP_MASK;

	if (op > BLOCK_OP_WRITE)
		return class_of_number(op);
	if (io->bytes)
		return CLASS_IO;
	if (is_preflush(io->flags) && !io_start && io_start_seen)
		return CLASS_SYNC;
	return -1;
}

/*
 * An fsync without data ends with no bytes. The block layer took its preflush flag from the
 * request when it began the sequence; the bio still has it.
 */
static __always_inline __u32 flags_of_flush(struct request *rq)
{
	return rq->cmd_flags | (rq->bio->bi_opf & ~BLOCK_OP_MASK);
}

static __always_inline void add_phases(struct series *row, const struct io *io,
				       const struct stamps *st, __u64 first)
{
	/* An fsync has a start and an end only. */
	__u64 timed = io->class == CLASS_SYNC ? 0 : ~0ULL;
	__u64 issued = st->issued & timed, queued = st->queued & timed;

	hist_add_to(&row->hist[PHASE_TOTAL], since(first, io->now), 1, series_shared);
	hist_add_to(&row->hist[PHASE_DEVICE], since(issued, io->now), are_known(issued, issued),
		    series_shared);
	hist_add_to(&row->hist[PHASE_QUEUE], since(st->got, issued), are_known(st->got, issued),
		    series_shared);
	hist_add_to(&row->hist[PHASE_SUBMIT], since(queued, st->got), are_known(queued, st->got),
		    series_shared);
	if (CLASS_HAS_PHASES(io->class) && !are_known(queued, st->got))
		count_add(BIO_NO_PHASES);
}

/*
 * Since 6.10 (commit 060406c61c7c) each bio submitted by itself is plugged too, which makes
 * its stamp early by the way from here to the driver, half a microsecond. A plug held open
 * for more is told by requests that have their stamp in common.
 */
static __always_inline bool stamp_is_shared(struct series *row, __u64 stamp)
{
	__u64 next = row->scratch[4];

	for (int i = 0; i < 4; i++)
		if (row->scratch[i] == stamp)
			return true;
	row->scratch[next & 3] = stamp;
	row->scratch[4] = next + 1;
	return false;
}

/* Stamped from the plug's clock, both times of the request are the same one, and early. */
static __always_inline bool stamp_is_early(struct series *row, const struct stamps *st)
{
	return plug_cache && st->issued == st->io_start && st->issued < issue_since_ns &&
	       (!st->start || st->start == st->io_start) && stamp_is_shared(row, st->io_start);
}

static __always_inline void add_io(const struct io *io, const struct stamps *st)
{
	/* Commands of user space do not wait in a queue. */
	bool from_got = (CHOSEN(io, with_queue) && io->class != CLASS_PASSTHROUGH) ||
			io->class == CLASS_SYNC;
	__u64 start = from_got ? st->got : st->issued;
	struct series *row;

	if (CHOSEN(io, phases))
		start = first_known(st->queued, first_known(st->got, st->issued));
	/* It failed before it came to the driver. */
	if (!start && io->status)
		start = first_known(st->got, io->now);
	if (!start) {
		count_add(BIO_UNTIMED);
		if (!from_got && !CHOSEN(io, phases))
			ask_for(NEED_ISSUE);
		else if (CHOSEN(io, by_bio))
			ask_for(NEED_GETRQ);
		if (!from_got && !io_start_seen)
			stamp_all = true;
		return;
	}
	row = row_of(io, 0);
	if (!row)
		return;
	if (!from_got && stamp_is_early(row, st)) {
		count_add(BIO_COARSE);
		ask_for(NEED_ISSUE);
	}
	hist_count(&row->bytes, io->bytes, CHOSEN(io, series_shared));
	if (!CHOSEN(io, phases)) {
		hist_add_to(&row->hist[0], since(start, io->now), 1, CHOSEN(io, series_shared));
		return;
	}
	if (!st->got && CLASS_HAS_PHASES(io->class))
		ask_for(NEED_GETRQ);
	add_phases(row, io, st, start);
}

static __always_inline void count_unowned(__u64 owner)
{
	__u64 key = owner >> OWNER_BY_SHIFT;
	struct bio_by *by = bpf_map_lookup_elem(&unowned_by, &key);

	count_add(BIO_UNOWNED);
	if (by)
		atomic_add(&by->count, 1);
}

static __always_inline bool owned(const struct io *io, const struct stamps *st, struct counts *mine)
{
	if (owner_matches(st->owner))
		return true;
	if ((st->owner & OWNER_PENDING) && owner_judged(st->owner) == CGROUP_PENDING) {
		count_add(BIO_UNJUDGED);
		return false;
	}
	/* A flush serves the whole device, a command has no bio: neither has an owner. */
	if ((st->owner & OWNER_KNOWN) || io->class == CLASS_FLUSH || io->class == CLASS_PASSTHROUGH)
		count_own(mine, COUNT_FILTERED);
	else
		count_unowned(st->owner);
	return false;
}

/* Bytes of a part; the request itself counts when its last part is done. */
static __always_inline void add_part(const struct io *io, const struct stamps *st)
{
	struct series *row;

	if (!wanted(io) || (CHOSEN(io, filter_owner) && !owner_matches(st->owner)))
		return;
	row = row_of(io, 0);
	if (row)
		hist_count(&row->bytes, io->bytes, CHOSEN(io, series_shared));
}

/* blk_status_t, or until 5.15 its errno. */
static __always_inline __u32 status_of(int error)
{
	__u32 number = -error;

	if (error >= 0)
		return error;
	number &= ERRNO_LIMIT - 1;
	barrier_var(number);
	return status_of_errno[number & (ERRNO_LIMIT - 1)];
}

/*
 * Multipath makes requests of other disks of its own: counted here or there, not twice. There, as
 * with all disks that are on top of others; but where a request's way is asked for, which is that
 * of the one on top: the one below has no bio that anybody submitted.
 */
static __always_inline bool counted_elsewhere(const struct io *io, struct request *rq,
					      const struct stamps *st)
{
	__u32 watch;

	if (CHOSEN(io, split_disk || filter_disks))
		return false;
	watch = watch_of(block_disk_dev(block_rq_disk(rq)));
	if (CHOSEN(io, filter_owner || phases))
		return (watch & WATCH_PATH) && !st->got && io->class != CLASS_PASSTHROUGH;
	return watch & WATCH_STACKED;
}

/*
 * The entry goes, or with a part of a request that has several bios to the last of them: after
 * this part the request may have another first one.
 */
static __always_inline void entry_used(struct request *rq, struct inflight_ref *ref, bool as_bio,
				       bool part)
{
	if (!part)
		inflight_publish(ref, 0);
	else if (as_bio && has_several_bios(rq))
		request_move(ref, arg_identity(rq->biotail));
}

/* What was noted of a request, under whichever of its bios. */
static __always_inline void stamps_noted(const struct io *io, struct request *rq, bool part,
					 struct stamps *st)
{
	bool as_bio = CHOSEN(io, by_bio);
	struct inflight_ref ref;

	if (inflight_find(&requests, request_key(rq, as_bio), &ref)) {
		stamps_of_entry(io, &ref, st);
		entry_used(rq, &ref, as_bio, part);
	}
	if (!as_bio || st->got || !has_several_bios(rq) || !request_find_merged(rq, &ref))
		return;
	stamps_of_entry(io, &ref, st);
	entry_used(rq, &ref, as_bio, part);
}

/* `plain` is known when this is compiled: see CHOSEN(). */
static __always_inline int completed(struct request *rq, int error, __u32 nr_bytes, bool plain)
{
	struct io io = {
		.now = bpf_ktime_get_ns(),
		.flags = rq->cmd_flags,
		.bytes = nr_bytes,
		.plain = plain,
		.cpu = bpf_get_smp_processor_id(),
	};
	bool part = nr_bytes < rq->__data_len;
	struct counts *mine = count_of(io.cpu);
	struct stamps st = {};
	int class;

	/* A try that will be repeated. */
	if ((part && !nr_bytes) || !mine)
		return 0;
	if (!part)
		seen_request(rq, io.cpu, io.flags & BLOCK_OP_MASK);
	if (have_issue || CHOSEN(&io, have_getrq))
		stamps_noted(&io, rq, part, &st);
	if (!nr_bytes)
		io.flags = flags_of_flush(rq);
	class = class_of(&io, rq->io_start_time_ns);
	if (class < 0)
		return 0;
	io.class = unknown_of(class, io.now, io.now);
	if (error)
		io.status = status_of(error);
	if (have_stacked && counted_elsewhere(&io, rq, &st))
		return 0;
	if (CHOSEN(&io, split_disk || filter_disks))
		io.dev = block_disk_dev(block_rq_disk(rq));
	if (CHOSEN(&io, filter_disks))
		io.sector = rq->__sector;
	if (part) {
		add_part(&io, &st);
		return 0;
	}
	stamps_of_request(&io, rq, mine, &st);
	/* Under way before there was anybody to note its owner. */
	if (CHOSEN(&io, filter_owner) && !st.owner && st.got && st.got < tracing_since_ns)
		return 0;
	EVENT_WANTED_OF (mine, EVENT_OWN, wanted(&io))
		if (!CHOSEN(&io, filter_owner) || owned(&io, &st, mine))
			add_io(&io, &st);
	return 0;
}

SEC("tp_btf/block_rq_complete")
int BPF_PROG(rq_complete, struct request *rq, int error, unsigned int nr_bytes)
{
	return completed(rq, error, nr_bytes, true);
}

SEC("tp_btf/block_rq_complete")
int BPF_PROG(rq_complete_any, struct request *rq, int error, unsigned int nr_bytes)
{
	return completed(rq, error, nr_bytes, false);
}

static __always_inline __u32 class_of_bio(const struct io *io)
{
	__u32 op = io->flags & BLOCK_OP_MASK;

	if (op > BLOCK_OP_WRITE)
		return class_of_number(op);
	return !io->bytes && is_preflush(io->flags) ? CLASS_SYNC : CLASS_IO;
}

static __always_inline void add_bio(const struct io *io, __u64 queued, __u64 program)
{
	struct series *row = row_of(io, program);

	if (!row)
		return;
	hist_count(&row->bytes, io->bytes, CHOSEN(io, series_shared));
	hist_add_to(&row->hist[phases ? PHASE_TOTAL : 0], since(queued, io->now), 1, series_shared);
}

/* What becomes of BIO_OWNER_PENDING. */
static __always_inline __u64 bio_judged(__u64 owner)
{
	enum cgroup_verdict verdict = owner_judged(owner);

	if (verdict == CGROUP_INSIDE)
		return 0;
	return verdict == CGROUP_PENDING ? owner : BIO_OWNER_OTHER;
}

/* Without an entry: none of the disk's own, or not noted where it was queued. */
static __always_inline void bio_missed(struct bio *bio)
{
	struct gendisk *disk = block_bio_disk(bio);

	if (disk && (watch_of(block_disk_dev(disk)) & WATCH_BIOS))
		count_add(BIO_MISSED);
}

static __always_inline void bio_ended(struct bio *bio, struct inflight_ref *ref, __u64 program)
{
	__u64 queued, what, owner, *field = inflight_fields(ref);
	struct io io = { .now = bpf_ktime_get_ns(), .cpu = bpf_get_smp_processor_id() };

	queued = field[BIO_QUEUED];
	what = field[BIO_WHAT];
	io.bytes = field[BIO_BYTES];
	owner = field[BIO_OWNER];
	io.dev = what >> 32;
	io.flags = what;
	seen_bio(&io);
	inflight_publish(ref, 0);
	io.class = class_of_bio(&io);
	io.status = bio->bi_status;
	if (owner & BIO_OWNER_PENDING)
		owner = bio_judged(owner);
	EVENT_WANTED (EVENT_BESIDE, !(owner & BIO_OWNER_OTHER) && (!errors_only || io.status)) {
		if (owner & BIO_OWNER_PENDING)
			count_add(BIO_UNJUDGED);
		else if (owner)
			count_unowned(owner);
		else
			add_bio(&io, queued, program);
	}
}

/* Devices without requests: dm, md, zram, brd, pmem. */
SEC("tp_btf/block_bio_complete")
int BPF_PROG(bio_complete, struct request_queue *q, struct bio *bio)
{
	struct inflight_ref ref;

	if (inflight_find(&bios, arg_identity(bio), &ref))
		bio_ended(bio, &ref, KEY_BESIDE);
	else if (again_bios)
		bio_missed(bio);
	return 0;
}

static __always_inline int bio_ended_again(struct bio *bio, __u64 program)
{
	struct inflight_ref ref;

	if (!inflight_find(&bios, arg_identity(bio), &ref))
		return 0;
	count_add(BIO_AGAIN_COMPLETE);
	bio_ended(bio, &ref, program);
	return 0;
}

/*
 * Attached after the first one, which takes the entry away. Where that was skipped, the entry is
 * still there. Each has rows of its own, since the first may have been preempted while it adds.
 */
SEC("tp_btf/block_bio_complete")
int BPF_PROG(again_complete, struct request_queue *q, struct bio *bio)
{
	return bio_ended_again(bio, KEY_BESIDE | KEY_AGAIN);
}

/* Of many readers one may be preempted in the first program, and another one in the second. */
SEC("tp_btf/block_bio_complete")
int BPF_PROG(third_complete, struct request_queue *q, struct bio *bio)
{
	return bio_ended_again(bio, KEY_AGAIN);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
