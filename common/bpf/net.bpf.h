/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Sockets: their addresses, cgroup and namespace, the same on every kernel from 5.10 on. */
#ifndef SNOOPKIT_NET_BPF_H
#define SNOOPKIT_NET_BPF_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include "net_wire.h"

/* include/linux/socket.h */
#define AF_INET 2
#define AF_INET6 10

const volatile struct net_filter net_filter = {};

/* The network namespace asked for, which another one may be by now: user space changes it. */
const volatile bool with_netns = false;
__u32 filter_netns;

/* Pairs with follow_use(). */
static __always_inline bool netns_wanted(__u32 netns)
{
	return !with_netns || netns == *(volatile __u32 *)&filter_netns;
}

static __always_inline void net_addr_v4(struct net_addr *to, __u32 v4)
{
	to->word[0] = to->word[1] = 0;
	to->word[2] = bpf_htonl(0xffff);
	to->word[3] = v4;
}

static __always_inline void net_addr_v6(struct net_addr *to, const struct in6_addr *v6)
{
	for (int i = 0; i < 4; i++)
		to->word[i] = v6->in6_u.u6_addr32[i];
}

/* Kernels built without IPv6 have neither such sockets nor room for their addresses. */
static __always_inline bool net_is_v6(__u16 family)
{
	return family == AF_INET6 && bpf_core_field_exists(struct sock_common, skc_v6_daddr);
}

/* 0 on kernels that are built without network namespaces. Of a struct sock_common. */
#define net_namespace_of(common) \
	(bpf_core_field_exists((common).skc_net.net) ? (common).skc_net.net->ns.inum : 0)

/* The same where the verifier does not know what the socket is. */
static __always_inline __u32 net_namespace_read(struct sock *sk)
{
	if (!bpf_core_field_exists(sk->__sk_common.skc_net.net))
		return 0;
	return BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
}

/* inet_sport stays when the port is given back at the end of a connection; skc_num does not. */
static __always_inline void net_flow_of(struct net_flow *f, struct sock *sk, struct inet_sock *inet)
{
	if (net_is_v6(sk->__sk_common.skc_family)) {
		net_addr_v6(&f->local, &sk->__sk_common.skc_v6_rcv_saddr);
		net_addr_v6(&f->remote, &sk->__sk_common.skc_v6_daddr);
	} else {
		net_addr_v4(&f->local, sk->__sk_common.skc_rcv_saddr);
		net_addr_v4(&f->remote, sk->__sk_common.skc_daddr);
	}
	f->lport = bpf_ntohs(inet->inet_sport);
	f->rport = bpf_ntohs(sk->__sk_common.skc_dport);
	f->netns = net_namespace_of(sk->__sk_common);
	f->ifindex = sk->__sk_common.skc_bound_dev_if;
}

/*
 * Of a connection that is not established yet. Its family is that of the listener, also where an
 * IPv6 listener is asked by IPv4: then it has no IPv6 addresses.
 */
static __always_inline void net_flow_of_request(struct net_flow *f, struct request_sock *req)
{
	struct sock_common *c = &req->__req_common;

	if (net_is_v6(req->rsk_ops->family)) {
		net_addr_v6(&f->local, &c->skc_v6_rcv_saddr);
		net_addr_v6(&f->remote, &c->skc_v6_daddr);
	} else {
		net_addr_v4(&f->local, c->skc_rcv_saddr);
		net_addr_v4(&f->remote, c->skc_daddr);
	}
	f->lport = c->skc_num;
	f->rport = bpf_ntohs(c->skc_dport);
	f->netns = net_namespace_of(*c);
	f->ifindex = c->skc_bound_dev_if;
}

static __always_inline bool net_addr_is_in(const struct net_addr *a,
					   const volatile struct net_addr *net,
					   const volatile struct net_addr *mask)
{
	for (int i = 0; i < 4; i++)
		if ((a->word[i] & mask->word[i]) != net->word[i])
			return false;
	return true;
}

static __always_inline bool net_addr_is_v4(const struct net_addr *a)
{
	return !a->word[0] && !a->word[1] && a->word[2] == bpf_htonl(0xffff);
}

static __always_inline bool net_wanted(const struct net_flow *f)
{
	if (!netns_wanted(f->netns))
		return false;
	if (net_filter.netns && f->netns != net_filter.netns)
		return false;
	if (net_filter.ifindex && f->ifindex != net_filter.ifindex)
		return false;
	if (net_filter.lport && f->lport != net_filter.lport)
		return false;
	if (net_filter.rport && f->rport != net_filter.rport)
		return false;
	if (net_filter.version && net_addr_is_v4(&f->remote) != (net_filter.version == 4))
		return false;
	return net_addr_is_in(&f->local, &net_filter.local, &net_filter.local_mask) &&
	       net_addr_is_in(&f->remote, &net_filter.remote, &net_filter.remote_mask);
}

/*
 * Until 5.15 (commit 8520e224f547, also in 5.10.226) a pointer with flags in its low bits, or with
 * bit 0 a v1 class instead.
 */
struct sock_cgroup_data___val {
	__u64 val;
} __attribute__((preserve_access_index));

/* Not of kernels built without the cgroup's part of networking. */
static __always_inline bool net_has_cgroups(void)
{
	return bpf_core_field_exists(struct sock, sk_cgrp_data);
}

/*
 * The cgroup of v2 that the socket was made in; of accepted ones that of the listener. NULL: not
 * known. Not typed: for BPF_CORE_READ().
 */
static __always_inline struct cgroup *net_cgroup_of(struct sock *sk)
{
	struct sock_cgroup_data___val *old;
	__u64 val;

	if (!net_has_cgroups())
		return NULL;
	if (!bpf_core_field_exists(struct sock_cgroup_data___val, val))
		return BPF_CORE_READ(sk, sk_cgrp_data.cgroup);
	old = (void *)&sk->sk_cgrp_data;
	val = BPF_CORE_READ(old, val);
	return val & 1 ? NULL : (struct cgroup *)(val & ~3ULL);
}

/*
 * The same by its number, 0 if it is not known, and its node. Where it can be, without asking the
 * kernel to read its memory.
 */
static __always_inline __u64 net_cgroup_id(struct sock *sk, struct kernfs_node **node)
{
	*node = NULL;
	if (!net_has_cgroups())
		return 0;
	if (bpf_core_field_exists(struct sock_cgroup_data___val, val)) {
		*node = BPF_CORE_READ(net_cgroup_of(sk), kn);
		return BPF_CORE_READ(*node, id);
	}
	*node = sk->sk_cgrp_data.cgroup->kn;
	return (*node)->id;
}

/* For other programs to find the socket by; 0: not known. Before 5.12 tracing programs cannot ask
 * for one, so it is there if somebody else has. */
static __always_inline __u64 net_cookie_of(struct sock *sk)
{
	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_check_mtu))
		return bpf_get_socket_cookie(sk);
	return sk->__sk_common.skc_cookie.counter;
}

#endif
