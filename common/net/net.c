// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/net/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "common/net/netns.h"
#include "common/base/num.h"

bool net_addr__is_v4(const struct net_addr *a)
{
	return !a->word[0] && !a->word[1] && a->word[2] == htonl(0xffff);
}

bool net_addr__is_scoped(const struct net_addr *a)
{
	uint32_t first = ntohl(a->word[0]);

	return first >> 22 == 0xfe80 >> 6 || first >> 16 == 0xff01 || first >> 16 == 0xff02;
}

/* "%eth0": names are known of this tool's own network namespace only. */
static void scope_text(const struct net_scope *scope, char *text, size_t size)
{
	static uint32_t own;
	char name[IF_NAMESIZE];

	if (!own && netns__of_pid(getpid(), &own))
		own = 0;
	if (own && scope->netns == own && if_indextoname(scope->ifindex, name))
		snprintf(text, size, "%%%s", name);
	else
		snprintf(text, size, "%%%u", scope->ifindex);
}

void net_addr__text(const struct net_addr *a, const struct net_scope *scope, char *text)
{
	size_t len;

	if (net_addr__is_v4(a))
		inet_ntop(AF_INET, &a->word[3], text, NET_ADDR_SIZE);
	else
		inet_ntop(AF_INET6, a->word, text, NET_ADDR_SIZE);
	len = strlen(text);
	if (scope->ifindex && net_addr__is_scoped(a))
		scope_text(scope, text + len, NET_ADDR_SIZE - len);
}

void net_addr__endpoint(const struct net_addr *a, const struct net_scope *scope, uint16_t port,
			char *text)
{
	char address[NET_ADDR_SIZE];

	net_addr__text(a, scope, address);
	snprintf(text, NET_ENDPOINT_SIZE, net_addr__is_v4(a) ? "%s:%u" : "[%s]:%u", address, port);
}

static int addr_parse(const char *text, struct net_addr *a)
{
	if (inet_pton(AF_INET6, text, a->word) == 1)
		return 6;
	*a = (struct net_addr){ { 0, 0, htonl(0xffff), 0 } };
	return inet_pton(AF_INET, text, &a->word[3]) == 1 ? 4 : -EINVAL;
}

static void addr_mask(struct net_addr *mask, uint64_t bits)
{
	for (int i = 0; i < 4; i++) {
		uint64_t here = bits > 32 ? 32 : bits;

		mask->word[i] = here ? htonl(UINT32_MAX << (32 - here)) : 0;
		bits -= here;
	}
}

int net_addr__cidr(const char *given, struct net_addr *net, struct net_addr *mask)
{
	const char *slash = strchr(given, '/');
	size_t len = slash ? (size_t)(slash - given) : strlen(given);
	char address[NET_ADDR_SIZE];
	uint64_t bits = 128;
	int version;

	if (len >= sizeof(address))
		return -EINVAL;
	memcpy(address, given, len);
	address[len] = '\0';
	version = addr_parse(address, net);
	if (version < 0)
		return version;
	if (slash && num__u64(slash + 1, 0, version == 4 ? 32 : 128, &bits))
		return -EINVAL;
	if (slash && version == 4)
		bits += 96;
	addr_mask(mask, bits);
	for (int i = 0; i < 4; i++)
		net->word[i] &= mask->word[i];
	return 0;
}

const char *net__tcp_state(uint8_t state)
{
	/* include/net/tcp_states.h */
	static const char *const names[] = {
		"-",	     "ESTABLISHED", "SYN_SENT",	    "SYN_RECV",	  "FIN_WAIT1",
		"FIN_WAIT2", "TIME_WAIT",   "CLOSE",	    "CLOSE_WAIT", "LAST_ACK",
		"LISTEN",    "CLOSING",	    "NEW_SYN_RECV",
	};

	return names[state < sizeof(names) / sizeof(names[0]) ? state : 0];
}

void net__tcp_flags(uint8_t flags, char *text)
{
	static const char letters[] = "FSRPAUEC";

	for (int i = 0; i < 8; i++)
		if (flags >> i & 1)
			*text++ = letters[i];
	*text = '\0';
}
