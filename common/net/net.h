/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Addresses as text, and filters by them. IPv4 in IPv6 is IPv4. */
#ifndef SNOOPKIT_NET_H
#define SNOOPKIT_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/bpf/net_wire.h"

#define NET_ADDR_SIZE 62     /* INET6_ADDRSTRLEN, and % with the name of an interface */
#define NET_ENDPOINT_SIZE 70 /* "[...]:65535" */

/* The scope of a link-local address: an interface of a network namespace. */
struct net_scope {
	uint32_t ifindex, netns;
};

bool net_addr__is_v4(const struct net_addr *a);
/* Each interface may have one of its own: fe80::/10, ff01::/16, ff02::/16. */
bool net_addr__is_scoped(const struct net_addr *a);
/*
 * "10.0.0.1", "2001:db8::1"; "fe80::1%eth0", or if the interface is in another network namespace or
 * gone, "fe80::1%2". `text` has NET_ADDR_SIZE. Names of interfaces may hold anything.
 */
void net_addr__text(const struct net_addr *a, const struct net_scope *scope, char *text);
/* "10.0.0.1:80", "[2001:db8::1]:80". `text` has NET_ENDPOINT_SIZE. */
void net_addr__endpoint(const struct net_addr *a, const struct net_scope *scope, uint16_t port,
			char *text);
/* "10.0.0.0/8", "2001:db8::1"; what follows the prefix is dropped. -EINVAL: none of these. */
int net_addr__cidr(const char *given, struct net_addr *net, struct net_addr *mask);

/* "ESTABLISHED"; "-" for numbers that TCP does not have. */
const char *net__tcp_state(uint8_t state);
/* "SA" for SYN and ACK; `text` has 9. */
void net__tcp_flags(uint8_t flags, char *text);

/* As options have them; NULL and 0 are no filter. */
struct net_options {
	const char *laddr, *raddr, *netns;
	uint64_t lport, rport;
	bool v4, v6;
};

/* --netns: says why there is none. -EINVAL. */
int net_filter__no_netns(const char *given, int err);
/* All but --netns, whose number is `netns` now, or 0. -EINVAL after a line on stderr. */
int net_filter__set(struct net_filter *f, const struct net_options *opt, uint32_t netns);

#endif
