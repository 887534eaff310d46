// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/view.h"

#include <errno.h>
#include <string.h>
#include "common/dns_symbol.h"
#include "tools/dnssnoop/mdns.h"
#include "tools/dnssnoop/pcap.h"
#include "tools/dnssnoop/row.h"

#define TYPE_IXFR 251
#define TYPE_AXFR 252

/* A message, and what it came in. */
struct arrival {
	struct dns_view *v;
	struct run *run;
	const struct dns_packet *packet;
	uint32_t packets; /* not yet counted with any message: 1 or 0 */
	bool cut;
};

struct message {
	struct dns_msg msg;
	struct dns_edns edns;
	struct question question;
	size_t len;
	bool readable;
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
					   e->result, e->answer, e->lat_ns);
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

static const char *error_result(int error)
{
	if (error == ECONNREFUSED)
		return "ICMP_REFUSED";
	return error == ECONNRESET ? "RESET" : "ICMP_UNREACHABLE";
}

/* Without an answer. */
static void end_lookup(struct dns_view *v, struct run *run, struct lookup *l, enum lookup_end end,
		       const char *result, uint64_t end_ns)
{
	struct question q;
	struct ended e = { .query = &l->packet,
			   .question = &q,
			   .lat_ns = end_ns - l->packet.head.time_ns,
			   .sends = l->sends,
			   .servers = l->servers,
			   .result = result };

	lookup_question(l, &q);
	lookups__end(v->lookups, l, end);
	if (view_show(v, run, &e, l->packets))
		v->ends[end]++;
}

/* Its answer may have been lost as a record, rather than never have come. */
static void end_unanswered(struct dns_view *v, struct run *run, struct lookup *l)
{
	bool lost = v->lost != l->lost;

	end_lookup(v, run, l, lost ? LOOKUP_UNKNOWN : LOOKUP_TIMEOUT, lost ? "UNKNOWN" : "TIMEOUT",
		   l->last_ns + v->opt->timeout_ns);
}

static const char *message_result(const struct message *m, char *text)
{
	return m->readable ? dns_rcode__name(dns_msg__rcode(&m->msg, &m->edns), text) : "MALFORMED";
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
	e->msg = m->readable ? &m->msg : NULL;
	e->edns = &m->edns;
	e->answer_len = m->len;
	e->mdns = is_mdns(a);
	e->cut = a->cut;
}

static void end_answered(struct arrival *a, struct lookup *l, const struct message *m)
{
	struct dns_view *v = a->v;
	char text[DNS_SYMBOL_SIZE];
	struct question q;
	struct ended e = { .query = &l->packet,
			   .question = &q,
			   .lat_ns = a->packet->head.time_ns - l->packet.head.time_ns,
			   .sends = l->sends,
			   .servers = l->servers,
			   .result = message_result(m, text) };

	l->packets += arrival_packets(a);
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
			   .result = result ?: message_result(m, text) };

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

static void message_question(struct message *m, const struct dns_rr *rr)
{
	struct question *q = &m->question;
	size_t at = rr->name;

	if (q->present || dns_name__read(m->msg.data, m->msg.len, &at, &q->name))
		return;
	q->type = rr->type;
	q->class = rr->class;
	q->present = true;
}

/* All of it is gone through, for EDNS is at its end. What was cut is readable as far as it goes. */
static void message_read(struct message *m, const uint8_t *data, size_t len, bool cut)
{
	struct dns_walk w;
	struct dns_rr rr;
	int more;

	memset(m, 0, offsetof(struct message, len));
	m->len = len;
	m->readable = false;
	if (dns_msg__open(&m->msg, data, len))
		return;
	m->question.id = m->msg.id;
	m->question.opcode = dns_msg__opcode(&m->msg);
	dns_walk__begin(&w, &m->msg);
	while ((more = dns_walk__next(&w, &rr)) > 0) {
		if (rr.section == DNS_QUESTION)
			message_question(m, &rr);
		dns_edns__take(&m->edns, &rr);
	}
	m->readable = !more || (cut && more == -EMSGSIZE);
}

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

static int begin_lookup(struct arrival *a, const struct question *q)
{
	struct dns_view *v = a->v;
	struct lookup *l;

	if (lookups__full(v->lookups))
		end_lookup(v, a->run, lookups__oldest(v->lookups, UINT64_MAX), LOOKUP_UNKNOWN,
			   "UNKNOWN", a->packet->head.time_ns);
	l = lookups__query(v->lookups, a->packet, q, lost_before(v, a->packet->head.time_ns));
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
			end_answered(a, l, m);
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
	bool awaited = l && lookup__awaits_more(l);

	/* Anybody can send one, and who asked takes it for no answer. */
	if (!l || !lookup__has_asked(l, a->packet)) {
		show_stray(a, m, l, NULL);
		return;
	}
	l->answers++;
	if (l->end == LOOKUP_OPEN)
		end_answered(a, l, m);
	else if (!(awaited && l->end == LOOKUP_ANSWERED) && !is_more_of_transfer(a, l))
		show_stray(a, m, l, NULL);
}

static int view_message(void *ctx, const uint8_t *data, size_t len)
{
	struct arrival *a = ctx;
	bool out = a->packet->flags & DNS_OUT, query = out != a->v->opt->server;
	struct message m;

	message_read(&m, data, len, a->cut);
	/* Those of UDP are told apart by the programs. */
	if (a->packet->flags & DNS_TCP && m.readable && !(m.msg.flags & DNS_QR) != query) {
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

/* Segments with parts of messages only, say, belong to no row. */
static void count_rest(struct arrival *a)
{
	uint32_t packets = arrival_packets(a);

	if (a->v->filter.any || a->v->filter_owner)
		a->run->filtered += packets;
	else
		a->run->shown += packets;
}

static int view_packet(struct dns_view *v, struct run *run, const struct dns_packet *record)
{
	struct dns_packet packet = *record;
	struct arrival a = { v, run, &packet, !!(packet.flags & DNS_LAST), false };
	struct tcp_key key = { packet.cookie, packet.flags & DNS_OUT };
	const uint8_t *bytes = (const uint8_t *)(record + 1);
	int err;

	if (packet.head.size < sizeof(packet) ||
	    packet.bytes_len > packet.head.size - sizeof(packet) || packet.bytes_len > packet.len)
		return -EINVAL;
	if (v->pcap && (!v->filter_owner || packet.wanted == WANTED_YES))
		pcap__packet(v->pcap, &packet, bytes, &v->names);
	if (v->opt->server)
		packet.cookie = client_of(&packet);
	if (packet.flags & DNS_TCP) {
		bool more = !(packet.flags & DNS_LAST);
		struct tcp_segment g = {
			packet.seq, packet.flags & DNS_FIRST, more,
			bytes,	    packet.bytes_len,	      more ? packet.bytes_len : packet.len
		};

		err = tcp_streams__segment(v->streams, &key, &g, view_message, &a);
	} else {
		a.cut = packet.bytes_len < packet.len;
		err = view_message(&a, bytes, packet.bytes_len);
	}
	count_rest(&a);
	return err < 0 ? err : 0;
}

static bool is_final(int error)
{
	return error == ECONNREFUSED || error == EHOSTUNREACH || error == ENETUNREACH ||
	       error == ECONNRESET;
}

static bool same_remote(const struct dns_packet *a, const struct dns_packet *b)
{
	return a->rport == b->rport && !memcmp(&a->remote, &b->remote, sizeof(a->remote));
}

/* A socket that is not connected may be told, too; not of which server, if it asks several. */
static bool asks_one(const struct lookup *first)
{
	const struct lookup *l = first;

	while (l && same_remote(&l->packet, &first->packet))
		l = lookup__next_of_socket(l);
	return !l;
}

static void view_error(struct dns_view *v, struct run *run, const struct dns_error *e)
{
	struct lookup *l = lookups__of_socket(v->lookups, e->cookie);

	if (!is_final(e->error) || v->opt->server || !l || !asks_one(l))
		return;
	while ((l = lookups__of_socket(v->lookups, e->cookie)))
		end_lookup(v, run, l, LOOKUP_ERROR, error_result(e->error), e->head.time_ns);
}

int view__record(struct dns_view *v, struct run *run, const struct record *r)
{
	if (r->kind == DNS_PACKET)
		return view_packet(v, run, (const void *)r) ?: v->err;
	if (r->kind != DNS_ERROR || r->size < sizeof(struct dns_error))
		return -EINVAL;
	view_error(v, run, (const void *)r);
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

/* One whose last query is older than it may wait. Clocks begin at 0 when a host is booted. */
static struct lookup *oldest_due(const struct dns_view *v, uint64_t now_ns)
{
	if (now_ns < v->opt->timeout_ns)
		return NULL;
	return lookups__oldest(v->lookups, now_ns - v->opt->timeout_ns);
}

bool view__is_due(const struct dns_view *v, uint64_t now_ns)
{
	return oldest_due(v, now_ns);
}

void view__expire(struct dns_view *v, struct run *run, uint64_t now_ns)
{
	struct lookup *l;

	while ((l = oldest_due(v, now_ns)))
		end_unanswered(v, run, l);
}

void view__end(struct dns_view *v, struct run *run)
{
	struct lookup *l;

	while ((l = lookups__oldest(v->lookups, UINT64_MAX))) {
		/* Open, and neither answered nor given up. */
		end_lookup(v, run, l, LOOKUP_OPEN, "UNKNOWN", run->now_ns);
	}
}

void view__summary(const struct dns_view *v, struct run *run)
{
	const uint64_t *n = v->ends;
	struct out *o = &run->out;
	uint64_t all = 0;

	for (int i = 0; i < LOOKUP_ENDS; i++)
		all += n[i];
	out__text(o,
		  "\nqueries %llu = answered %llu + timed out %llu + refused %llu + unknown %llu + "
		  "open %llu",
		  (unsigned long long)all, (unsigned long long)n[LOOKUP_ANSWERED],
		  (unsigned long long)n[LOOKUP_TIMEOUT], (unsigned long long)n[LOOKUP_ERROR],
		  (unsigned long long)n[LOOKUP_UNKNOWN], (unsigned long long)n[LOOKUP_OPEN]);
	if (!o->json)
		return;
	json__object(&o->j, "queries");
	json__u64(&o->j, "count", all);
	json__u64(&o->j, "answered", n[LOOKUP_ANSWERED]);
	json__u64(&o->j, "timed_out", n[LOOKUP_TIMEOUT]);
	json__u64(&o->j, "refused", n[LOOKUP_ERROR]);
	json__u64(&o->j, "unknown", n[LOOKUP_UNKNOWN]);
	json__u64(&o->j, "open", n[LOOKUP_OPEN]);
	json__object_end(&o->j);
}
