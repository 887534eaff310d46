/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The shape of a latency histogram, shared by kernel and user side.
 *
 * Log-linear buckets over nanoseconds: values below 16 have a bucket each, every
 * power of two above is cut into 16 equal ones, so a bucket is at most 6.25 % of
 * its lower bound wide. 592 buckets reach 2^40 ns (18 minutes); what is slower is
 * in the last one, with its true maximum and sum.
 *
 * All counters only ever grow. Readers take differences, so nothing is lost or
 * counted twice at the edge of an interval.
 */
#ifndef SNOOPKIT_HIST_H
#define SNOOPKIT_HIST_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#define HIST_SUB_BITS 4
#define HIST_MAX_LOG2 40
#define HIST_BUCKETS ((HIST_MAX_LOG2 - HIST_SUB_BITS + 1) << HIST_SUB_BITS)

struct hist {
	__u64 sum_ns;
	/* One per epoch parity: the reader flips the epoch and collects the other. */
	__u64 max_ns[2];
	__u64 pad[5];
	__u64 bucket[HIST_BUCKETS];
};

/*
 * One row of a tool's result: a key (its bits are the tool's), a byte count and
 * one histogram for each phase that the tool was told to measure.
 */
struct series {
	__u64 key;
	__u64 bytes;
	__u64 scratch[6]; /* the program's own, on its CPU; the last is SERIES_CLAIMS */
	struct hist hist[];
};

#define SERIES_CLAIMS 5 /* how many CPUs wanted the row, where they share rows */
#define SERIES_HISTS_MAX 4
#define SERIES_SIZE(hists) (sizeof(struct series) + (hists) * sizeof(struct hist))

/* Set in the key of every row in use; an empty row's key is 0. */
#define SERIES_USED (1ULL << 31)
/* They take what finds no free row: what went well, and behind it what failed. */
#define SERIES_OTHER (~0ULL - 1)
#define SERIES_OTHER_FAILED (~0ULL)
#define SERIES_OTHERS 2 /* rows of each CPU, behind its others */
#define SERIES_IS_OTHER(key) ((key) >= SERIES_OTHER)

_Static_assert(HIST_BUCKETS == 592, "documented figure");
_Static_assert(sizeof(struct hist) % 64 == 0, "whole cache lines");
_Static_assert(sizeof(struct series) % 64 == 0, "whole cache lines");

#endif
