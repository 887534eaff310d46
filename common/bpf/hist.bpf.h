/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Kernel side of hist_wire.h: bucket of a value, and counting it. */
#ifndef SNOOPKIT_HIST_BPF_H
#define SNOOPKIT_HIST_BPF_H

#ifndef __VMLINUX_H__
#include <stdbool.h>
#endif
#include <bpf/bpf_helpers.h>
#include "hist_wire.h"
#include "own.bpf.h"

/*
 * Read by programs, flipped by user space once an interval (series__read()). A program that has
 * read the old one may write its maximum late: take_max() knows.
 */
__u32 hist_epoch;

/* 1 if x > most, both below 2^63; without a branch, which clang would make of it. */
static __always_inline __u64 hist_above(__u64 x, __u64 most)
{
	__u64 left = most - x;

	barrier_var(left);
	return left >> 63;
}

/*
 * Without branches: with every branch the verifier has twice as much to follow, and a processor
 * that comes from elsewhere guesses it wrong as often as not.
 */
static __always_inline __u32 hist_bucket(__u64 ns)
{
	__u64 x = ns >> HIST_SUB_BITS, step, shift;

	shift = hist_above(x, 0xffffffff) << 5;
	x >>= shift;
	step = hist_above(x, 0xffff) << 4;
	x >>= step;
	shift += step;
	step = hist_above(x, 0xff) << 3;
	x >>= step;
	shift += step;
	step = hist_above(x, 0xf) << 2;
	x >>= step;
	shift += step;
	step = hist_above(x, 0x3) << 1;
	x >>= step;
	shift += step + (x >> 1);
	shift = (shift << HIST_SUB_BITS) + (ns >> shift);
	return shift < HIST_BUCKETS ? shift : HIST_BUCKETS - 1;
}

/* `shared` is known when this is compiled, or constant: other CPUs add at the same time. */
static __always_inline void hist_count(__u64 *counter, __u64 n, bool shared)
{
	if (shared)
		atomic_add(counter, n);
	else
		own_add(counter, n);
}

/*
 * With `known` 0 nothing happens, in the same way: what a condition costs, see hist_bucket(). Of
 * two CPUs that share a histogram and have a new maximum at once, the lesser one may stay:
 * take_max() knows the bucket that the true one is in.
 */
static __always_inline void hist_add_to(struct hist *h, __u64 ns, __u64 known, bool shared)
{
	/* Pairs with series__read(): the old one, or the new one, whose maximum has been cleared.
	 */
	__u32 epoch = hist_epoch & 1;
	__u32 idx;

	ns &= -known;
	idx = hist_bucket(ns);
	/* clang 14 would move the limit behind the scaling, out of the verifier's sight. */
	barrier_var(idx);
	/*
	 * Pair with take_hist(), which may read between the two: the sum is of the next interval
	 * then. No count is lost.
	 */
	hist_count(&h->bucket[idx], known, shared);
	hist_count(&h->sum_ns, ns, shared);
	/* Pairs with take_max() and clear_max(). */
	if (h->max_ns[epoch] < ns)
		h->max_ns[epoch] = ns;
}

static __always_inline void hist_add_if(struct hist *h, __u64 ns, __u64 known)
{
	hist_add_to(h, ns, known, false);
}

static __always_inline void hist_add(struct hist *h, __u64 ns)
{
	hist_add_if(h, ns, 1);
}

#endif
