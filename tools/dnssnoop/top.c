// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/top.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/base/clock.h"
#include "common/base/text.h"

/* 5 kB each. What finds no more room is summed up as others. */
#define SUMS_MAX 1024

/* What makes a sum of its own; padding is 0. */
struct top_key {
	bool others;
	uint8_t len;
	uint16_t port;
	uint32_t pid;
	struct net_addr addr;
	struct net_scope scope;	     /* of link-local ones */
	char text[DNS_NAME_MAX + 1]; /* of names as in struct dns_name, in small letters */
};

struct top_sum {
	struct top_key key;
	uint64_t count, failed, timed_out, retries;
	struct hist_data hist; /* of those that were answered */
};

static int top_by(struct dns_top *t, const char *by)
{
	static const char *const names[] = {
		"", "name", "process", "container", "server", "rcode"
	};

	for (int i = 1; i <= TOP_RCODE; i++)
		if (!strcmp(by, names[i]))
			t->by = i;
	if (t->by != TOP_NONE)
		return 0;
	msg__error("--top", "'%s' is not name, process, container, server or rcode",
		   text__quote(by));
	return -EINVAL;
}

static int top_exclusive(const struct dns_options *opt)
{
	if (opt->histogram && opt->top)
		msg__error("--histogram", "cannot be used together with --top");
	else if (opt->interval_s && !opt->top && !opt->histogram)
		msg__error("interval", "needs --top or --histogram");
	else
		return 0;
	return -EINVAL;
}

int top__set(struct dns_top *t, const struct dns_options *opt)
{
	if (top_exclusive(opt) || (opt->top && top_by(t, opt->top)))
		return -EINVAL;
	if (opt->histogram)
		t->by = TOP_ALL;
	t->rows = opt->rows;
	t->sums.key_size = sizeof(struct top_key);
	t->sums.entry_size = sizeof(struct top_sum);
	return 0;
}

static void key_text(struct top_key *key, const char *text)
{
	snprintf(key->text, sizeof(key->text), "%s", text ?: "");
}

static void key_name(struct top_key *key, const struct question *q)
{
	if (!q || !q->present)
		return;
	key->len = q->name.len;
	for (int i = 0; i < q->name.len; i++)
		key->text[i] = tolower(q->name.wire[i]);
}

static void key_process(struct top_key *key, const struct process_names *names,
			const struct dns_packet *p, bool container)
{
	struct process_row row;

	if (!p->who.pid)
		return;
	if (!container) {
		key->pid = p->who.pid;
		memcpy(key->text, p->leader, sizeof(p->leader));
		return;
	}
	memset(&row, 0, sizeof(row));
	process__row(&p->who, names, &row);
	key_text(key, row.container);
}

static void top_key(const struct dns_top *t, struct top_key *key, const struct process_names *names,
		    const struct ended *e)
{
	struct endpoint server;

	memset(key, 0, sizeof(*key));
	switch (t->by) {
	case TOP_NAME:
		key_name(key, e->question);
		break;
	case TOP_PROCESS:
	case TOP_CONTAINER:
		key_process(key, names, e->query, t->by == TOP_CONTAINER);
		break;
	case TOP_SERVER:
		server = ended__server(e);
		key->addr = server.addr;
		key->port = server.port;
		if (net_addr__is_scoped(&key->addr))
			key->scope = server.scope;
		break;
	case TOP_RCODE:
		key_text(key, e->result);
		break;
	default:
		break;
	}
}

int top__add(struct dns_top *t, const struct process_names *names, const struct ended *e)
{
	struct top_sum *sum;
	struct top_key key;

	top_key(t, &key, names, e);
	if (t->sums.count >= SUMS_MAX && !table__find(&t->sums, &key)) {
		memset(&key, 0, sizeof(key));
		key.others = true;
	}
	sum = table__add(&t->sums, &key);
	if (!sum)
		return -ENOMEM;
	sum->count++;
	sum->failed += strcmp(e->result, "NOERROR") && strcmp(e->result, "UNKNOWN");
	sum->timed_out += !strcmp(e->result, "TIMEOUT");
	sum->retries += e->sends > 1 ? e->sends - 1 : 0;
	if (e->answer && e->lat_ns != FIELD_UNKNOWN)
		hist__record(&sum->hist, e->lat_ns);
	return 0;
}

static int sum_compare(const void *a, const void *b)
{
	const struct top_sum *x = *(struct top_sum *const *)a, *y = *(struct top_sum *const *)b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return memcmp(&x->key, &y->key, sizeof(x->key));
}

static void row_name(struct dns_top_row *row, const struct top_key *key)
{
	struct dns_name name = { .len = key->len };
	struct dns_text t;

	if (!key->len)
		return;
	memcpy(name.wire, key->text, key->len);
	dns_text__init(&t, row->text, sizeof(row->text));
	dns_name__text(&name, &t);
	row->name = row->text;
}

static void row_server(struct dns_top_row *row, const struct top_key *key)
{
	net_addr__text(&key->addr, &key->scope, row->text);
	net_addr__endpoint(&key->addr, &key->scope, key->port, row->endpoint);
	row->server = row->text;
	row->server_port = key->port;
	row->key = row->endpoint;
}

static void row_key(const struct dns_top *t, struct dns_top_row *row, const struct top_key *key)
{
	const char *text = *key->text ? key->text : NULL;

	if (t->by == TOP_NAME)
		row_name(row, key);
	if (t->by == TOP_SERVER)
		row_server(row, key);
	if (t->by == TOP_PROCESS) {
		row->pid = key->pid ?: FIELD_UNKNOWN;
		row->comm = text;
	}
	if (t->by == TOP_CONTAINER)
		row->container = text;
	if (t->by == TOP_RCODE)
		row->result = text;
}

static void row_fill(const struct dns_top *t, struct dns_top_row *row, const struct top_sum *sum,
		     uint64_t interval_ns)
{
	memset(row, 0, offsetof(struct dns_top_row, text));
	latency__row(&row->latency, NULL, &sum->hist, 0, interval_ns);
	row->count = sum->count;
	row->failed = sum->failed;
	row->timed_out = sum->timed_out;
	row->retries = sum->retries;
	row->failed_percent = 100.0 * sum->failed / sum->count;
	row->interval_ns = interval_ns;
	row->pid = row->server_port = FIELD_UNKNOWN;
	if (!sum->key.others)
		row_key(t, row, &sum->key);
}

static void sum_object(const struct dns_top *t, struct run *run, const struct top_sum *sum)
{
	struct out *o = &run->out;
	struct dns_top_row row;

	row_fill(t, &row, sum, run->now_ns - t->since_ns);
	out__begin(o, "interval", run->now_ns);
	if (sum->key.others)
		json__bool(&o->j, "other", true);
	out__members(o, dns_top_fields, &row);
	if (t->by == TOP_ALL)
		latency__buckets(&sum->hist, &o->j);
	out__end(o);
}

static void sum_row(const struct dns_top *t, struct run *run, const struct top_sum *sum)
{
	struct dns_top_row row;

	if (t->by == TOP_ALL) {
		latency__plot(&sum->hist, &run->out);
		out__text(&run->out, "\n");
		out__header(&run->out);
	}
	row_fill(t, &row, sum, run->now_ns - t->since_ns);
	out__row(&run->out, &row);
}

static void sums_table(const struct dns_top *t, struct run *run, struct top_sum *const *sorted)
{
	struct top_sum rest = {};
	size_t left = 0;
	char time[16];

	clock__local_time(run->now_ns, time, sizeof(time));
	out__text(&run->out, "%s%s\n", t->shown ? "\n" : "", time);
	if (t->by != TOP_ALL)
		out__header(&run->out);
	for (size_t i = 0; i < t->sums.count; i++) {
		if (i < t->rows && !sorted[i]->key.others) {
			sum_row(t, run, sorted[i]);
			continue;
		}
		left++;
		rest.count += sorted[i]->count;
		rest.failed += sorted[i]->failed;
	}
	if (left)
		out__text(&run->out, "%zu others: %llu lookups, %llu failed\n", left,
			  (unsigned long long)rest.count, (unsigned long long)rest.failed);
}

int top__show(struct dns_top *t, struct run *run)
{
	size_t n = t->sums.count;
	struct top_sum **sorted = calloc(n + 1, sizeof(*sorted));

	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		sorted[i] = table__at(&t->sums, i);
	qsort(sorted, n, sizeof(*sorted), sum_compare);
	if (!run->out.json)
		sums_table(t, run, sorted);
	for (size_t i = 0; run->out.json && i < n; i++)
		sum_object(t, run, sorted[i]);
	free(sorted);
	table__clear(&t->sums);
	t->since_ns = run->now_ns;
	t->shown = true;
	return 0;
}

void top__free(struct dns_top *t)
{
	table__free(&t->sums);
}
