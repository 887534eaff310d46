// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/ended.h"

#include <string.h>
#include "tools/dnssnoop/dns/dns_rdata.h"
#include "tools/dnssnoop/dns/dns_symbol.h"
#include "tools/dnssnoop/mdns.h"

/* Of one record's data. */
#define DATA_TEXT 262160

#define ROOM_LEAST 4096
#define ROOM_EACH_BYTE 8 /* of the message */
#define ROOM_STRAY 2048

/* A query that comes in was sent by the other end. */
static bool is_served(const struct ended *e)
{
	return !(e->query->flags & DNS_OUT) != (e->query == e->answer);
}

static struct endpoint endpoint_of(const struct dns_packet *p, const struct net_addr *addr,
				   uint16_t port)
{
	return (struct endpoint){ *addr, { p->ifindex, p->netns }, port };
}

struct endpoint ended__client(const struct ended *e)
{
	const struct dns_packet *p = e->query;

	return is_served(e) ? endpoint_of(p, &p->remote, p->rport) :
			      endpoint_of(p, &p->local, p->lport);
}

struct endpoint ended__server(const struct ended *e)
{
	const struct dns_packet *p = e->query;

	if (is_served(e))
		return endpoint_of(p, &p->local, p->lport);
	/* What an answer comes from, NAT has undone already. */
	if (e->answer)
		return endpoint_of(e->answer, &e->answer->remote, e->answer->rport);
	return endpoint_of(p, &p->asked, p->asked_port);
}

bool ended__nat(const struct ended *e, struct endpoint *to)
{
	const struct dns_packet *p = e->query;

	*to = endpoint_of(p, &p->remote, p->rport);
	return p->flags & DNS_OUT &&
	       (p->asked_port != p->rport || memcmp(&p->asked, &p->remote, sizeof(p->asked)));
}

bool ended__answer(const struct ended *e, struct dns_walk *w, struct dns_rr *rr)
{
	while (dns_walk__next(w, rr) > 0 && rr->section <= DNS_ANSWER) {
		if (rr->section != DNS_ANSWER)
			continue;
		if (e->mdns)
			rr->class &= ~MDNS_CLASS_BIT;
		return true;
	}
	return false;
}

size_t ended__room(const struct ended *e)
{
	size_t room = ROOM_EACH_BYTE * e->msg->len;

	if (e->stray)
		return ROOM_STRAY;
	return room > ROOM_LEAST ? room : ROOM_LEAST;
}

const char *ended__data(const struct ended *e, const struct dns_rr *rr, size_t room)
{
	static char text[DATA_TEXT];
	struct dns_text t;

	dns_text__init(&t, text, room < sizeof(text) ? room + 1 : sizeof(text));
	dns_rdata__text(e->msg, rr, &t);
	return dns_text__is_full(&t) ? NULL : t.data;
}

const char *ended__rcode(const struct ended *e, char *text)
{
	return dns_rcode__name(dns_msg__rcode(e->msg, e->edns), text);
}
