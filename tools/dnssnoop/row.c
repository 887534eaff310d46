// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/row.h"

#include <string.h>
#include "tools/dnssnoop/words.h"

#define DNS_PORT 53

static const char *row_name(char *to, const char *comm)
{
	memcpy(to, comm, PROCESS_COMM_LEN);
	to[PROCESS_COMM_LEN] = '\0';
	return to;
}

static void row_owner(struct dns_row *row, const struct dns_packet *p,
		      const struct process_names *names)
{
	if (!p->who.pid) {
		process__row_unknown(&row->who);
		return;
	}
	process__row(&p->who, names, &row->who);
	row->who.comm = row_name(row->who.comm_text, p->leader);
	row->thread = row_name(row->thread_text, p->who.comm);
}

static const char *row_endpoint(char *to, const struct endpoint *end)
{
	if (end->port == DNS_PORT)
		net_addr__text(&end->addr, &end->scope, to);
	else
		net_addr__endpoint(&end->addr, &end->scope, end->port, to);
	return to;
}

static void row_ends(struct dns_row *row, const struct ended *e)
{
	struct endpoint client = ended__client(e), server = ended__server(e), nat;

	if (e->other)
		return;
	row->server = row_endpoint(row->server_text, &server);
	net_addr__endpoint(&client.addr, &client.scope, client.port, row->client_text);
	row->client = row->client_text;
	if (ended__nat(e, &nat))
		row->server_nat = row_endpoint(row->nat_text, &nat);
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
	memset(row, 0, offsetof(struct dns_row, thread_text));
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

static void row_object(struct run *run, const struct dns_row *row, const struct ended *e)
{
	struct out *o = &run->out;

	out__begin(o, "event", row->time_ns);
	out__members(o, dns_fields, row);
	process__json(&row->who, &o->j);
	ended__json(e, &o->j);
	out__end(o);
}

static void row_words(const void *words, struct buf *out)
{
	const struct buf *w = words;

	if (w->err)
		out->err = w->err;
	buf__add(out, w->data, w->len);
}

void row__show(struct run *run, const struct process_names *names, const struct ended *e,
	       struct buf *words)
{
	struct dns_row row;

	row_fill(&row, run, names, e);
	if (run->out.json) {
		row_object(run, &row, e);
		return;
	}
	if (e->flow)
		words__foreign(words, e);
	else
		words__write(words, e, row.qname);
	row.name = (struct safe){ words, row_words, NULL };
	out__row(&run->out, &row);
}
