/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Queries that IPsec has encrypted before they come by: whose one is, when it was sent and where
 * to, the socket tells, but not what it asks for.
 */
#ifndef DNSSNOOP_HIDDEN_BPF_H
#define DNSSNOOP_HIDDEN_BPF_H

#include "tools/dnssnoop/owner.bpf.h"
#include "tools/dnssnoop/packet.bpf.h"

/* The process sent it to a DNS port, whatever has become of it since. */
static __always_inline bool asks_dns(struct __sk_buff *skb)
{
	struct bpf_sock *sk = skb->sk;
	struct dns_owner *owner;

	if (!sk)
		return false;
	if (sk->dst_port)
		return is_port(sk->dst_port);
	owner = bpf_sk_storage_get(&dns_owners, sk, NULL, 0);
	return owner && owner->asked_port;
}

/* Each packet of TCP looks the same; the kernel has counted those with data before. */
static __always_inline bool hidden_has_data(struct bpf_sock *sk, struct dns_owner *owner)
{
	struct bpf_tcp_sock *tcp = bpf_tcp_sock(sk);

	if (!tcp || tcp->data_segs_out == owner->data_segs)
		return false;
	owner->data_segs = tcp->data_segs_out;
	return true;
}

static __always_inline void hidden_addresses(struct dns_packet *p, struct bpf_sock *sk,
					     const struct dns_owner *owner)
{
	p->lport = sk->src_port;
	p->rport = bpf_ntohs(sk->dst_port);
	if (sk->family == AF_INET) {
		net_addr_v4(&p->local, sk->src_ip4);
		net_addr_v4(&p->remote, sk->dst_ip4);
	} else {
		p->local.word[0] = sk->src_ip6[0];
		p->local.word[1] = sk->src_ip6[1];
		p->local.word[2] = sk->src_ip6[2];
		p->local.word[3] = sk->src_ip6[3];
		p->remote.word[0] = sk->dst_ip6[0];
		p->remote.word[1] = sk->dst_ip6[1];
		p->remote.word[2] = sk->dst_ip6[2];
		p->remote.word[3] = sk->dst_ip6[3];
	}
	if (!p->rport) {
		p->remote = owner->asked;
		p->rport = owner->asked_port;
	}
	p->asked = p->remote;
	p->asked_port = p->rport;
}

/* In whose name the processor works is no matter here: encryption may be done later. */
static __always_inline void hidden_emit(struct __sk_buff *skb, struct bpf_sock *sk,
					const struct dns_owner *owner, __u64 time_ns)
{
	struct dns_packet p = { .wanted = owner->wanted };

	record_begin(&p.head, DNS_PACKET, time_ns, sizeof(p));
	p.who = owner->who;
	__builtin_memcpy(p.leader, owner->leader, sizeof(p.leader));
	p.cookie = bpf_get_socket_cookie(skb);
	p.flags = DNS_OUT | DNS_LAST | DNS_HIDDEN | (sk->type == SOCK_STREAM ? DNS_TCP : 0);
	p.netns = owner->netns ?: packet_netns(skb);
	hidden_addresses(&p, sk, owner);
	if (needs_scope(&p.remote))
		p.ifindex = packet_interface(skb);
	ring_emit(&p, sizeof(p));
}

static __always_inline void on_hidden(struct __sk_buff *skb)
{
	struct bpf_sock *sk = skb->sk;
	struct dns_owner *owner;

	if (!sk || !asks_dns(skb))
		return;
	sk = bpf_sk_fullsock(sk);
	if (!sk)
		return;
	owner = bpf_sk_storage_get(&dns_owners, sk, NULL, 0);
	if (!owner || (sk->type == SOCK_STREAM && !hidden_has_data(sk, owner)))
		return;
	owner->spoke = 1;
	owner_count(owner, true);
	EVENT_WANTED (EVENT_BESIDE,
		      owner->wanted != WANTED_NO && packet_netns_wanted(skb, owner->netns))
		ORDERED_ANY (time_ns)
			hidden_emit(skb, sk, owner, time_ns);
}

#endif
