/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The headers that a packet may have had, of which only the payload, the addresses and the ports
 * are known (RFC 791, 8200, 768, 9293).
 */
#ifndef SNOOPKIT_IP_PACKET_H
#define SNOOPKIT_IP_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/bpf/net_wire.h"

#define IP_HEADERS_MAX 60

struct ip_packet {
	struct net_addr saddr, daddr; /* IPv4 in IPv6 is IPv4 */
	uint16_t sport, dport;
	bool tcp; /* else UDP */
	uint32_t seq;
	const void *payload;
	size_t len;   /* bytes of it that there are */
	size_t whole; /* that it had; if more, it has no checksum */
};

/* Their length. */
size_t ip_packet__headers(const struct ip_packet *p, uint8_t headers[IP_HEADERS_MAX]);

#endif
