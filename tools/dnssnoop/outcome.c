// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/outcome.h"

#include <errno.h>
#include <string.h>
#include "tools/dnssnoop/dns/dns_symbol.h"
#include "tools/dnssnoop/row.h"
#include "tools/dnssnoop/sums.h"

#define HIDDEN_REMARK "query encrypted by IPsec"
#define EARLY_REMARK "given up early"

/* No lookup, as a filter of lookups has to have it. */
static bool is_no_lookup(const struct ended *e)
{
	return e->flow || e->misplaced;
}

static bool outcome_wanted(const struct dns_match *match, const struct ended *e)
{
	const struct question *q = e->question && e->question->present ? e->question : NULL;
	const struct dns_filter *filter = &match->filter;

	if (match->filter_owner && e->query->wanted != WANTED_YES)
		return false;
	if (!filter->any)
		return true;
	/* It has neither failed nor taken long. */
	if (is_no_lookup(e) && (filter->failed || filter->slower_ns))
		return false;
	return dns_filter__wants(filter, q ? &q->name : NULL, q ? q->type : 0, e->result, e->kind,
				 e->answer, e->lat_ns);
}

/* Shows it, or not; whichever it is, its packets are counted so. True: it was shown. */
static bool outcome_show(struct dns_match *match, struct run *run, const struct ended *e,
			 uint64_t packets)
{
	if (!outcome_wanted(match, e)) {
		run->filtered += packets;
		return false;
	}
	if (match->sums.by && dns_sums__add(&match->sums, &match->names, e)) {
		match->err = -ENOMEM;
		return false;
	}
	run->shown += packets;
	if (!match->sums.by)
		row__show(run, &match->names, e, &match->words);
	return true;
}

void outcome__unanswered(struct dns_match *match, struct run *run, struct lookup *l,
			 const struct ending *how)
{
	const char *remark = l->hidden ? HIDDEN_REMARK : NULL;
	struct question q;
	struct ended e = { .query = &l->packet,
			   .question = &q,
			   .lat_ns = how->time_ns - l->packet.head.time_ns,
			   .sends = l->hidden ? 0 : l->sends,
			   .servers = l->servers,
			   .error = how->error,
			   .remark = how->early ? EARLY_REMARK : remark,
			   .result = how->result };

	lookup__question(l, &q);
	lookups__end(match->lookups, l, how->end);
	if (!outcome_show(match, run, &e, l->packets))
		return;
	match->ends[how->end]++;
	match->early += how->early;
}

/* Its answer may have been lost as a record, or be among those of other hidden ones. */
void outcome__given_up(struct dns_match *match, struct run *run, struct lookup *l,
		       const struct ending *how)
{
	struct ending unknown = *how;

	unknown.end = LOOKUP_UNKNOWN;
	unknown.result = "UNKNOWN";
	if (match->lost != l->lost || lookup__is_overtaken(l))
		how = &unknown;
	outcome__unanswered(match, run, l, how);
}

void outcome__timed_out(struct dns_match *match, struct run *run, struct lookup *l,
			uint64_t time_ns)
{
	outcome__given_up(
		match, run, l,
		&(struct ending){ .end = LOOKUP_TIMEOUT, .result = "TIMEOUT", .time_ns = time_ns });
}

void outcome__abandoned(struct dns_match *match, struct run *run, struct lookup *l)
{
	outcome__given_up(match, run, l,
			  &(struct ending){ .end = LOOKUP_ABANDONED,
					    .result = "ABANDONED",
					    .time_ns = l->released_ns });
}

void outcome__early(struct dns_match *match, struct run *run, struct lookup *l, uint64_t now_ns)
{
	bool silent = lookup__is_silent(l, now_ns, match->opt->timeout_ns);
	struct ending how = { .end = silent ? LOOKUP_TIMEOUT : LOOKUP_UNKNOWN,
			      .result = silent ? "TIMEOUT" : "UNKNOWN",
			      .early = true,
			      .time_ns = now_ns };

	if (l->released_ns) {
		outcome__abandoned(match, run, l);
		return;
	}
	outcome__given_up(match, run, l, &how);
}

static void ended_message(struct ended *e, const struct arrival *a, const struct message *m)
{
	e->answer = a->packet;
	e->msg = m->header ? &m->msg : NULL;
	e->malformed = !m->readable;
	e->edns = &m->edns;
	e->answer_len = m->len + a->missing;
	e->mdns = arrival__is_mdns(a);
	e->cut = a->missing;
	e->extra = m->extra;
	if (!a->missing && !e->mdns)
		e->kind = message__kind(m, e->question);
}

void outcome__answered(struct arrival *a, struct lookup *l, const struct message *m, bool certain)
{
	struct dns_match *match = a->match;
	char text[DNS_SYMBOL_SIZE];
	struct question q;
	struct ended e = { .query = &l->packet,
			   .question = &q,
			   .lat_ns = certain ? a->packet->head.time_ns - l->packet.head.time_ns :
					       FIELD_UNKNOWN,
			   .sends = l->hidden ? 0 : l->sends,
			   .servers = l->servers,
			   .remark = l->hidden ? HIDDEN_REMARK : NULL,
			   .result = message__result(m, text) };

	l->packets += arrival__packets(a);
	if (l->hidden)
		q = m->question;
	else
		lookup__question(l, &q);
	ended_message(&e, a, m);
	/* The owner of a server's socket is the process that writes the answer. */
	if (a->packet->who.pid && (match->opt->server || !l->packet.who.pid)) {
		l->packet.who = a->packet->who;
		l->packet.wanted = a->packet->wanted;
		memcpy(l->packet.leader, a->packet->leader, sizeof(l->packet.leader));
	}
	lookups__heard(match->lookups, l, a->packet);
	lookups__end(match->lookups, l, LOOKUP_ANSWERED);
	if (outcome_show(match, a->run, &e, l->packets))
		match->ends[LOOKUP_ANSWERED]++;
}

static const char *stray_remark(const struct arrival *a, const struct lookup *l)
{
	if (!l)
		return "query not seen";
	return lookup__has_asked(l, a->packet) ? "late" : "not asked";
}

/* Of a message on the wrong way: no lookup, whatever it says. NULL: it is not. */
static const char *misplaced_remark(const struct arrival *a, const struct message *m)
{
	bool query = !(a->packet->flags & DNS_OUT) == a->match->opt->server;

	if (!m->readable || !(m->msg.flags & DNS_QR) == query)
		return NULL;
	return query ? "a response, sent to a server" : "a query, sent by a server";
}

/* Whichever way it came, the server is the one that has the port. */
static void packet_as_query(const struct dns_match *match, struct dns_packet *p)
{
	if (match->opt->server)
		p->flags &= ~DNS_OUT;
	else
		p->flags |= DNS_OUT;
}

void outcome__foreign(struct dns_match *match, struct run *run, const struct flow *f, bool other)
{
	struct ended e = { .query = &f->packet,
			   .flow = f,
			   .other = other,
			   .lat_ns = FIELD_UNKNOWN,
			   .result = "NOT_DNS" };

	if (outcome_show(match, run, &e, f->events) && !other)
		match->foreign += !f->told;
}

void outcome__rest(struct dns_match *match, struct run *run, uint64_t packets, uint8_t wanted)
{
	if (match->filter.any || (match->filter_owner && wanted != WANTED_YES))
		run->filtered += packets;
	else
		run->shown += packets;
}

void outcome__stray(struct arrival *a, const struct message *m, const struct lookup *l,
		    const char *result)
{
	char text[DNS_SYMBOL_SIZE];
	struct dns_packet packet = *a->packet;
	struct ended e = { .query = &packet,
			   .question = &m->question,
			   .lat_ns = FIELD_UNKNOWN,
			   .stray = true,
			   .result = result ?: message__result(m, text) };

	if (!result) {
		ended_message(&e, a, m);
		e.remark = stray_remark(a, l);
		e.answer = &packet;
	} else {
		e.remark = misplaced_remark(a, m);
		e.misplaced = e.remark;
		packet_as_query(a->match, &packet);
	}
	if (l) {
		packet.who = l->packet.who;
		packet.wanted = l->packet.wanted;
		memcpy(packet.leader, l->packet.leader, sizeof(packet.leader));
	}
	outcome_show(a->match, a->run, &e, arrival__packets(a));
}
