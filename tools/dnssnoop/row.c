// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/dnssnoop/dns/dns_rdata.h"
#include "tools/dnssnoop/dns/dns_symbol.h"
#include "common/base/errno_name.h"
#include "common/net/net.h"
#include "tools/dnssnoop/mdns.h"

/* A row of a table has so many records of the answer; JSON has all. */
#define ANSWERS_MAX 16
/* Of one record's data; what is longer is cut. */
#define DATA_TEXT 262160

#define DNS_PORT 53

struct dns_row {
	uint64_t time_ns;
	double elapsed_s;
	struct process_row who;
	const char *comm, *thread; /* NULL: not known */
	uint64_t pid, tid, uid;
	uint64_t netns, id, lat_ns, retries, servers, answer_bytes;
	const char *transport, *type, *class, *result, *server, *server_nat, *client, *qname;
	const struct buf *name;
	char comm_text[PROCESS_COMM_LEN + 1], thread_text[PROCESS_COMM_LEN + 1];
	char type_text[DNS_SYMBOL_SIZE], class_text[DNS_SYMBOL_SIZE];
	char server_text[NET_ENDPOINT_SIZE], nat_text[NET_ENDPOINT_SIZE];
	char client_text[NET_ENDPOINT_SIZE], qname_text[DNS_NAME_TEXT];
};

#define ROW(member) offsetof(struct dns_row, member)

const struct field dns_fields[] = {
	{ "time", "TIME", FIELD_TIME, 9, .wide = true, .with = "time", .offset = ROW(time_ns) },
	{ "elapsed_s", "TIME(s)", FIELD_REAL, 8, 3, .wide = true, .with = "timestamp",
	  .table_only = true, .offset = ROW(elapsed_s) },
	{ "uid", "UID", FIELD_U64, 7, .wide = true, .with = "print-uid", .offset = ROW(uid) },
	{ "comm", "COMM", FIELD_TEXT, 16, .room = 16, .foreign = true, .offset = ROW(comm) },
	{ "thread", "THREAD", FIELD_TEXT, 16, .room = 16, .wide = true, .foreign = true,
	  .offset = ROW(thread) },
	{ "pid", "PID", FIELD_U64, 8, .offset = ROW(pid) },
	{ "tid", "TID", FIELD_U64, 8, .wide = true, .offset = ROW(tid) },
	{ "container", "CONTAINER", FIELD_TEXT, 16, .room = 48, .wide = true, .table_only = true,
	  .foreign = true, .offset = ROW(who.container) },
	{ "cgroup", "CGROUP", FIELD_TEXT, 32, .room = 100, .wide = true, .foreign = true,
	  .offset = ROW(who.cgroup) },
	{ "cgroup_id", NULL, FIELD_U64, .offset = ROW(who.cgroup_id) },
	{ "netns", "NETNS", FIELD_U64, 11, .wide = true, .offset = ROW(netns) },
	{ "transport", "PROTO", FIELD_TEXT, 6, .wide = true, .offset = ROW(transport) },
	{ "id", "ID", FIELD_U64, 6, .wide = true, .offset = ROW(id) },
	{ "qtype", "TYPE", FIELD_TEXT, 6, .offset = ROW(type) },
	{ "qclass", "CLASS", FIELD_TEXT, 6, .wide = true, .offset = ROW(class) },
	{ "client", "CLIENT", FIELD_TEXT, 22, .room = 55, .wide = true, .table_only = true,
	  .offset = ROW(client) },
	{ "server", "SERVER", FIELD_TEXT, 16, .room = 55, .table_only = true,
	  .offset = ROW(server) },
	{ "server_nat", "NAT", FIELD_TEXT, 22, .room = 55, .wide = true, .table_only = true,
	  .offset = ROW(server_nat) },
	{ "lat_ns", "LAT", FIELD_NS, 8, .offset = ROW(lat_ns) },
	{ "result", "RESULT", FIELD_TEXT, 13, .offset = ROW(result) },
	{ "retries", "RETRIES", FIELD_U64, 8, .wide = true, .offset = ROW(retries) },
	{ "servers", NULL, FIELD_U64, .offset = ROW(servers) },
	{ "answer_bytes", "BYTES", FIELD_U64, 6, .wide = true, .offset = ROW(answer_bytes) },
	{ "qname", NULL, FIELD_TEXT, .offset = ROW(qname) },
	{ "name", "NAME", FIELD_SAFE, 1, .offset = ROW(name) },
	{},
};

static const char *row_comm(char *to, const char *comm)
{
	memcpy(to, comm, PROCESS_COMM_LEN);
	to[PROCESS_COMM_LEN] = '\0';
	return to;
}

static void row_owner(struct dns_row *row, const struct dns_packet *p,
		      const struct process_names *names)
{
	row->pid = row->tid = row->uid = row->who.cgroup_id = FIELD_UNKNOWN;
	if (!p->who.pid)
		return;
	process__row(&p->who, names, &row->who);
	row->pid = p->who.pid;
	row->tid = p->who.tid;
	row->uid = p->who.uid;
	row->comm = row_comm(row->comm_text, p->leader);
	row->thread = row_comm(row->thread_text, p->who.comm);
}

static struct net_scope scope_of(const struct dns_packet *p)
{
	return (struct net_scope){ p->ifindex, p->netns };
}

static const char *row_endpoint(char *to, const struct net_addr *addr,
				const struct net_scope *scope, uint16_t port)
{
	if (port == DNS_PORT)
		net_addr__text(addr, scope, to);
	else
		net_addr__endpoint(addr, scope, port, to);
	return to;
}

static bool is_natted(const struct dns_packet *p)
{
	return p->flags & DNS_OUT &&
	       (p->asked_port != p->rport || memcmp(&p->asked, &p->remote, sizeof(p->asked)));
}

/* A query that comes in was sent by the other end. */
static bool is_served(const struct ended *e)
{
	return !(e->query->flags & DNS_OUT) != (e->query == e->answer);
}

void row__server(const struct ended *e, struct net_addr *addr, uint16_t *port,
		 struct net_scope *scope)
{
	const struct dns_packet *p = e->query;

	*scope = scope_of(is_served(e) || !e->answer ? p : e->answer);
	/* What an answer comes from, NAT has undone already. */
	if (is_served(e)) {
		*addr = p->local;
		*port = p->lport;
	} else if (e->answer) {
		*addr = e->answer->remote;
		*port = e->answer->rport;
	} else {
		*addr = p->asked;
		*port = p->asked_port;
	}
}

static void row_ends(struct dns_row *row, const struct ended *e)
{
	const struct dns_packet *p = e->query;
	struct net_scope scope;
	struct net_addr addr;
	uint16_t port;

	row__server(e, &addr, &port, &scope);
	row->server = row_endpoint(row->server_text, &addr, &scope, port);
	scope = scope_of(p);
	if (is_served(e))
		net_addr__endpoint(&p->remote, &scope, p->rport, row->client_text);
	else
		net_addr__endpoint(&p->local, &scope, p->lport, row->client_text);
	row->client = row->client_text;
	if (is_natted(p))
		row->server_nat = row_endpoint(row->nat_text, &p->remote, &scope, p->rport);
}

static void row_question(struct dns_row *row, const struct ended *e)
{
	const struct question *q = e->question;
	struct dns_text t;

	row->id = q ? q->id : e->msg ? e->msg->id : FIELD_UNKNOWN;
	if (!q || !q->present)
		return;
	dns_text__init(&t, row->qname_text, sizeof(row->qname_text));
	dns_name__text(&q->name, &t);
	row->qname = row->qname_text;
	row->type = dns_type__name(q->type, row->type_text);
	row->class = dns_class__name(q->class, row->class_text);
}

static void row_fill(struct dns_row *row, const struct run *run, const struct process_names *names,
		     const struct ended *e)
{
	memset(row, 0, offsetof(struct dns_row, comm_text));
	row->time_ns = e->query->head.time_ns;
	row->elapsed_s = ((double)row->time_ns - (double)run->start_ns) / NSEC_PER_SEC;
	row->netns = e->query->netns;
	row->transport = e->query->flags & DNS_TCP ? "TCP" : "UDP";
	row->lat_ns = e->lat_ns;
	row->result = e->result;
	row->retries = e->sends ? e->sends - 1 : FIELD_UNKNOWN;
	row->servers = e->servers > 1 ? e->servers : FIELD_UNKNOWN;
	row->answer_bytes = e->answer ? e->answer_len : FIELD_UNKNOWN;
	row_owner(row, e->query, names);
	row_ends(row, e);
	row_question(row, e);
}

/* -- The column with the name, the answers and the remarks ---------------------------------- */

/* The next record of the answer. False: there is none. */
static bool row_answer(const struct ended *e, struct dns_walk *w, struct dns_rr *rr)
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

/* Borrowed until the next call. */
static const struct dns_text *data_text(const struct dns_msg *msg, const struct dns_rr *rr)
{
	static char text[DATA_TEXT];
	static struct dns_text t;

	dns_text__init(&t, text, sizeof(text));
	dns_rdata__text(msg, rr, &t);
	return &t;
}

static void word_answer(struct buf *words, const struct ended *e, const struct dns_rr *rr,
			uint32_t n)
{
	char type[DNS_SYMBOL_SIZE];

	buf__str(words, n ? ", " : " ");
	if (!e->question || rr->type != e->question->type) {
		buf__str(words, dns_type__name(rr->type, type));
		buf__char(words, ' ');
	}
	buf__str(words, data_text(e->msg, rr)->data);
}

/* How many there are. */
static uint32_t words_answers(struct buf *words, const struct ended *e)
{
	struct dns_walk w;
	struct dns_rr rr;
	uint32_t n = 0;

	if (!e->msg)
		return 0;
	dns_walk__begin(&w, e->msg);
	while (row_answer(e, &w, &rr)) {
		if (n < ANSWERS_MAX)
			word_answer(words, e, &rr, n);
		n++;
	}
	return n;
}

static const char *row_rcode(const struct ended *e, char *text)
{
	return dns_rcode__name(dns_msg__rcode(e->msg, e->edns), text);
}

static void remark(struct buf *words, bool *any, const char *text)
{
	buf__str(words, *any ? "; " : " # ");
	buf__str(words, text);
	*any = true;
}

static void words_remarks(struct buf *words, const struct ended *e, uint32_t answers)
{
	char text[48], rcode[DNS_SYMBOL_SIZE];
	bool any = false;

	if (answers > ANSWERS_MAX) {
		snprintf(text, sizeof(text), "%s%u more", e->cut || e->malformed ? "at least " : "",
			 answers - ANSWERS_MAX);
		remark(words, &any, text);
	}
	if (e->remark)
		remark(words, &any, e->remark);
	if (e->kind)
		remark(words, &any, strcmp(e->kind, "NODATA") ? "referral" : "no data");
	if (e->msg && e->malformed) {
		snprintf(text, sizeof(text), "says %s", row_rcode(e, rcode));
		remark(words, &any, text);
	}
	if (e->sends > 1) {
		snprintf(text, sizeof(text), "sent %u times", e->sends);
		remark(words, &any, text);
	}
	if (e->servers > 1) {
		snprintf(text, sizeof(text), "%u servers asked", e->servers);
		remark(words, &any, text);
	}
	if (e->msg && e->msg->flags & DNS_TC)
		remark(words, &any, "truncated");
	if (e->cut)
		remark(words, &any, "cut");
}

static void row_words(struct dns_row *row, const struct ended *e, struct buf *words)
{
	words->len = 0;
	buf__str(words, row->qname ?: "-");
	words_remarks(words, e, words_answers(words, e));
	row->name = words;
}

/* -- JSON ---------------------------------------------------------------------------------- */

static void json_addr(struct json *j, const char *key, const char *port_key,
		      const struct net_addr *addr, const struct net_scope *scope, uint16_t port)
{
	char text[NET_ADDR_SIZE];

	net_addr__text(addr, scope, text);
	json__str(j, key, text);
	json__u64(j, port_key, port);
}

static void json_ends(struct json *j, const struct ended *e)
{
	const struct dns_packet *p = e->query;
	struct net_scope scope = scope_of(p), server_scope;
	bool served = is_served(e);
	struct net_addr server;
	uint16_t port;

	json_addr(j, "client", "client_port", served ? &p->remote : &p->local, &scope,
		  served ? p->rport : p->lport);
	row__server(e, &server, &port, &server_scope);
	json_addr(j, "server", "server_port", &server, &server_scope, port);
	if (is_natted(p))
		json_addr(j, "server_nat", "server_nat_port", &p->remote, &scope, p->rport);
}

static void json_flags(struct json *j, uint16_t flags)
{
	static const struct {
		uint16_t bit;
		const char *name;
	} names[] = { { DNS_AA, "AA" }, { DNS_TC, "TC" }, { DNS_RD, "RD" },
		      { DNS_RA, "RA" }, { DNS_AD, "AD" }, { DNS_CD, "CD" } };

	json__array(j, "flags");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (flags & names[i].bit)
			json__str(j, NULL, names[i].name);
	json__array_end(j);
}

static void json_record(struct json *j, const struct dns_msg *msg, const struct dns_rr *rr)
{
	char text[DNS_NAME_TEXT], type[DNS_SYMBOL_SIZE];
	struct dns_name name;
	struct dns_text t;
	size_t at = rr->name;

	json__object(j, NULL);
	if (!dns_name__read(msg->data, msg->len, &at, &name)) {
		dns_text__init(&t, text, sizeof(text));
		dns_name__text(&name, &t);
		json__str(j, "name", text);
	}
	json__str(j, "type", dns_type__name(rr->type, type));
	json__u64(j, "ttl", rr->ttl);
	/* RFC 2181, 8. */
	if (rr->ttl > INT32_MAX)
		json__u64(j, "ttl_effective", 0);
	json__str(j, "data", data_text(msg, rr)->data);
	json__object_end(j);
}

static void json_answers(struct json *j, const struct ended *e)
{
	struct dns_walk w;
	struct dns_rr rr;

	json__array(j, "answers");
	dns_walk__begin(&w, e->msg);
	while (row_answer(e, &w, &rr))
		json_record(j, e->msg, &rr);
	json__array_end(j);
}

static void json_edns(struct json *j, const struct dns_msg *msg, const struct dns_edns *e)
{
	size_t at = e->options, data, len;
	uint16_t code;
	int more;

	json__object(j, "edns");
	json__u64(j, "version", e->version);
	json__u64(j, "udp_size", e->udp_size);
	json__bool(j, "do", e->dnssec_ok);
	json__array(j, "options");
	while ((more = dns_edns__option(e, msg, &at, &code, &data, &len)) > 0) {
		static char hex[2 * UINT16_MAX + 1];
		struct dns_text t;

		dns_text__init(&t, hex, sizeof(hex));
		dns_text__hex(&t, msg->data + data, len);
		json__object(j, NULL);
		json__u64(j, "code", code);
		json__str(j, "data_hex", hex);
		json__object_end(j);
	}
	json__array_end(j);
	if (more)
		json__bool(j, "malformed", true);
	json__object_end(j);
}

static void json_error(struct json *j, const struct dns_end *error)
{
	const char *name = errno_name(error->error);

	if (name)
		json__str(j, "error", name);
	if (!error->icmp)
		return;
	json__object(j, error->icmp == DNS_ICMP_V4 ? "icmp" : "icmp6");
	json__u64(j, "type", error->icmp_type);
	json__u64(j, "code", error->icmp_code);
	json__object_end(j);
}

static void json_remarks(struct json *j, const struct ended *e)
{
	char opcode[DNS_SYMBOL_SIZE], rcode[DNS_SYMBOL_SIZE];

	if (e->kind)
		json__str(j, "kind", e->kind);
	if (e->error)
		json_error(j, e->error);
	if (e->msg && e->malformed)
		json__str(j, "rcode", row_rcode(e, rcode));

	if (e->question && e->question->opcode)
		json__str(j, "opcode", dns_opcode__name(e->question->opcode, opcode));
	if (e->remark)
		json__str(j, "remark", e->remark);
	if (e->cut)
		json__bool(j, "cut", true);
}

static void row_json(struct run *run, const struct dns_row *row, const struct ended *e)
{
	struct out *o = &run->out;

	out__begin(o, "event", row->time_ns);
	out__members(o, dns_fields, row);
	process__json(&row->who, &o->j);
	json_ends(&o->j, e);
	json_remarks(&o->j, e);
	if (e->msg) {
		json_flags(&o->j, e->msg->flags);
		json_answers(&o->j, e);
		if (e->edns->present)
			json_edns(&o->j, e->msg, e->edns);
	}
	out__end(o);
}

void row__show(struct run *run, const struct process_names *names, const struct ended *e,
	       struct buf *words)
{
	struct dns_row row;

	row_fill(&row, run, names, e);
	if (run->out.json) {
		row_json(run, &row, e);
		return;
	}
	row_words(&row, e, words);
	out__row(&run->out, &row);
}
