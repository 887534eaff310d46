// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/view.h"

#include <errno.h>
#include <string.h>
#include "common/base/clock.h"
#include "tools/dnssnoop/dns/dns_symbol.h"
#include "common/net/net.h"
#include "tools/dnssnoop/mdns.h"
#include "tools/dnssnoop/message.h"
#include "tools/dnssnoop/pcap.h"
#include "tools/dnssnoop/result.h"
#include "tools/dnssnoop/row.h"

#define TYPE_IXFR 251
#define TYPE_AXFR 252
/* Who asks again from another socket does so soon after the old one is closed. */
#define RELEASED_NS (NSEC_PER_SEC / 2)
#define HIDDEN_REMARK "query encrypted by IPsec"

/* A message, and what it came in. */
struct arrival {
	struct dns_view *v;
	struct run *run;
	const struct dns_packet *packet;
	uint32_t packets; /* not yet counted with any message: 1 or 0 */
	size_t missing;	  /* bytes of the message that there are not */
};

int view__init(struct dns_view *v, uint64_t now_ns)
{
	v->looks[0].time_ns = v->looks[1].time_ns = v->top.since_ns = now_ns;
	v->lookups = lookups__new();
	v->streams = tcp_streams__new();
	return v->lookups && v->streams ? 0 : -ENOMEM;
}

void view__free(struct dns_view *v)
{
	lookups__free(v->lookups);
	tcp_streams__free(v->streams);
	datagrams__free(&v->datagrams);
	pcapng__free(v->pcap);
	top__free(&v->top);
	dns_filter__free(&v->filter);
	buf__free(&v->words);
}

/* -- Rows ---------------------------------------------------------------------------------- */

/* Shows it, or not; whichever it is, its packets are counted so. True: it was shown. */
static bool view_show(struct dns_view *v, struct run *run, const struct ended *e, uint32_t packets)
{
	const struct question *q = e->question && e->question->present ? e->question : NULL;
	bool wanted = !v->filter_owner || e->query->wanted == WANTED_YES;

	if (wanted && v->filter.any)
		wanted = dns_filter__wants(&v->filter, q ? &q->name : NULL, q ? q->type : 0,
					   e->result, e->kind, e->answer, e->lat_ns);
	if (!wanted) {
		run->filtered += packets;
		return false;
	}
	run->shown += packets;
	if (v->top.by == TOP_NONE)
		row__show(run, &v->names, e, &v->words);
	else if (top__add(&v->top, &v->names, e))
		v->err = -ENOMEM;
	return true;
}

static void lookup_question(const struct lookup *l, struct question *q)
{
	*q = (struct question){ l->id, l->type, l->class, l->opcode, l->type || l->class };
	lookup__name(l, &q->name);
}

/* Without an answer. `error`: that was told; or NULL. */
static void end_lookup(struct dns_view *v, struct run *run, struct lookup *l, enum lookup_end end,
		       const char *result, const struct dns_end *error, uint64_t end_ns)
{
	struct question q;
	struct ended e = { .query = &l->packet,
			   .question = &q,
			   .lat_ns = end_ns - l->packet.head.time_ns,
			   .sends = l->hidden ? 0 : l->sends,
			   .servers = l->servers,
			   .error = error,
			   .remark = l->hidden ? HIDDEN_REMARK : NULL,
			   .result = result };

	lookup_question(l, &q);
	lookups__end(v->lookups, l, end);
	if (view_show(v, run, &e, l->packets))
		v->ends[end]++;
}

/* Its answer may have been lost as a record, or be among those of other hidden ones. */
static void end_unanswered(struct dns_view *v, struct run *run, struct lookup *l,
			   enum lookup_end end, const char *result, uint64_t end_ns)
{
	bool unknown = v->lost != l->lost || l->overtaken;

	end_lookup(v, run, l, unknown ? LOOKUP_UNKNOWN : end, unknown ? "UNKNOWN" : result, NULL,
		   end_ns);
}

static void end_abandoned(struct dns_view *v, struct run *run, struct lookup *l)
{
	end_unanswered(v, run, l, LOOKUP_ABANDONED, "ABANDONED", l->released_ns);
}

static bool is_mdns(const struct arrival *a)
{
	return a->v->opt->mdns && a->packet->rport == MDNS_PORT && !(a->packet->flags & DNS_TCP);
}

static uint32_t arrival_packets(struct arrival *a)
{
	uint32_t packets = a->packets;

	a->packets = 0;
	return packets;
}

static void ended_message(struct ended *e, const struct arrival *a, const struct message *m)
{
	e->answer = a->packet;
	e->msg = m->header ? &m->msg : NULL;
	e->malformed = !m->readable;
	e->edns = &m->edns;
	e->answer_len = m->len + a->missing;
	e->mdns = is_mdns(a);
	e->cut = a->missing;
	if (!a->missing && !e->mdns)
		e->kind = message__kind(m, e->question);
}

/* `certain`: it is this one's answer. */
static void end_answered(struct arrival *a, struct lookup *l, const struct message *m, bool certain)
{
	struct dns_view *v = a->v;
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

	l->packets += arrival_packets(a);
	if (l->hidden)
		q = m->question;
	else
		lookup_question(l, &q);
	ended_message(&e, a, m);
	/* A server's socket says whose it is when it is written to: who answers. */
	if (a->packet->who.pid && (v->opt->server || !l->packet.who.pid)) {
		l->packet.who = a->packet->who;
		l->packet.wanted = a->packet->wanted;
		memcpy(l->packet.leader, a->packet->leader, sizeof(l->packet.leader));
	}
	lookups__end(v->lookups, l, LOOKUP_ANSWERED);
	if (view_show(v, a->run, &e, l->packets))
		v->ends[LOOKUP_ANSWERED]++;
}

static const char *stray_remark(const struct arrival *a, const struct lookup *l)
{
	if (!l)
		return "query not seen";
	return lookup__has_asked(l, a->packet) ? "late" : "not asked";
}

/* A message that ends no lookup. `l`: whose it would be; NULL: there is none. */
static void show_stray(struct arrival *a, const struct message *m, const struct lookup *l,
		       const char *result)
{
	char text[DNS_SYMBOL_SIZE];
	struct dns_packet packet = *a->packet;
	struct ended e = { .query = &packet,
			   .question = &m->question,
			   .lat_ns = FIELD_UNKNOWN,
			   .result = result ?: message__result(m, text) };

	if (!result) {
		ended_message(&e, a, m);
		e.remark = stray_remark(a, l);
		e.answer = &packet;
	}
	if (l) {
		packet.who = l->packet.who;
		packet.wanted = l->packet.wanted;
		memcpy(packet.leader, l->packet.leader, sizeof(packet.leader));
	}
	view_show(a->v, a->run, &e, arrival_packets(a));
}

/* -- Messages ------------------------------------------------------------------------------ */

/* RFC 7873, 5.4: a query without a question asks for a cookie. Its type and class are 0. */
static void question_none(struct question *q)
{
	q->name.len = 1;
	q->name.wire[0] = 0;
	q->present = true;
}

static uint64_t lost_before(const struct dns_view *v, uint64_t time_ns)
{
	return v->looks[v->looks[0].time_ns > time_ns].lost;
}

/* To make room. */
static void end_oldest(struct dns_view *v, struct run *run, uint64_t now_ns)
{
	struct lookup *l = lookups__oldest(v->lookups, UINT64_MAX) ?:
				   lookups__released(v->lookups, UINT64_MAX);

	if (l)
		end_lookup(v, run, l, LOOKUP_UNKNOWN, "UNKNOWN", NULL, now_ns);
}

/* `q`: NULL if it is hidden. */
static int begin_lookup(struct arrival *a, const struct question *q)
{
	struct dns_view *v = a->v;
	uint64_t lost = lost_before(v, a->packet->head.time_ns);
	struct lookup *l;

	if (lookups__full(v->lookups))
		end_oldest(v, a->run, a->packet->head.time_ns);
	if (q)
		l = lookups__query(v->lookups, a->packet, q, lost);
	else
		l = lookups__hidden(v->lookups, a->packet, lost);
	if (!l)
		return -ENOMEM;
	if (l->end == LOOKUP_OPEN)
		l->packets += arrival_packets(a);
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
		err = begin_lookup(a, &q);
	return err;
}

/* An answer to all does not say who asked, and may be to nobody's question. */
static void mdns_answer(struct arrival *a, const struct message *m)
{
	struct lookup *l = lookups__of_socket(a->v->lookups, a->packet->cookie), *next;

	for (int i = 0; l && i < MDNS_MAX; i++, l = next) {
		next = lookup__next_of_socket(l);
		if (mdns__answers(&m->msg, l))
			end_answered(a, l, m, true);
	}
}

static int on_query(struct arrival *a, struct message *m)
{
	if (!m->readable || (!m->question.present && m->msg.count[DNS_QUESTION])) {
		show_stray(a, m, NULL, "MALFORMED");
		return 0;
	}
	if (is_mdns(a))
		return mdns_query(a, m);
	if (!m->question.present)
		question_none(&m->question);
	return begin_lookup(a, &m->question);
}

/* A transfer of a zone is answered by many messages; the first one has ended it. */
static bool is_more_of_transfer(const struct arrival *a, const struct lookup *l)
{
	return a->packet->flags & DNS_TCP && (l->type == TYPE_AXFR || l->type == TYPE_IXFR) &&
	       l->end == LOOKUP_ANSWERED;
}

static void on_answer(struct arrival *a, const struct message *m)
{
	struct lookup *l = lookups__answer(a->v->lookups, a->packet->cookie, &m->question);
	bool awaited = l && lookup__awaits_more(l), certain = true;

	if (!l)
		l = lookups__answer_hidden(a->v->lookups, a->packet->cookie, &certain);
	/* Of what a raw socket hears, this is another's. */
	if (!l && a->packet->flags & DNS_RAW) {
		a->run->filtered += arrival_packets(a);
		return;
	}
	/* Anybody can send one, and who asked takes it for no answer. */
	if (!l || !lookup__has_asked(l, a->packet)) {
		show_stray(a, m, l, NULL);
		return;
	}
	l->answers += l->answers < UINT16_MAX;
	if (l->end == LOOKUP_OPEN)
		end_answered(a, l, m, certain);
	else if (!(awaited && l->end == LOOKUP_ANSWERED) && !is_more_of_transfer(a, l))
		show_stray(a, m, l, NULL);
}

static int view_message(void *ctx, const uint8_t *data, size_t len)
{
	struct arrival *a = ctx;
	bool out = a->packet->flags & DNS_OUT, query = out != a->v->opt->server;
	struct message m;

	message__read(&m, data, len, a->missing);
	/* The programs tell them apart by the first one in a packet of UDP. */
	if (m.readable && !(m.msg.flags & DNS_QR) != query) {
		show_stray(a, &m, NULL, "MALFORMED");
		return 0;
	}
	if (is_mdns(a))
		m.question.class &= ~MDNS_CLASS_BIT;
	if (query)
		return on_query(a, &m);
	if (is_mdns(a) && m.readable && !m.question.present)
		mdns_answer(a, &m);
	else
		on_answer(a, &m);
	return 0;
}

/* -- Records ------------------------------------------------------------------------------- */

/* A server has one socket for all clients: whose a message is, the other end's address tells. */
static uint64_t client_of(const struct dns_packet *p)
{
	uint64_t h = p->cookie;

	for (int i = 0; i < 4; i++)
		h = (h ^ p->remote.word[i]) * 0x9e3779b97f4a7c15ULL;
	return (h ^ p->rport) * 0x9e3779b97f4a7c15ULL;
}

static bool is_for_pcap(const struct arrival *a)
{
	return a->v->pcap && (!a->v->filter_owner || a->packet->wanted == WANTED_YES);
}

/* Segments with parts of messages only, say, belong to no row. */
static void count_rest(struct arrival *a)
{
	uint32_t packets = arrival_packets(a);

	if (a->v->filter.any || a->v->filter_owner)
		a->run->filtered += packets;
	else
		a->run->shown += packets;
}

static int view_datagram(void *ctx, const uint8_t *bytes, size_t len, size_t whole)
{
	struct arrival *a = ctx;
	struct dns_packet one = *a->packet;

	one.bytes_len = len;
	one.len = whole;
	if (is_for_pcap(a))
		pcap__packet(a->v->pcap, &one, bytes, &a->v->names);
	a->missing = whole - len;
	return view_message(a, bytes, len);
}

static void end_closed(struct dns_view *v, struct run *run, uint64_t cookie, uint64_t end_ns)
{
	struct lookup *l;

	while ((l = lookups__of_socket(v->lookups, cookie))) {
		/* Then the server has closed it because the asker did. */
		if (l->released_ns)
			end_abandoned(v, run, l);
		else
			end_unanswered(v, run, l, LOOKUP_CLOSED, "CLOSED", end_ns);
	}
}

static int view_segment(struct arrival *a, const uint8_t *bytes)
{
	const struct dns_packet *p = a->packet;
	struct tcp_key key = { p->cookie, p->flags & DNS_OUT };
	bool more = !(p->flags & DNS_LAST);
	struct tcp_segment g = { p->seq, p->flags & DNS_FIRST, more,
				 bytes,	 p->bytes_len,	       more ? p->bytes_len : p->len };
	int err;

	if (is_for_pcap(a))
		pcap__packet(a->v->pcap, p, bytes, &a->v->names);
	err = tcp_streams__segment(a->v->streams, &key, &g, view_message, a);
	/* The end had come before this. */
	if (!key.out && tcp_streams__is_finished(a->v->streams, &key))
		end_closed(a->v, a->run, p->cookie, p->head.time_ns);
	return err;
}

static int view_packet(struct dns_view *v, struct run *run, const struct dns_packet *record)
{
	struct dns_packet packet = *record;
	struct arrival a = { v, run, &packet, !!(packet.flags & DNS_LAST), 0 };
	const uint8_t *bytes = (const uint8_t *)(record + 1);
	int err;

	if (packet.head.size < sizeof(packet) ||
	    packet.bytes_len > packet.head.size - sizeof(packet) || packet.bytes_len > packet.len)
		return -EINVAL;
	if (v->opt->server)
		packet.cookie = client_of(&packet);
	if (packet.flags & DNS_HIDDEN)
		err = begin_lookup(&a, NULL);
	else if (packet.flags & DNS_TCP)
		err = view_segment(&a, bytes);
	else
		err = datagrams__record(&v->datagrams, &packet, bytes, view_datagram, &a);
	count_rest(&a);
	return err < 0 ? err : 0;
}

static bool same_remote(const struct lookup *a, const struct lookup *b)
{
	return a->last_rport == b->last_rport &&
	       !memcmp(&a->last_remote, &b->last_remote, sizeof(a->last_remote));
}

/* A socket that is not connected may be told, too; not of which server, if it asks several. */
static bool asks_one(const struct lookup *first)
{
	const struct lookup *l = first;

	while (l && l->servers <= 1 && same_remote(l, first))
		l = lookup__next_of_socket(l);
	return !l;
}

static void view_error(struct dns_view *v, struct run *run, const struct dns_end *e)
{
	struct lookup *l = lookups__of_socket(v->lookups, e->cookie);
	const char *result = l ? result__of_error(e, net_addr__is_v4(&l->packet.remote)) : NULL;
	enum lookup_end end = e->error == ETIMEDOUT ? LOOKUP_TIMEOUT : LOOKUP_ERROR;

	if (!result || !asks_one(l))
		return;
	while ((l = lookups__of_socket(v->lookups, e->cookie))) {
		lookup__name_last(l);
		end_lookup(v, run, l, end, result, e, e->head.time_ns);
	}
}

/* Of the side that asks only. */
static void view_end(struct dns_view *v, struct run *run, const struct dns_end *e)
{
	struct tcp_key key = { e->cookie, 0 };

	if (v->opt->server)
		return;
	switch (e->reason) {
	case DNS_ERRED:
		view_error(v, run, e);
		break;
	case DNS_FINISHED:
		/* Forged, or what is missing before it is the answer. */
		if (e->gap && !tcp_streams__follows(v->streams, &key))
			break;
		tcp_streams__finish(v->streams, &key, e->seq);
		if (tcp_streams__is_finished(v->streams, &key))
			end_closed(v, run, e->cookie, e->head.time_ns);
		break;
	case DNS_RELEASED:
		lookups__release(v->lookups, e->cookie, e->head.time_ns);
		break;
	}
}

int view__record(struct dns_view *v, struct run *run, const struct record *r)
{
	if (r->kind == DNS_PACKET)
		return view_packet(v, run, (const void *)r) ?: v->err;
	if (r->kind != DNS_END || r->size < sizeof(struct dns_end))
		return -EINVAL;
	view_end(v, run, (const void *)r);
	return 0;
}

void view__lost(struct dns_view *v, uint64_t lost)
{
	v->lost = lost;
}

void view__look(struct dns_view *v, uint64_t now_ns, uint64_t lost)
{
	v->lost = lost;
	v->looks[1] = v->looks[0];
	v->looks[0] = (struct lost_then){ now_ns, lost };
}

/* Clocks begin at 0 when a host is booted. */
static uint64_t before(uint64_t now_ns, uint64_t ns)
{
	return now_ns < ns ? 0 : now_ns - ns;
}

/* One whose last query is older than it may wait. */
static struct lookup *oldest_due(const struct dns_view *v, uint64_t now_ns)
{
	return lookups__oldest(v->lookups, before(now_ns, v->opt->timeout_ns));
}

static struct lookup *released_due(const struct dns_view *v, uint64_t now_ns)
{
	return lookups__released(v->lookups, before(now_ns, RELEASED_NS));
}

bool view__is_due(const struct dns_view *v, uint64_t now_ns)
{
	return oldest_due(v, now_ns) || released_due(v, now_ns);
}

static void end_released(struct dns_view *v, struct run *run, uint64_t until_ns)
{
	struct lookup *l;

	while ((l = lookups__released(v->lookups, until_ns)))
		end_abandoned(v, run, l);
}

void view__expire(struct dns_view *v, struct run *run, uint64_t now_ns)
{
	struct lookup *l;

	end_released(v, run, before(now_ns, RELEASED_NS));
	while ((l = oldest_due(v, now_ns)))
		end_unanswered(v, run, l, LOOKUP_TIMEOUT, "TIMEOUT",
			       l->last_ns + v->opt->timeout_ns);
}

void view__end(struct dns_view *v, struct run *run)
{
	struct lookup *l;

	end_released(v, run, UINT64_MAX);
	while ((l = lookups__oldest(v->lookups, UINT64_MAX))) {
		/* Open, and neither answered nor given up. */
		end_lookup(v, run, l, LOOKUP_OPEN, "UNKNOWN", NULL, run->now_ns);
	}
}
