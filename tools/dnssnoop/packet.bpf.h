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

struct dns_headers {
	__u32 l4; /* where it begins */
	__u32 payload, payload_len;
	__u32 seq;
	__u16 sport, dport; /* in network order */
	__u8 proto;
};

static __always_inline bool packet_ipv4(struct __sk_buff *skb, struct dns_headers *h)
{
	struct iphdr *ip = (void *)(long)skb->data;

	if ((void *)(ip + 1) > (void *)(long)skb->data_end || ip->frag_off & bpf_htons(IP_OFFSET))
		return false;
	h->proto = ip->protocol;
	h->l4 = 4 * ip->ihl;
	return true;
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
	return true;
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

static __always_inline bool packet_ports(struct __sk_buff *skb, struct dns_headers *h)
{

	h->payload_len = 0;
	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		if (!packet_ipv4(skb, h))
			return false;
	} else if (skb->protocol != bpf_htons(ETH_P_IPV6) || !packet_ipv6(skb, h)) {
		return false;
	}
	if (h->proto != IPPROTO_UDP && h->proto != IPPROTO_TCP)
		return false;
	return packet_read_ports(skb, h);
}

/* False: there is no payload. */
static __always_inline bool packet_payload(struct __sk_buff *skb, struct dns_headers *h)
{
	struct tcphdr tcp;

	h->payload = h->l4 + sizeof(struct udphdr);
	h->seq = 0;
	if (h->proto == IPPROTO_TCP) {
		if (bpf_skb_load_bytes(skb, h->l4, &tcp, sizeof(tcp)))
			return false;
		h->payload = h->l4 + 4 * tcp.doff;
		/* The SYN has a number of its own. */
		h->seq = bpf_ntohl(tcp.seq) + tcp.syn;
	}
	if (skb->len <= h->payload)
		return false;
	h->payload_len = skb->len - h->payload;
	return true;
}

/* Of its socket. */
static __always_inline __u32 packet_netns(struct __sk_buff *skb)
{
	struct sk_buff *kernel_skb = (void *)skb;

	return net_namespace_read(BPF_CORE_READ(kernel_skb, sk));
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
