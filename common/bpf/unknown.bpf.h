/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Values that the verifier is not to know. */
#ifndef SNOOPKIT_UNKNOWN_BPF_H
#define SNOOPKIT_UNKNOWN_BPF_H

#include <bpf/bpf_helpers.h>

/*
 * The verifier takes each constant that a variable can have for a state of its own, and goes
 * through the rest of the program once for every one. Adding a zero that it cannot know, the
 * difference of two equal numbers, makes one state of them.
 */
static __always_inline __u32 unknown_of(__u32 value, __u64 a, __u64 b)
{
	barrier_var(a);
	barrier_var(value);
	return value + (__u32)(a - b);
}

/* 0 or 1, without a branch, so that the verifier need not follow both. */
static __always_inline __u64 differs(__u64 a, __u64 b)
{
	__u64 bits = a ^ b;

	bits |= -bits;
	barrier_var(bits);
	return bits >> 63;
}

/*
 * At the begin of a loop whose rounds hand things on in memory: the compiler would have the first
 * round begin behind what it knows already, and up to 6.1 the verifier refuses such a loop.
 */
#define unknown_memory() barrier()

#endif
