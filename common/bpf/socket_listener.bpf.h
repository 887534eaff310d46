/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Without socket storage (socket_store.bpf.h): what accepted sockets inherit, by the port of the
 * socket that listens.
 */
#ifndef SNOOPKIT_SOCKET_LISTENER_BPF_H
#define SNOOPKIT_SOCKET_LISTENER_BPF_H

#include "atomic.bpf.h"
#include "net.bpf.h"
#include "socket_store.bpf.h"

struct socket_port {
	__u32 netns;
	__u32 port;
};

struct socket_listeners {
	struct socket_owner owner; /* pid 0: several */
	__u64 count;
};

/* 90 bytes each, at most 0.8 MB. Full: what is accepted has no owner. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct socket_port);
	__type(value, struct socket_listeners);
	__uint(max_entries, 8192);
} socket_listeners SEC(".maps");

/* One more that listens. Two processes on one port: which of them accepts is not known. */
static __always_inline void socket_listens(struct sock *sk, const struct socket_owner *owner)
{
	struct socket_port port = {};
	struct socket_listeners new = {}, *old;

	port.netns = net_namespace_read(sk);
	port.port = BPF_CORE_READ(sk, __sk_common.skc_num);
	old = bpf_map_lookup_elem(&socket_listeners, &port);
	if (old) {
		if (old->owner.pid != owner->pid)
			old->owner.pid = 0;
		atomic_add(&old->count, 1);
		return;
	}
	new.owner = *owner;
	new.count = 1;
	bpf_map_update_elem(&socket_listeners, &port, &new, BPF_NOEXIST);
}

static __always_inline void socket_listens_no_more(struct sock *sk, struct inet_sock *inet)
{
	struct socket_port port = {};
	struct socket_listeners *old;

	port.netns = net_namespace_of(sk->__sk_common);
	port.port = bpf_ntohs(inet->inet_sport);
	old = bpf_map_lookup_elem(&socket_listeners, &port);
	if (!old)
		return;
	if (old->count <= 1)
		bpf_map_delete_elem(&socket_listeners, &port);
	else
		atomic_add(&old->count, -1);
}

static __always_inline void socket_inherits(struct sock *sk, __u64 number)
{
	struct socket_port port = {};
	struct socket_listeners *l;
	struct socket_owner owner;

	port.netns = net_namespace_of(sk->__sk_common);
	port.port = sk->__sk_common.skc_num;
	l = bpf_map_lookup_elem(&socket_listeners, &port);
	if (!l || !l->owner.pid)
		return;
	owner = l->owner;
	bpf_map_update_elem(&socket_owners_by_address, &number, &owner, BPF_NOEXIST);
}

#endif
