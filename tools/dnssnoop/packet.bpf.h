/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Is a packet DNS, and on its way to records of its payload. */
#ifndef DNSSNOOP_PACKET_BPF_H
#define DNSSNOOP_PACKET_BPF_H

#include "tools/dnssnoop/config.bpf.h"

#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86dd
#define IPV6_EXTENSIONS 6
#define IPV6_HOP_BY_HOP 0
#define IPV6_ROUTING 43
#define IPV6_FRAGMENT 44
#define IPV6_DESTINATION 60
#define IP_OFFSET 0x1fff
/* include/net/ip.h, include/linux/ipv6.h */
#define IPSKB_XFRM_TRANSFORMED 4
#define IP6SKB_XFRM_TRANSFORMED 1

struct dns_headers {
	__u32 l4; /* where it begins */
	__u32 payload, payload_len;
	__u32 seq;
	__u16 sport, dport; /* in network order */
	__u8 proto;
	bool fin, rst;
};

/* RFC 4302: what follows is not encrypted. */
static __always_inline bool packet_skip_ah(struct __sk_buff *skb, struct dns_headers *h)
{
	__u8 next[2];

	if (bpf_skb_load_bytes(skb, h->l4, next, sizeof(next)))
		return false;
	h->proto = next[0];
	h->l4 += 4 * (next[1] + 2);
	return true;
}

static __always_inline bool packet_ipv4(struct __sk_buff *skb, struct dns_headers *h)
{
	struct iphdr *ip = (void *)(long)skb->data;

	if ((void *)(ip + 1) > (void *)(long)skb->data_end || ip->frag_off & bpf_htons(IP_OFFSET))
		return false;
	h->proto = ip->protocol;
	h->l4 = 4 * ip->ihl;
	return h->proto != IPPROTO_AH || packet_skip_ah(skb, h);
}

/*
 * Hop-by-hop, routing, destination options, the header of a fragment that is all there is; others
 * come with no port that could be read.
 */
static __always_inline bool packet_ipv6(struct __sk_buff *skb, struct dns_headers *h)
{
	struct ipv6hdr *ip = (void *)(long)skb->data;
	__u8 next[2];

	if ((void *)(ip + 1) > (void *)(long)skb->data_end)
		return false;
	h->proto = ip->nexthdr;
	h->l4 = sizeof(*ip);
	for (int i = 0; i < IPV6_EXTENSIONS; i++) {
		if (h->proto != IPV6_HOP_BY_HOP && h->proto != IPV6_ROUTING &&
		    h->proto != IPV6_DESTINATION && h->proto != IPV6_FRAGMENT)
			break;
		if (bpf_skb_load_bytes(skb, h->l4, next, sizeof(next)))
			return false;
		h->proto = next[0];
		h->l4 += 8 * (next[1] + 1);
	}
	return h->proto != IPPROTO_AH || packet_skip_ah(skb, h);
}

/* As a rule they are where they can be read without a call; all packets of the host come by here.
 */
static __always_inline bool packet_read_ports(struct __sk_buff *skb, struct dns_headers *h)
{
	__u32 l4 = h->l4;
	__u16 *near, port[2];

	/* Of IPv4 60 at most, which the verifier has to see right before it is used. */
	barrier_var(l4);
	if (l4 <= 60) {
		near = (void *)(long)skb->data + l4;
		if ((void *)(near + 2) <= (void *)(long)skb->data_end) {
			h->sport = near[0];
			h->dport = near[1];
			return true;
		}
	}
	if (bpf_skb_load_bytes(skb, h->l4, port, sizeof(port)))
		return false;
	h->sport = port[0];
	h->dport = port[1];
	return true;
}

/* Whether there may be ports. */
static __always_inline bool packet_headers(struct __sk_buff *skb, struct dns_headers *h)
{
	h->payload_len = 0;
	if (skb->protocol == bpf_htons(ETH_P_IP))
		return packet_ipv4(skb, h);
	return skb->protocol == bpf_htons(ETH_P_IPV6) && packet_ipv6(skb, h);
}

/* False: of TCP, there is neither payload nor an end. */
static __always_inline bool packet_payload(struct __sk_buff *skb, struct dns_headers *h)
{
	struct tcphdr tcp;

	h->payload = h->l4 + sizeof(struct udphdr);
	h->seq = 0;
	h->fin = h->rst = false;
	if (h->proto == IPPROTO_TCP) {
		if (bpf_skb_load_bytes(skb, h->l4, &tcp, sizeof(tcp)))
			return false;
		h->payload = h->l4 + 4 * tcp.doff;
		/* The SYN has a number of its own. */
		h->seq = bpf_ntohl(tcp.seq) + tcp.syn;
		h->fin = tcp.fin;
		h->rst = tcp.rst;
	}
	if (skb->len > h->payload)
		h->payload_len = skb->len - h->payload;
	return h->proto == IPPROTO_UDP || h->payload_len || h->fin || h->rst;
}

/* Of its socket. */
static __always_inline __u32 packet_netns(struct __sk_buff *skb)
{
	struct sk_buff *kernel_skb = (void *)skb;

	return net_namespace_read(BPF_CORE_READ(kernel_skb, sk));
}

/* `known`: of the socket, 0: not yet known. */
static __always_inline bool packet_netns_wanted(struct __sk_buff *skb, __u32 known)
{
	return !with_netns || netns_wanted(known ?: packet_netns(skb));
}

/* A raw socket gets a copy of what is another's. */
static __always_inline bool packet_is_raw(struct __sk_buff *skb)
{
	struct sk_buff *kernel_skb = (void *)skb;

	return BPF_CORE_READ(kernel_skb, sk, sk_type) == SOCK_RAW;
}

/* IPsec has been at it, whatever it looks like now: it may be in a datagram of port 4500. */
static __always_inline bool packet_is_transformed(struct __sk_buff *skb)
{
	struct sk_buff *kernel_skb = (void *)skb;
	struct inet_skb_parm *cb = (void *)&kernel_skb->cb;
	struct inet6_skb_parm *cb6 = (void *)&kernel_skb->cb;

	if (skb->protocol == bpf_htons(ETH_P_IP))
		return BPF_CORE_READ(cb, flags) & IPSKB_XFRM_TRANSFORMED;
	if (!bpf_core_type_exists(struct inet6_skb_parm))
		return false;
	return BPF_CORE_READ(cb6, flags) & IP6SKB_XFRM_TRANSFORMED;
}

static __always_inline bool needs_scope(const struct net_addr *a)
{
	__u32 first = bpf_ntohl(a->word[0]);

	/* fe80::/10, ff01::/16 and ff02::/16. */
	return first >> 22 == 0xfe80 >> 6 || first >> 16 == 0xff01 || first >> 16 == 0xff02;
}

/*
 * The interface that a link-local address is one of. What a host sends to itself goes by the
 * loopback; the route knows better.
 */
static __always_inline __u32 packet_interface(struct __sk_buff *skb)
{
	struct sk_buff *kernel_skb = (void *)skb;
	struct rt6_info *route = NULL;
	__u32 ifindex = 0;

	if (bpf_core_field_exists(route->rt6i_idev)) {
		route = (void *)(BPF_CORE_READ(kernel_skb, _skb_refdst) & ~1UL);
		ifindex = BPF_CORE_READ(route, rt6i_idev, dev, ifindex);
	}
	return ifindex ?: skb->ifindex;
}

static __always_inline void packet_addresses(struct __sk_buff *skb, struct net_addr *source,
					     struct net_addr *dest)
{
	__u32 v4[2];

	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		bpf_skb_load_bytes(skb, offsetof(struct iphdr, saddr), v4, sizeof(v4));
		net_addr_v4(source, v4[0]);
		net_addr_v4(dest, v4[1]);
		return;
	}
	bpf_skb_load_bytes(skb, offsetof(struct ipv6hdr, saddr), source, sizeof(*source));
	bpf_skb_load_bytes(skb, offsetof(struct ipv6hdr, daddr), dest, sizeof(*dest));
}

#endif
