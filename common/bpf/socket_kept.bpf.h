/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * An owner that is kept where several CPUs come to it. It takes several words, and the search and
 * whoever has just sent something write them without the socket's lock: each has the sum of its
 * own, and what was read is known only if its sum is right. An owner of two writers has none that
 * is, and is not known until the next one writes.
 */
#ifndef SNOOPKIT_SOCKET_KEPT_BPF_H
#define SNOOPKIT_SOCKET_KEPT_BPF_H

#include <bpf/bpf_helpers.h>
#include "socket_owner_wire.h"
#include "unknown.bpf.h"

/* Without `pass`, which is written by itself. */
static __always_inline __u32 socket_owner_sum(const struct socket_owner *owner)
{
	const __u64 factor = 0x9e3779b97f4a7c15ULL;
	const __u64 *comm = __builtin_assume_aligned(&owner->comm[0], 8);
	__u64 sum = owner->socket;

	sum = sum * factor + owner->start_ns;
	sum = sum * factor + ((__u64)owner->pid << 32 | owner->from);
	sum = sum * factor + comm[0];
	sum = sum * factor + comm[1];
	return (sum * factor) >> 32;
}

/* `owner` has its sum, see socket_owner_seal(). */
static __always_inline void socket_owner_put(struct socket_owner *kept,
					     const struct socket_owner *owner)
{
	const __u64 *from = __builtin_assume_aligned(&owner->comm[0], 8);
	volatile __u64 *to = __builtin_assume_aligned(&kept->comm[0], 8);

	/* Pairs with socket_owner_get(), in any order. */
	*(volatile __u32 *)&kept->sum = owner->sum;
	*(volatile __u64 *)&kept->socket = owner->socket;
	*(volatile __u64 *)&kept->start_ns = owner->start_ns;
	*(volatile __u32 *)&kept->pid = owner->pid;
	*(volatile __u32 *)&kept->from = owner->from;
	*(volatile __u32 *)&kept->pass = owner->pass;
	to[0] = from[0];
	to[1] = from[1];
}

/* To be called before it is kept. */
static __always_inline void socket_owner_seal(struct socket_owner *owner)
{
	owner->sum = socket_owner_sum(owner);
}

/* With pid 0, not known, if it has been written meanwhile. */
static __always_inline void socket_owner_get(struct socket_owner *owner,
					     const struct socket_owner *kept)
{
	/* Pairs with socket_owner_put(). Without a branch, see hist_bucket(). */
	*owner = *kept;
	barrier();
	owner->pid &= (__u32)(differs(owner->sum, socket_owner_sum(owner)) - 1);
}

#endif
