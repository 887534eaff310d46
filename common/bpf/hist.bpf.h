/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Kernel side of hist.h: bucket of a value, and counting it. */
#ifndef SNOOPKIT_HIST_BPF_H
#define SNOOPKIT_HIST_BPF_H

#include <bpf/bpf_helpers.h>
#include "hist.h"
#include "own.bpf.h"

/* Read by programs, flipped by user space once an interval. */
__u32 hist_epoch;

static __always_inline __u32 hist_bucket(__u64 ns)
{
	__u64 x = ns >> HIST_SUB_BITS;
	__u32 shift = 0;

	if (ns >> HIST_MAX_LOG2)
		return HIST_BUCKETS - 1;
	if (x >> 32) {
		x >>= 32;
		shift += 32;
	}
	if (x >> 16) {
		x >>= 16;
		shift += 16;
	}
	if (x >> 8) {
		x >>= 8;
		shift += 8;
	}
	if (x >> 4) {
		x >>= 4;
		shift += 4;
	}
	if (x >> 2) {
		x >>= 2;
		shift += 2;
	}
	if (x >> 1)
		shift += 1;
	return (shift << HIST_SUB_BITS) + (ns >> shift);
}

static __always_inline void hist_add_at(struct hist *h, __u32 idx, __u64 ns)
{
	__u32 epoch = hist_epoch & 1;

	/* clang 14 would move the check behind the scaling, out of the verifier's sight. */
	barrier_var(idx);
	if (idx >= HIST_BUCKETS)
		return;
	barrier_var(idx);
	own_add(&h->bucket[idx], 1);
	own_add(&h->sum_ns, ns);
	if (h->max_ns[epoch] < ns)
		h->max_ns[epoch] = ns;
}

static __always_inline void hist_add(struct hist *h, __u64 ns)
{
	hist_add_at(h, hist_bucket(ns), ns);
}

#endif
