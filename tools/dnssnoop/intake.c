// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/intake.h"

#include <errno.h>
#include "tools/dnssnoop/mdns.h"
#include "tools/dnssnoop/outcome.h"

#define TYPE_IXFR 251
#define TYPE_AXFR 252

/* RFC 7873, 5.4: a query without a question asks for a cookie. Its type and class are 0. */
static void question_none(struct question *q)
{
	q->name.len = 1;
	q->name.wire[0] = 0;
	q->present = true;
}

static uint64_t lost_before(const struct dns_match *match, uint64_t time_ns)
{
	return match->looks[match->looks[0].time_ns > time_ns].lost;
}

/* To make room. */
static void end_oldest(struct dns_match *match, struct run *run, uint64_t now_ns)
{
	struct lookup *l = lookups__oldest(match->lookups, UINT64_MAX) ?:
				   lookups__released(match->lookups, UINT64_MAX);

	if (l)
		outcome__unanswered(match, run, l, LOOKUP_UNKNOWN, "UNKNOWN", NULL, now_ns);
}

int intake__begin(struct arrival *a, const struct question *q)
{
	struct dns_match *match = a->match;
	uint64_t lost = lost_before(match, a->packet->head.time_ns);
	struct lookup *l;

	if (lookups__full(match->lookups))
		end_oldest(match, a->run, a->packet->head.time_ns);
	if (q)
		l = lookups__query(match->lookups, a->packet, q, lost);
	else
		l = lookups__hidden(match->lookups, a->packet, lost);
	if (!l)
		return -ENOMEM;
	if (l->end == LOOKUP_OPEN)
		l->packets += arrival__packets(a);
	return 0;
}

/* RFC 6762; many questions at once are a lookup each. */
static int mdns_query(struct arrival *a, const struct message *m)
{
	struct question q = { .id = m->msg.id, .opcode = m->question.opcode, .present = true };
	struct dns_walk w;
	int err = 0;

	/* Who is about to claim a name asks for it, too (8.1). */
	if (m->msg.count[DNS_AUTHORITY])
		return 0;
	dns_walk__begin(&w, &m->msg);
	for (int i = 0; !err && i < MDNS_MAX && mdns__question(&w, &q); i++)
		err = intake__begin(a, &q);
	return err;
}

/* A multicast answer does not tell its query, and there may be no query. */
static void mdns_answer(struct arrival *a, const struct message *m)
{
	struct lookup *l = lookups__of_socket(a->match->lookups, a->packet->cookie), *next;

	for (int i = 0; l && i < MDNS_MAX; i++, l = next) {
		next = lookup__next_of_socket(l);
		if (mdns__answers(&m->msg, l))
			outcome__answered(a, l, m, true);
	}
}

static int on_query(struct arrival *a, struct message *m)
{
	if (!m->readable || (!m->question.present && m->msg.count[DNS_QUESTION])) {
		outcome__stray(a, m, NULL, "MALFORMED");
		return 0;
	}
	if (arrival__is_mdns(a))
		return mdns_query(a, m);
	if (!m->question.present)
		question_none(&m->question);
	return intake__begin(a, &m->question);
}

/* A transfer of a zone is answered by many messages; the first one has ended it. */
static bool is_more_of_transfer(const struct arrival *a, const struct lookup *l)
{
	return a->packet->flags & DNS_TCP && (l->type == TYPE_AXFR || l->type == TYPE_IXFR) &&
	       l->end == LOOKUP_ANSWERED;
}

static void on_answer(struct arrival *a, const struct message *m)
{
	struct lookup *l = lookups__answer(a->match->lookups, a->packet->cookie, &m->question);
	bool awaited = l && lookup__awaits_more(l), certain = true;

	if (!l)
		l = lookups__answer_hidden(a->match->lookups, a->packet->cookie, &certain);
	/* Of what a raw socket hears, this is another's. */
	if (!l && a->packet->flags & DNS_RAW) {
		a->run->filtered += arrival__packets(a);
		return;
	}
	/* Any host can send one, and the resolver ignores it. */
	if (!l || !lookup__has_asked(l, a->packet)) {
		outcome__stray(a, m, l, NULL);
		return;
	}
	l->answers += l->answers < UINT16_MAX;
	if (l->end == LOOKUP_OPEN)
		outcome__answered(a, l, m, certain);
	else if (!(awaited && l->end == LOOKUP_ANSWERED) && !is_more_of_transfer(a, l))
		outcome__stray(a, m, l, NULL);
}

int intake__message(void *ctx, const uint8_t *data, size_t len)
{
	struct arrival *a = ctx;
	bool out = a->packet->flags & DNS_OUT, query = out != a->match->opt->server;
	struct message m;

	message__read(&m, data, len, a->missing);
	/* The programs tell them apart by the first one in a packet of UDP. */
	if (m.readable && !(m.msg.flags & DNS_QR) != query) {
		outcome__stray(a, &m, NULL, "MALFORMED");
		return 0;
	}
	if (arrival__is_mdns(a))
		m.question.class &= ~MDNS_CLASS_BIT;
	if (query)
		return on_query(a, &m);
	if (arrival__is_mdns(a) && m.readable && !m.question.present)
		mdns_answer(a, &m);
	else
		on_answer(a, &m);
	return 0;
}
