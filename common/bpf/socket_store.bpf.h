/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Where the owners of TCP sockets are kept: in the socket's storage, which accepted sockets
 * inherit.
 *
 * Before 5.11 (commit 8e4597c627fb) tracing programs have no socket storage: there a hash map by
 * the socket's address does.
 *
 * Of MPTCP, processes have the one socket only that all its subflows belong to. Programs that come
 * by a subflow know no more of that one than its address.
 */
#ifndef SNOOPKIT_SOCKET_STORE_BPF_H
#define SNOOPKIT_SOCKET_STORE_BPF_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "arg.bpf.h"
#include "socket_kept.bpf.h"

/* 48 bytes a socket beside what the kernel needs; bounded by net.core.optmem_max a socket. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct socket_owner);
} socket_owners SEC(".maps");

/* MPTCP, and all without socket storage: 100 bytes each, at most 6.5 MB. Full: counted, not known.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, struct socket_owner);
	__uint(max_entries, 65536);
} socket_owners_by_address SEC(".maps");

static __always_inline bool has_socket_storage(void)
{
	return bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_sock_from_file);
}

/* The socket as a number: the program's argument `n`, which is `sk`. */
static __always_inline __u64 socket_number(const void *ctx, __u32 n, const struct sock *sk)
{
	__u64 number = 0;

	if (has_socket_storage())
		return arg_identity(sk);
	bpf_probe_read_kernel(&number, sizeof(number), (const __u64 *)ctx + n);
	return number;
}

/* 0: it is no subflow of MPTCP. */
static __always_inline __u64 socket_of_subflow(struct tcp_sock *tp)
{
	struct mptcp_subflow_context *subflow;

	if (!bpf_core_field_exists(tp->is_mptcp) || !tp->is_mptcp)
		return 0;
	subflow = BPF_CORE_READ(tp, inet_conn.icsk_ulp_data);
	return (__u64)BPF_CORE_READ(subflow, conn);
}

/* `stored`: in the socket itself. */
static __always_inline struct socket_owner *socket_owner_find(struct sock *sk, __u64 number,
							      bool stored)
{
	if (has_socket_storage() && stored)
		return bpf_sk_storage_get(&socket_owners, sk, NULL, 0);
	return bpf_map_lookup_elem(&socket_owners_by_address, &number);
}

static __always_inline bool socket_owner_set(struct sock *sk, __u64 number, bool stored,
					     struct socket_owner *owner)
{
	struct socket_owner *old;

	socket_owner_seal(owner);
	if (!has_socket_storage() || !stored)
		return !bpf_map_update_elem(&socket_owners_by_address, &number, owner, BPF_ANY);
	old = bpf_sk_storage_get(&socket_owners, sk, owner, BPF_SK_STORAGE_GET_F_CREATE);
	if (old)
		socket_owner_put(old, owner);
	return old;
}

#endif
