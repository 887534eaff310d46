// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/intake.h"

#include <errno.h>
#include "tools/dnssnoop/foreign.h"
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

/* The lookup that the query sends again; NULL: it begins one. */
static struct lookup *find_again(struct arrival *a, const struct question *q)
{
	uint64_t now_ns = a->packet->head.time_ns;
	struct lookup *l = lookups__find_again(a->match->lookups, a->packet, q);

	if (l && l->end == LOOKUP_OPEN &&
	    lookup__is_endless(l, now_ns, a->match->opt->timeout_ns)) {
		outcome__timed_out(a->match, a->run, l, now_ns);
		return NULL;
	}
	return l;
}

static struct lookup *begin(struct arrival *a, const struct question *q)
{
	struct dns_match *match = a->match;
	uint64_t now_ns = a->packet->head.time_ns;
	struct lookup *l;

	while ((l = lookups__excess(match->lookups)))
		outcome__early(match, a->run, l, now_ns);
	return lookups__begin(match->lookups, a->packet, q, lost_before(match, now_ns));
}

int intake__begin(struct arrival *a, const struct question *q)
{
	struct lookup *l = q ? find_again(a, q) : NULL;
	int err = 0;

	if (l)
		err = lookups__again(a->match->lookups, l, a->packet);
	else
		l = begin(a, q);
	if (err || !l)
		return -ENOMEM;
	if (l->end == LOOKUP_OPEN)
		l->packets += arrival__packets(a);
	return 0;
}

/* What is behind the questions that are looked at. */
static void leave_out(struct arrival *a, const struct message *m, uint32_t most)
{
	if (m->questions > most)
		a->match->questions_left_out += m->questions - most;
}

/* RFC 6762; many questions at once are a lookup each. */
static int mdns_query(struct arrival *a, const struct message *m)
{
	struct question q = {
		.id = m->msg.id, .opcode = m->question.opcode, .present = true, .mdns = true
	};
	struct dns_walk w;
	int err = 0;

	/* Who is about to claim a name asks for it, too (8.1). */
	if (m->msg.count[DNS_AUTHORITY]) {
		a->run->filtered += arrival__packets(a);
		return 0;
	}
	dns_walk__begin(&w, &m->msg);
	for (int i = 0; !err && i < MDNS_MAX && mdns__question(&w, &q); i++)
		err = intake__begin(a, &q);
	leave_out(a, m, MDNS_MAX);
	return err;
}

/* A multicast answer does not tell its query, and there may be no query. */
static void mdns_answer(struct arrival *a, const struct message *m)
{
	struct lookups *ls = a->match->lookups;
	uint64_t cookie = a->packet->cookie;
	struct question record;
	struct dns_walk w;
	int looks = 0;

	dns_walk__begin(&w, &m->msg);
	while (mdns__record(&w, &record)) {
		struct lookup *l = lookups__named(ls, cookie, &record.name, NULL), *next;

		for (; l && looks < MDNS_LOOKS; l = next, looks++) {
			next = lookups__named(ls, cookie, &record.name, l);
			if (mdns__answers(&record, l))
				outcome__answered(a, l, m, true);
		}
	}
	if (looks == MDNS_LOOKS)
		lookups__overtake(ls, cookie);
	a->run->filtered += arrival__packets(a);
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
	leave_out(a, m, 1);
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
	if (!l)
		lookups__strayed(a->match->lookups, a->packet);
	/* Any host can send one, and the resolver ignores it. */
	if (!l || !lookup__has_asked(l, a->packet)) {
		outcome__stray(a, m, l, NULL);
		return;
	}
	l->answers += l->answers < UINT16_MAX;
	if (l->end == LOOKUP_OPEN) {
		outcome__answered(a, l, m, certain);
		return;
	}
	if (l->end != LOOKUP_ANSWERED)
		lookups__heard(a->match->lookups, l, a->packet);
	if (!(awaited && l->end == LOOKUP_ANSWERED) && !is_more_of_transfer(a, l))
		outcome__stray(a, m, l, NULL);
}

/* Some servers answer with bytes that only begin like a message: who has asked is told. */
static bool is_awaited(const struct arrival *a, const struct message *m)
{
	bool query = !(a->packet->flags & DNS_OUT) == a->match->opt->server;

	return !query && m->header &&
	       lookups__answer(a->match->lookups, a->packet->cookie, &m->question);
}

/* GUESS_NONE: it is DNS, good or bad. */
static enum guess intake_guess(const struct arrival *a, const struct message *m,
			       const uint8_t *data, size_t len)
{
	bool tcp = a->packet->flags & DNS_TCP;
	enum guess guess;

	if (m->readable || a->missing || is_awaited(a, m) ||
	    (tcp && tcp_streams__spoke(a->match->streams, a->packet->cookie)))
		return GUESS_NONE;
	if (!m->header)
		return GUESS_SHORT;
	guess = tcp ? GUESS_NONE : guess__datagram(data, len);
	if (guess != GUESS_NONE)
		return guess;
	return !m->question.present && guess__is_implausible(&m->msg) ? GUESS_UNKNOWN : GUESS_NONE;
}

int intake__message(void *ctx, const uint8_t *data, size_t len)
{
	struct arrival *a = ctx;
	bool out = a->packet->flags & DNS_OUT, query = out != a->match->opt->server;
	enum guess guess;
	struct message m;

	message__read(&m, data, len, a->missing);
	guess = intake_guess(a, &m, data, len);
	if (guess != GUESS_NONE)
		return a->packet->flags & DNS_TCP ? foreign__stream(a, guess) :
						    foreign__datagram(a, len, guess);
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
