// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/lookup.h"

#include <string.h>
#include "common/base/clock.h"
#include "common/net/net.h"

/* Who asks the same from another socket before that asks twice; later, again. */
#define AGAIN_NS (100 * NSEC_PER_SEC / 1000)

uint64_t lookup__cookie(const struct lookup *l)
{
	return l->cookies[(l->queries - 1) % LOOKUP_SOCKETS];
}

bool lookup__has_cookie(const struct lookup *l, uint64_t cookie)
{
	for (int i = 0; i < LOOKUP_SOCKETS; i++)
		if (l->cookies[i] == cookie)
			return true;
	return false;
}

uint32_t question__hash(const struct question *q)
{
	return dns_name__hash(&q->name) ^ q->type * 40503u ^ q->id * 2654435761u;
}

void lookup__name(const struct lookup *l, struct dns_name *name)
{
	name->len = l->name_len;
	memcpy(name->wire, l->name, l->name_len);
}

void lookup__question(const struct lookup *l, struct question *q)
{
	*q = (struct question){ l->id, l->type, l->class, l->opcode, l->type || l->class };
	lookup__name(l, &q->name);
}

bool lookup__asks(const struct lookup *l, const struct question *q)
{
	struct dns_name name;

	if (l->hidden || l->id != q->id || l->type != q->type || l->class != q->class)
		return false;
	lookup__name(l, &name);
	return dns_name__equal(&name, &q->name);
}

/* musl asks all servers that it knows, and takes what comes first. */
static bool is_at_once(const struct lookup *l, const struct dns_packet *packet)
{
	return l->queries && packet->flags & DNS_OUT &&
	       packet->head.time_ns < l->last_ns + AGAIN_NS &&
	       (l->last_port != packet->asked_port ||
		memcmp(&l->last_server, &packet->asked, sizeof(l->last_server)));
}

bool lookup__is_again(const struct lookup *l, const struct dns_packet *packet)
{
	if ((l->packet.flags ^ packet->flags) & DNS_TCP)
		return false;
	if (lookup__has_cookie(l, packet->cookie))
		return l->end == LOOKUP_OPEN ||
		       (l->end == LOOKUP_ANSWERED && is_at_once(l, packet));
	if (l->end != LOOKUP_OPEN)
		return false;
	if (!(packet->flags & DNS_OUT))
		return false;
	return packet->who.pid && packet->who.pid == l->packet.who.pid &&
	       packet->head.time_ns >= l->last_ns + AGAIN_NS;
}

static uint64_t endpoint_hash(const struct net_addr *addr, uint16_t port)
{
	uint64_t h = port;

	for (int i = 0; i < 4; i++)
		h = (h ^ addr->word[i]) * 0x9e3779b97f4a7c15ULL;
	return h;
}

static bool has_endpoints(const struct lookup *l, uint64_t asked, uint64_t sent_to)
{
	for (uint32_t i = 0; i < l->endpoints_count && i < LOOKUP_SERVERS; i++)
		if (l->endpoints[i][0] == asked && l->endpoints[i][1] == sent_to)
			return true;
	return false;
}

static void endpoints_add(struct lookup *l, const struct dns_packet *packet)
{
	uint64_t asked = endpoint_hash(&packet->asked, packet->asked_port);
	uint64_t sent_to = endpoint_hash(&packet->remote, packet->rport);

	if (has_endpoints(l, asked, sent_to))
		return;
	if (l->endpoints_count < LOOKUP_SERVERS) {
		l->endpoints[l->endpoints_count][0] = asked;
		l->endpoints[l->endpoints_count][1] = sent_to;
	}
	l->endpoints_count++;
}

/* Who asks a group, or all, is answered by its members. */
static bool is_group(const struct net_addr *addr)
{
	const uint8_t *b = (const uint8_t *)addr->word;

	return net_addr__is_v4(addr) ? b[12] >= 224 : b[0] == 0xff;
}

bool lookup__has_asked(const struct lookup *l, const struct dns_packet *answer)
{
	uint64_t from = endpoint_hash(&answer->remote, answer->rport);

	if (!(l->packet.flags & DNS_OUT) || answer->flags & DNS_TCP || is_group(&l->last_server) ||
	    l->endpoints_count > LOOKUP_SERVERS)
		return true;
	/* NAT has been undone; but that of cgroups' programs (Cilium) will be behind us. */
	for (uint32_t i = 0; i < l->endpoints_count; i++)
		if (l->endpoints[i][0] == from || l->endpoints[i][1] == from)
			return true;
	return false;
}

void lookup__send(struct lookup *l, const struct dns_packet *packet)
{
	if (is_at_once(l, packet)) {
		l->servers += l->servers < UINT16_MAX;
	} else {
		l->servers = 1;
		l->sends++;
	}
	endpoints_add(l, packet);
	l->last_server = packet->asked;
	l->last_port = packet->asked_port;
	l->last_remote = packet->remote;
	l->last_rport = packet->rport;
	l->queries++;
	l->cookies[(l->queries - 1) % LOOKUP_SOCKETS] = packet->cookie;
	l->last_ns = packet->head.time_ns;
}

void lookup__send_beside(struct lookup *l, const struct dns_packet *packet)
{
	endpoints_add(l, packet);
	l->servers += l->servers < UINT16_MAX;
}

void lookup__name_last(struct lookup *l)
{
	l->packet.asked = l->last_server;
	l->packet.asked_port = l->last_port;
	l->packet.remote = l->last_remote;
	l->packet.rport = l->last_rport;
}

bool lookup__awaits_more(const struct lookup *l)
{
	return l->answers < l->servers;
}
