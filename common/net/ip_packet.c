// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/net/ip_packet.h"

#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <string.h>
#include "common/net/net.h"

#define HOPS 64
#define TCP_WINDOW 65535

/* RFC 1071; words in network order. An odd byte can only be the last one. */
static uint64_t sum_add(uint64_t sum, const void *data, size_t len)
{
	const uint8_t *p = data;
	uint16_t word;

	for (; len > 1; p += 2, len -= 2) {
		memcpy(&word, p, 2);
		sum += word;
	}
	if (len) {
		word = 0;
		memcpy(&word, p, 1);
		sum += word;
	}
	return sum;
}

static uint16_t sum_end(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* What came as one large segment may be longer than its field can say. */
static uint16_t length16(size_t len)
{
	return htons(len < UINT16_MAX ? len : UINT16_MAX);
}

static size_t header_ipv4(const struct ip_packet *p, uint8_t *to, size_t rest)
{
	struct iphdr ip = { .version = 4,
			    .ihl = sizeof(ip) / 4,
			    .tot_len = length16(sizeof(ip) + rest),
			    .frag_off = htons(IP_DF),
			    .ttl = HOPS,
			    .protocol = p->tcp ? IPPROTO_TCP : IPPROTO_UDP,
			    .saddr = p->saddr.word[3],
			    .daddr = p->daddr.word[3] };

	ip.check = sum_end(sum_add(0, &ip, sizeof(ip)));
	memcpy(to, &ip, sizeof(ip));
	return sizeof(ip);
}

static size_t header_ipv6(const struct ip_packet *p, uint8_t *to, size_t rest)
{
	struct ip6_hdr ip = { .ip6_flow = htonl(6 << 28),
			      .ip6_plen = length16(rest),
			      .ip6_nxt = p->tcp ? IPPROTO_TCP : IPPROTO_UDP,
			      .ip6_hops = HOPS };

	memcpy(&ip.ip6_src, &p->saddr, sizeof(ip.ip6_src));
	memcpy(&ip.ip6_dst, &p->daddr, sizeof(ip.ip6_dst));
	memcpy(to, &ip, sizeof(ip));
	return sizeof(ip);
}

/* RFC 8200, 8.1; that of IPv4 has the same sum. */
static uint64_t sum_pseudo(const struct ip_packet *p, bool v4, size_t len)
{
	uint32_t rest[2] = { htonl(len), htonl(p->tcp ? IPPROTO_TCP : IPPROTO_UDP) };
	size_t skip = v4 ? 12 : 0;
	uint64_t sum = sum_add(0, rest, sizeof(rest));

	sum = sum_add(sum, (const uint8_t *)&p->saddr + skip, 16 - skip);
	return sum_add(sum, (const uint8_t *)&p->daddr + skip, 16 - skip);
}

static uint16_t checksum(const struct ip_packet *p, uint64_t sum, const void *header, size_t len)
{
	if (p->len < p->whole)
		return 0;
	sum = sum_add(sum, header, len);
	return sum_end(sum_add(sum, p->payload, p->len));
}

static size_t header_udp(const struct ip_packet *p, uint8_t *to, uint64_t pseudo)
{
	struct udphdr udp = { .source = htons(p->sport),
			      .dest = htons(p->dport),
			      .len = length16(sizeof(udp) + p->whole) };

	/* RFC 768: 0 is for none. */
	udp.check = checksum(p, pseudo, &udp, sizeof(udp));
	if (!udp.check && p->len == p->whole)
		udp.check = 0xffff;
	memcpy(to, &udp, sizeof(udp));
	return sizeof(udp);
}

static size_t header_tcp(const struct ip_packet *p, uint8_t *to, uint64_t pseudo)
{
	struct tcphdr tcp = { .source = htons(p->sport),
			      .dest = htons(p->dport),
			      .seq = htonl(p->seq),
			      .doff = sizeof(tcp) / 4,
			      .psh = 1,
			      .ack = 1,
			      .window = htons(TCP_WINDOW) };

	tcp.check = checksum(p, pseudo, &tcp, sizeof(tcp));
	memcpy(to, &tcp, sizeof(tcp));
	return sizeof(tcp);
}

size_t ip_packet__headers(const struct ip_packet *p, uint8_t headers[IP_HEADERS_MAX])
{
	bool v4 = net_addr__is_v4(&p->saddr) && net_addr__is_v4(&p->daddr);
	size_t l4 = p->whole + (p->tcp ? sizeof(struct tcphdr) : sizeof(struct udphdr));
	uint64_t pseudo = sum_pseudo(p, v4, l4);
	size_t len = v4 ? header_ipv4(p, headers, l4) : header_ipv6(p, headers, l4);

	return len + (p->tcp ? header_tcp : header_udp)(p, headers + len, pseudo);
}
