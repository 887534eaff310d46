// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Block I/O latency: one program at completion does the work; the others are attached
 * only where the request does not carry what is asked for (docs/architecture.md).
 */
#include "vmlinux.h"
#include <bpf/bpf_tracing.h>
#include "tools/biolatency/config.bpf.h"
#include "tools/biolatency/start.bpf.h"

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

/*
 * Each choice between two values is two states for the verifier, each to be followed to the
 * end: with --phases 190 ms of it. What a global function returns is one unknown number. But
 * where returns are guarded against speculation a call takes 15 ns, so the default view, with
 * less to follow, makes its choices in place.
 */
#define CHOICE(type, name, params, args, body)                                    \
	static __always_inline type name##_in_place params body __noinline type   \
		name##_called params body static __always_inline type name params \
	{                                                                         \
		return phases ? name##_called args : name##_in_place args;        \
	}

CHOICE(__u64, first_known, (__u64 a, __u64 b), (a, b), { return a ?: b; })
CHOICE(__u64, start_mask, (__u32 op, __u32 rq_flags), (op, rq_flags),
       { return block_rq_start_mask(op, rq_flags); })
CHOICE(__u32, bucket, (__u64 ns), (ns), { return hist_bucket(ns); })

/* An entry is the request's as long as it is not older than the request itself. */
static __always_inline void stamps_of_entry(struct inflight_ref *ref, struct stamps *st)
{
	const __u64 *field = inflight_fields(ref);

	if (field[RQ_STAMP] & RQ_ISSUED)
		st->issued = field[RQ_STAMP];
	st->got = field[RQ_GOT];
	st->queued = field[RQ_QUEUED];
	st->owner = field[RQ_OWNER];
}

static __always_inline void stamps_of_request(struct request *rq, __u64 now, __u32 op,
					      struct stamps *st)
{
	st->start = rq->start_time_ns & start_mask(op, rq->rq_flags);
	st->io_start = rq->io_start_time_ns;
	if (st->io_start && !io_start_seen)
		io_start_seen = true;
	if (st->issued > st->io_start)
		count_own(BIO_STAMPED);
	else
		st->issued = st->io_start;
	st->got = first_known(st->got, st->start);
	if (phases && !plug_cache)
		st->queued = first_known(st->queued, block_bio_submit_ns(rq->bio, now));
}

static __always_inline int class_in_place(__u32 flags, __u64 bytes, __u64 io_start)
{
	__u32 op = flags & BLOCK_OP_MASK;

	if (op == BLOCK_OP_FLUSH)
		return CLASS_FLUSH;
	if (block_op_is_passthrough(op))
		return CLASS_PASSTHROUGH;
	if (op > BLOCK_OP_WRITE || bytes)
		return CLASS_IO;
	if (is_preflush(flags) && !io_start && io_start_seen)
		return CLASS_SYNC;
	return -1;
}

__noinline int class_called(__u32 flags, __u64 bytes, __u64 io_start)
{
	return class_in_place(flags, bytes, io_start);
}

/* -1: not an I/O of its own, the tail of a flush sequence that was counted already. */
static __always_inline int class_of(__u32 flags, __u64 bytes, __u64 io_start)
{
	return phases ? class_called(flags, bytes, io_start) :
			class_in_place(flags, bytes, io_start);
}

/*
 * An fsync without data ends with no bytes. The block layer took its preflush flag from the
 * request when it began the sequence; the bio still has it.
 */
static __always_inline __u32 flags_of_flush(struct request *rq)
{
	return rq->cmd_flags | (rq->bio->bi_opf & ~BLOCK_OP_MASK);
}

static __always_inline void add_time(struct hist *h, __u64 ns)
{
	hist_add_at(h, bucket(ns), ns);
}

static __always_inline void add_phases(struct series *row, const struct io *io,
				       const struct stamps *st, __u64 first)
{
	add_time(&row->hist[PHASE_TOTAL], since(first, io->now));
	if (io->class == CLASS_SYNC)
		return;
	if (st->issued)
		add_time(&row->hist[PHASE_DEVICE], since(st->issued, io->now));
	if (st->got && st->issued)
		add_time(&row->hist[PHASE_QUEUE], since(st->got, st->issued));
	if (st->queued && st->got)
		add_time(&row->hist[PHASE_SUBMIT], since(st->queued, st->got));
	else if (io->class == CLASS_IO)
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
	bool from_got = (with_queue && io->class != CLASS_PASSTHROUGH) || io->class == CLASS_SYNC;
	__u64 start = from_got ? st->got : st->issued;
	struct series *row;

	if (phases)
		start = first_known(st->queued, first_known(st->got, st->issued));
	if (!start) {
		count_add(BIO_UNTIMED);
		if (!from_got && !phases)
			ask_for(NEED_ISSUE);
		else if (by_bio)
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
	if (phases && !st->got && io->class == CLASS_IO)
		ask_for(NEED_GETRQ);
	own_add(&row->bytes, io->bytes);
	if (phases)
		add_phases(row, io, st, start);
	else
		hist_add(&row->hist[0], since(start, io->now));
}

static __always_inline bool owned(const struct io *io, const struct stamps *st)
{
	if (st->owner & OWNER_MATCHES)
		return true;
	/* A flush serves the whole device, a command has no bio: neither has an owner. */
	if ((st->owner & OWNER_KNOWN) || io->class == CLASS_FLUSH || io->class == CLASS_PASSTHROUGH)
		count_own(COUNT_FILTERED);
	else
		count_add(BIO_UNOWNED);
	return false;
}

/* Bytes of a part; the request itself counts when its last part is done. */
static __always_inline void add_part(const struct io *io, const struct stamps *st)
{
	struct series *row;

	if (!wanted(io) || (filter_owner && !(st->owner & OWNER_MATCHES)))
		return;
	row = row_of(io, 0);
	if (row)
		own_add(&row->bytes, io->bytes);
}

SEC("tp_btf/block_rq_complete")
int BPF_PROG(rq_complete, struct request *rq, int error, unsigned int nr_bytes)
{
	struct io io = { .now = bpf_ktime_get_ns(), .flags = rq->cmd_flags, .bytes = nr_bytes };
	bool part = nr_bytes < rq->__data_len;
	struct stamps st = {};
	struct inflight_ref ref;
	__u64 key;
	int class;

	/* A try that will be repeated. */
	if (part && !nr_bytes)
		return 0;
	if (have_issue || have_getrq) {
		key = request_key(ctx, 0, rq);
		if (inflight_find(&requests, key, &ref)) {
			stamps_of_entry(&ref, &st);
			if (!part)
				inflight_publish(&ref, 0);
		}
	}
	if (!nr_bytes)
		io.flags = flags_of_flush(rq);
	class = class_of(io.flags, nr_bytes, rq->io_start_time_ns);
	if (class < 0)
		return 0;
	io.class = class;
	if (split_disk || filter_dev)
		io.dev = block_disk_dev(block_rq_disk(rq));
	if (filter_last_sector)
		io.sector = rq->__sector;
	if (part) {
		add_part(&io, &st);
		return 0;
	}
	stamps_of_request(rq, io.now, io.flags & BLOCK_OP_MASK, &st);
	/* Under way before there was anybody to note its owner. */
	if (filter_owner && !st.owner && st.got && st.got < tracing_since_ns)
		return 0;
	count_own(COUNT_SEEN);
	if (!wanted(&io)) {
		count_own(COUNT_FILTERED);
		return 0;
	}
	if (!filter_owner || owned(&io, &st))
		add_io(&io, &st);
	return 0;
}

/* Devices without requests: dm, md, zram, brd, pmem. */
SEC("tp_btf/block_bio_complete")
int BPF_PROG(bio_complete, struct request_queue *q, struct bio *bio)
{
	__u64 address = arg_address(ctx, 1), queued, what, *field;
	struct io io = { .now = bpf_ktime_get_ns() };
	struct inflight_ref ref;
	struct series *row;

	if (!inflight_find(&bios, address, &ref))
		return 0;
	field = inflight_fields(&ref);
	queued = field[BIO_QUEUED];
	what = field[BIO_WHAT];
	io.bytes = field[BIO_BYTES];
	inflight_publish(&ref, 0);
	io.dev = what >> 32;
	io.flags = what;
	io.class = !io.bytes && is_preflush(io.flags) ? CLASS_SYNC : CLASS_IO;
	count_add(COUNT_SEEN_BESIDE);
	row = row_of(&io, KEY_BESIDE);
	if (!row)
		return 0;
	own_add(&row->bytes, io.bytes);
	hist_add(&row->hist[phases ? PHASE_TOTAL : 0], since(queued, io.now));
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
