/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What user space tells the programs, what they keep, and what they all ask. */
#ifndef BIOLATENCY_CONFIG_BPF_H
#define BIOLATENCY_CONFIG_BPF_H

#include "block.bpf.h"
#include "inflight.bpf.h"
#include "ring.bpf.h"
#include "series.bpf.h"
#include "tools/biolatency/biolatency.h"

/* Since 6.9 (commit da4c8c3d0975) requests are stamped from a clock cached per plug. */
const volatile bool plug_cache = false;
/* A cached clock no older than this is as good as the time itself. */
const volatile __u64 tolerated_ns = 0;
const volatile bool phases = false;
const volatile bool with_queue = false; /* -Q */
const volatile bool again_bios = false; /* there is again_complete */
const volatile bool by_bio = false;	/* requests are known from block_getrq on */
const volatile bool split_disk = false;
const volatile __u64 flags_mask = 0; /* -F: which bits of cmd_flags tell rows apart */

const volatile __u32 filter_disks = 0; /* how many of wanted_disks[]; 0: all disks */
const volatile __u32 filter_op = BLOCK_OP_MASK;
const volatile __u32 filter_pid = 0;
const volatile bool filter_owner = false; /* filter_pid or cgroup_target */
const volatile bool errors_only = false;  /* --errors */

/* enum bio_class of an operation above WRITE; status of an error. */
const volatile __u8 class_of_op[BLOCK_OP_MASK + 1] = {};
const volatile __u8 status_of_errno[ERRNO_LIMIT] = {};

/*
 * Which start times are kept beside the request; user space sets them when the programs that do so
 * are attached (programs__need()), and clears them before it detaches those. A completion that
 * still sees the old value finds nothing noted, or does not look.
 */
bool have_issue, have_getrq;
/* User space follows the disks' names: disks__tell(). */
struct bio_disk wanted_disks[BIO_DISKS_MAX];
/* There are disks with requests on top of others: each I/O would be counted twice. */
bool have_stacked;
/* Some kernels never fill io_start_time_ns (no CONFIG_BLK_WBT_MQ): stamp every request. */
bool stamp_all, io_start_seen;
bool asked[NEED_MAX]; /* two CPUs may both ask: user space attaches once */
/*
 * When everything was attached, and when rq_issue was; user space starts them at "never", and sets
 * them last (plan__begin(), programs__need()).
 */
__u64 tracing_since_ns, issue_since_ns;

/* 65,536 requests, 65,536 bios. Full: see inflight.bpf.h. */
struct inflight_map requests SEC(".maps"), bios SEC(".maps");

/*
 * Disks that are not like others (enum bio_watch). Of those without requests the bios are counted
 * if they are not on top of other disks, where the same I/O is seen again, or if they were asked
 * for by name. Full: user space says so.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, __u8);
	__uint(max_entries, 1024);
} watched SEC(".maps");

/* What the unowned came from. Full: it is in the number only. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u64);
	__type(value, struct bio_by);
	__uint(max_entries, 256);
} unowned_by SEC(".maps");

/*
 * What the user chose, asked by a program that is compiled twice: for any choice, and `plain`
 * for none at all, where the compiler leaves it out. Of a constant of .rodata the verifier
 * removes the branches, but not the loads, which are half of the work then.
 */
#define CHOSEN(io, choice) (!(io)->plain && (choice))

struct io {
	bool plain;
	__u32 cpu;
	__u64 now;
	__u64 bytes;
	__u32 dev;
	__u32 flags;
	__u32 class;
	__u32 status;
	__u64 sector;
};

static __always_inline __u32 watch_of(__u32 dev)
{
	__u8 *watch = bpf_map_lookup_elem(&watched, &dev);

	return watch ? *watch : 0;
}

static __always_inline __u32 class_of_number(__u32 op)
{
	op &= BLOCK_OP_MASK;
	barrier_var(op);
	return class_of_op[op & BLOCK_OP_MASK];
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
	__s64 ns = end - start, sign = ns >> 63;

	/* Without a branch, see hist_bucket(). */
	barrier_var(sign);
	return ns & ~sign;
}

static __always_inline bool on_wanted_disk(const struct io *io)
{
	for (__u32 i = 0; i < BIO_DISKS_MAX && i < filter_disks; i++) {
		/* Pairs with disks__tell(): the number is set last. */
		const struct bio_disk *disk = &wanted_disks[i];

		if (disk->dev == io->dev && io->sector >= disk->first_sector &&
		    io->sector <= disk->last_sector)
			return true;
	}
	return false;
}

static __always_inline bool wanted_before(const struct io *io)
{
	if (CHOSEN(io, filter_disks) && !on_wanted_disk(io))
		return false;
	if (CHOSEN(io, filter_op != BLOCK_OP_MASK) && (io->flags & BLOCK_OP_MASK) != filter_op)
		return false;
	return true;
}

/* At the end, when it is known what became of it. */
static __always_inline bool wanted(const struct io *io)
{
	return wanted_before(io) && (!CHOSEN(io, errors_only) || io->status);
}

/* Without a branch: what has no number of its own is the last one, never 0. */
static __always_inline __u64 status_in_key(__u32 status)
{
	return (status | -differs(status & ~KEY_STATUS_MASK, 0)) & KEY_STATUS_MASK;
}

/* Each program fills rows of its own, since one may interrupt the other. */
static __always_inline struct series *row_of(const struct io *io, __u64 program)
{
	__u64 key = SERIES_USED | program | (__u64)io->class << KEY_CLASS_SHIFT |
		    status_in_key(io->status);

	if (CHOSEN(io, split_disk))
		key |= (__u64)io->dev << KEY_DEV_SHIFT;
	if (CHOSEN(io, flags_mask))
		key |= (io->flags & flags_mask) << KEY_FLAGS_SHIFT;
	/* In one state, though the verifier knows of what went well that this is 0. */
	return series_find_of(io->cpu, key, unknown_of(differs(io->status, 0), io->now, io->now),
			      CHOSEN(io, series_shared));
}

#endif
