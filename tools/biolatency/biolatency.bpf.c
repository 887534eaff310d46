// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Block I/O latency: one program at completion does the work; the others are attached
 * only where the request does not carry what is asked for (docs/architecture.md).
 */
#include "vmlinux.h"
#include <bpf/bpf_tracing.h>
#include "arg.bpf.h"
#include "block.bpf.h"
#include "cgroup.bpf.h"
#include "inflight.bpf.h"
#include "ring.bpf.h"
#include "series.bpf.h"
#include "tools/biolatency/biolatency.h"

#define TAG_KEY (1ULL << 62) /* no key is 0 */
#define PF_KTHREAD 0x00200000 /* include/linux/sched.h */

/* Since 6.9 (commit da4c8c3d0975) requests are stamped from a clock cached per plug. */
const volatile bool plug_cache = false;
/* A cached clock no older than this is as good as the time itself. */
const volatile __u64 tolerated_ns = 0;
const volatile bool phases = false;
const volatile bool with_queue = false; /* -Q */
const volatile bool by_bio = false;    /* requests are known from block_getrq on */
const volatile bool split_disk = false;
const volatile __u64 flags_mask = 0; /* -F: which bits of cmd_flags tell rows apart */

const volatile __u32 filter_dev = 0;
const volatile __u64 filter_first_sector = 0;
const volatile __u64 filter_last_sector = 0; /* 0: the whole disk */
const volatile __u32 filter_op = BLOCK_OP_MASK;
const volatile __u32 filter_tgid = 0;
const volatile bool filter_owner = false; /* filter_tgid or cgroup_target */

/* Which start times are kept beside the request; user space sets them on attaching. */
bool have_issue, have_getrq;
/* Some kernels never fill io_start_time_ns (no CONFIG_BLK_WBT_MQ): stamp every request. */
bool stamp_all, io_start_seen;
bool asked[NEED_MAX];
/* When everything was attached, and when rq_issue was. */
__u64 tracing_since_ns = ~0ULL, issue_since_ns = ~0ULL;

/* 65,536 requests, 65,536 bios. Full: see inflight.bpf.h. */
struct inflight_map requests SEC(".maps"), bios SEC(".maps");

/*
 * Disks without requests whose bios are counted: those that are not on top of other disks,
 * where the same I/O is seen again, and those asked for by name. Full: user space says so.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, __u8);
	__uint(max_entries, 1024);
} watched SEC(".maps");

struct io {
	__u64 now;
	__u64 bytes;
	__u32 dev;
	__u32 flags;
	__u32 class;
	__u64 sector;
};

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
 * What a global function returns is one unknown number to the verifier. The same choice made
 * in place would be two states, each to be followed to the end: with --phases 190 ms of it.
 */
__noinline __u64 first_known(__u64 a, __u64 b)
{
	return a ?: b;
}

__noinline __u64 later(__u64 a, __u64 b)
{
	return a > b ? a : b;
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

static __always_inline bool is_preflush(__u32 flags)
{
	return flags >> bpf_core_enum_value(enum req_flag_bits, __REQ_PREFLUSH) & 1;
}

static __always_inline void ask_for(__u32 need)
{
	struct bio_note note = { .need = need };

	if (asked[need])
		return;
	asked[need] = true;
	ring_emit(&note, sizeof(note));
}

static __always_inline __u64 since(__u64 start, __u64 end)
{
	__s64 ns = end - start;

	/* No branch: each one doubles what the verifier has to go through. */
	return ns & ~(ns >> 63);
}

static __always_inline bool wanted(const struct io *io)
{
	if (filter_dev && io->dev != filter_dev)
		return false;
	if (filter_last_sector &&
	    (io->sector < filter_first_sector || io->sector > filter_last_sector))
		return false;
	if (filter_op != BLOCK_OP_MASK && (io->flags & BLOCK_OP_MASK) != filter_op)
		return false;
	return true;
}

/* Each program fills rows of its own, since one may interrupt the other. */
static __always_inline struct series *row_of(const struct io *io, __u64 program)
{
	__u64 key = SERIES_USED | program | (__u64)io->class << KEY_CLASS_SHIFT;

	if (split_disk)
		key |= (__u64)io->dev << KEY_DEV_SHIFT;
	return series_find(key | (io->flags & flags_mask));
}

/* An owner is decided where the bio is submitted: `current` at completion is anybody. */
static __always_inline enum cgroup_verdict bio_cgroup_verdict(struct bio *bio)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	enum cgroup_verdict verdict;
	struct bio_vec *vec;

	verdict = cgroup_verdict_of(BPF_CORE_READ(bio, bi_blkg, blkcg, css.cgroup));
	if (verdict != CGROUP_UNKNOWN)
		return verdict;
	vec = BPF_CORE_READ(bio, bi_io_vec);
	if (vec && BPF_CORE_READ(bio, bi_iter.bi_size)) {
		vec += BPF_CORE_READ(bio, bi_iter.bi_idx);
		verdict = cgroup_verdict_of(cgroup_of_page(BPF_CORE_READ(vec, bv_page)));
		if (verdict != CGROUP_UNKNOWN)
			return verdict;
	}
	if (cgroup_verdict_of(cgroup_of_current()) == CGROUP_INSIDE)
		return CGROUP_INSIDE;
	if ((BPF_CORE_READ(task, flags) & PF_KTHREAD) && !cgroup_target.has_memory)
		return CGROUP_UNKNOWN;
	return CGROUP_OUTSIDE;
}

static __always_inline __u32 bio_owner(struct bio *bio)
{
	enum cgroup_verdict verdict = CGROUP_INSIDE;

	if (filter_tgid && bpf_get_current_pid_tgid() >> 32 != filter_tgid)
		return OWNER_KNOWN;
	if (cgroup_target.id)
		verdict = bio_cgroup_verdict(bio);
	if (verdict == CGROUP_UNKNOWN)
		return 0;
	return OWNER_KNOWN | (verdict == CGROUP_INSIDE ? OWNER_MATCHES : 0);
}

/* Claims and resets; the caller publishes. */
static __always_inline bool request_begin(__u64 key, __u64 now, struct inflight_ref *ref)
{
	__u64 *field;

	if (!key || !inflight_claim(&requests, key, ref))
		return false;
	if (ref->evicted)
		count_add(BIO_EVICTED);
	field = inflight_fields(ref);
	field[RQ_STAMP] = now & ~RQ_ISSUED;
	field[RQ_GOT] = field[RQ_QUEUED] = field[RQ_OWNER] = 0;
	return true;
}

static __always_inline void bio_based_begin(struct bio *bio, __u64 address, __u32 dev)
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
	if (!wanted(&io) || (filter_owner && bio_owner(bio) != (OWNER_KNOWN | OWNER_MATCHES))) {
		count_add(COUNT_SEEN_BESIDE);
		count_add(COUNT_FILTERED_BESIDE);
		return;
	}
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
	inflight_publish(&ref, address);
}

static __always_inline int bio_queued(struct bio *bio, __u64 address)
{
	struct gendisk *disk = block_bio_disk(bio);
	struct inflight_ref ref;
	__u32 dev;
	__u64 now;

	if (!disk || !address)
		return 0;
	if (!disk->queue->mq_ops) {
		dev = block_disk_dev(disk);
		if (bpf_map_lookup_elem(&watched, &dev))
			bio_based_begin(bio, address, dev);
		return 0;
	}
	if (!phases || !plug_cache)
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
	return bio_queued(bio, arg_address(ctx, 0));
}

/* Until 5.11 (commit a54895fa057c) the queue came first. */
SEC("tp_btf/block_bio_queue")
int BPF_PROG(bio_queue_old, struct request_queue *q, struct bio *bio)
{
	return bio_queued(bio, arg_address(ctx, 1));
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
	return bio_merged(arg_address(ctx, 0));
}

static __always_inline int request_got(struct bio *bio, __u64 address)
{
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
	return request_got(bio, arg_address(ctx, 0));
}

SEC("tp_btf/block_getrq")
int BPF_PROG(getrq_old, struct request_queue *q, struct bio *bio, int rw)
{
	return request_got(bio, arg_address(ctx, 1));
}

/*
 * Where a bio's own times are wanted a request is known by its first bio, which its submitter
 * had in hand before the request was made; flushes and some commands have none. Elsewhere its
 * tag will do, which saves two helper calls: it is the request's from issue to completion.
 */
static __always_inline __u64 request_key(void *ctx, __u32 arg, struct request *rq)
{
	if (by_bio)
		return member_address(rq, bio) ?: arg_address(ctx, arg);
	return TAG_KEY | (__u64)rq->q->id << 32 | (__u64)rq->mq_hctx->queue_num << 16 |
	       (__u16)rq->tag;
}

static __always_inline int request_issued(void *ctx, __u32 arg, struct request *rq)
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
	key = request_key(ctx, arg, rq);
	if (!(by_bio && inflight_find(&requests, key, &ref)) &&
	    !request_begin(key, now, &ref))
		return 0;
	inflight_fields(&ref)[RQ_STAMP] = now | RQ_ISSUED;
	inflight_publish(&ref, key);
	return 0;
}

SEC("tp_btf/block_rq_issue")
int BPF_PROG(rq_issue, struct request *rq)
{
	return request_issued(ctx, 0, rq);
}

SEC("tp_btf/block_rq_issue")
int BPF_PROG(rq_issue_old, struct request_queue *q, struct request *rq)
{
	return request_issued(ctx, 1, rq);
}

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
	st->start = rq->start_time_ns & block_rq_start_mask(op, rq->rq_flags);
	st->io_start = rq->io_start_time_ns;
	if (st->io_start && !io_start_seen)
		io_start_seen = true;
	if (st->issued > st->io_start)
		count_own(BIO_STAMPED);
	st->issued = later(st->issued, st->io_start);
	st->got = first_known(st->got, st->start);
	if (phases && !plug_cache)
		st->queued = first_known(st->queued, block_bio_submit_ns(rq->bio, now));
}

/* -1: not an I/O of its own, the tail of a flush sequence that was counted already. */
__noinline int class_of(__u32 flags, __u64 bytes, __u64 io_start)
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

static __always_inline void add_phases(struct series *row, const struct io *io,
				       const struct stamps *st, __u64 first)
{
	hist_add(&row->hist[PHASE_TOTAL], since(first, io->now));
	if (io->class == CLASS_SYNC)
		return;
	if (st->issued)
		hist_add(&row->hist[PHASE_DEVICE], since(st->issued, io->now));
	if (st->got && st->issued)
		hist_add(&row->hist[PHASE_QUEUE], since(st->got, st->issued));
	if (st->queued && st->got)
		hist_add(&row->hist[PHASE_SUBMIT], since(st->queued, st->got));
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
	bool from_got = with_queue || io->class == CLASS_SYNC;
	__u64 start = from_got ? st->got : st->issued;
	struct series *row;

	if (phases)
		start = first_known(st->queued, first_known(st->got, st->issued));
	if (!start) {
		count_add(BIO_UNTIMED);
		if (by_bio || !from_got)
			ask_for(by_bio ? NEED_GETRQ : NEED_ISSUE);
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

SEC("tp_btf/block_rq_complete")
int BPF_PROG(rq_complete, struct request *rq, int error, unsigned int nr_bytes)
{
	struct io io = { .now = bpf_ktime_get_ns(), .flags = rq->cmd_flags, .bytes = nr_bytes };
	struct stamps st = {};
	struct inflight_ref ref;
	__u64 key;
	int class;

	/* Part of a request, or a try that will be repeated: the last completion counts. */
	if (nr_bytes < rq->__data_len)
		return 0;
	if (have_issue || have_getrq) {
		key = request_key(ctx, 0, rq);
		if (inflight_find(&requests, key, &ref)) {
			stamps_of_entry(&ref, &st);
			inflight_publish(&ref, 0);
		}
	}
	class = class_of(io.flags, nr_bytes | rq->__data_len, rq->io_start_time_ns);
	if (class < 0)
		return 0;
	io.class = class;
	/* Completed in parts, the last call carries only the rest. */
	if (class == CLASS_IO && io.bytes < (__u64)rq->stats_sectors << 9)
		io.bytes = (__u64)rq->stats_sectors << 9;
	stamps_of_request(rq, io.now, io.flags & BLOCK_OP_MASK, &st);
	/* Under way before there was anybody to note its owner. */
	if (filter_owner && !st.owner && st.got && st.got < tracing_since_ns)
		return 0;
	count_own(COUNT_SEEN);
	if (split_disk || filter_dev)
		io.dev = block_disk_dev(block_rq_disk(rq));
	if (filter_last_sector)
		io.sector = rq->__sector;
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
