// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/lookup.h"

#include <string.h>
#include "common/base/clock.h"
#include "common/net/net.h"

/* Who asks the same from another socket before that asks twice; later, again. */
#define AGAIN_NS (100 * NSEC_PER_SEC / 1000)

/* Of more open lookups, two are likely to have the same id by chance. */
#define IDS_TELL 256
/* A lookup that is sent again is one row; but one that never ends would have none. */
#define ENDLESS_NS (20 * NSEC_PER_SEC)

uint64_t lookup__cookie(const struct lookup *l)
{
	return l->sockets->cookie;
}

bool lookup__has_cookie(const struct lookup *l, uint64_t cookie)
{
	for (const struct lookup_socket *s = l->sockets; s; s = s->older)
		if (s->cookie == cookie)
			return true;
	return false;
}

void lookup__name(const struct lookup *l, struct dns_name *name)
{
	name->len = l->name_len;
	memcpy(name->wire, l->name, l->name_len);
}

void lookup__question(const struct lookup *l, struct question *q)
{
	*q = (struct question){ l->id, l->type, l->class, l->opcode, l->type || l->class, l->mdns };
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

static bool is_to_last_server(const struct lookup *l, const struct dns_packet *packet)
{
	return l->last_port == packet->asked_port &&
	       !memcmp(&l->last_server, &packet->asked, sizeof(l->last_server));
}

/* musl asks all servers that it knows, and takes what comes first. */
static bool is_at_once(const struct lookup *l, const struct dns_packet *packet)
{
	return l->queries && packet->flags & DNS_OUT &&
	       packet->head.time_ns < l->last_ns + AGAIN_NS && !is_to_last_server(l, packet);
}

bool lookup__is_again(const struct lookup *l, const struct dns_packet *packet)
{
	return l->end == LOOKUP_OPEN || (l->end == LOOKUP_ANSWERED && is_at_once(l, packet));
}

bool lookup__is_again_elsewhere(const struct lookup *l, const struct dns_packet *packet,
				uint32_t open)
{
	if (packet->who.pid != l->packet.who.pid || (l->packet.flags ^ packet->flags) & DNS_TCP)
		return false;
	if (!l->released_ns && open > IDS_TELL && is_to_last_server(l, packet))
		return false;
	return packet->head.time_ns >= l->last_ns + AGAIN_NS;
}

bool lookup__has_id(const struct lookup *l)
{
	return l->id;
}

bool lookup__is_endless(const struct lookup *l, uint64_t time_ns, uint64_t timeout_ns)
{
	uint64_t most_ns = timeout_ns * 2 > ENDLESS_NS ? timeout_ns * 2 : ENDLESS_NS;

	return time_ns > l->packet.head.time_ns + most_ns;
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
