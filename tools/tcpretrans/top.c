// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/tcpretrans/top.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/clock.h"
#include "common/text.h"
#include "tools/tcpretrans/cause.h"

#define SIZE_MIN 256
/* What finds no more room is summed up as others: 20 MB at most. */
#define SUMS_MAX 65536

/* What makes a sum of its own; padding is 0. */
struct top_key {
	struct net_flow flow;
	uint32_t pid, cause;
	char name[64]; /* of the process, of the container, or its ID */
};

struct top_sum {
	struct top_key key;
	bool used;
	uint64_t segs, bytes, events, fails, again_segs;
	uint64_t causes[CAUSE_MAX]; /* segments; of CAUSE_FAIL events */
};

struct top_row {
	uint64_t segs, bytes, events, fails, again_segs, interval_ns;
	uint64_t pid, sport, dport, netns;
	const char *comm, *container, *cause, *saddr_text, *daddr_text, *local, *remote;
	char saddr[NET_ADDR_SIZE], daddr[NET_ADDR_SIZE];
	char local_text[NET_ENDPOINT_SIZE], remote_text[NET_ENDPOINT_SIZE];
};

static struct {
	bool flow, destination, process, container, cause;
} on;

#define ROW(member) offsetof(struct top_row, member)

const struct field top_fields[] = {
	{ "segs", "SEGS", FIELD_U64, 9, .offset = ROW(segs) },
	{ "bytes", "BYTES", FIELD_U64, 12, .offset = ROW(bytes) },
	{ "events", "EVENTS", FIELD_U64, 9, .offset = ROW(events) },
	{ "fails", "FAILS", FIELD_U64, 7, .offset = ROW(fails) },
	{ "again_segs", "AGAIN", FIELD_U64, 7, .offset = ROW(again_segs) },
	{ "pid", "PID", FIELD_U64, 8, .wide = true, .on = &on.process, .offset = ROW(pid) },
	{ "comm", "COMM", FIELD_TEXT, 16, .wide = true, .on = &on.process, .offset = ROW(comm) },
	{ "container_name", "CONTAINER", FIELD_TEXT, 24, .wide = true, .on = &on.container,
	  .offset = ROW(container) },
	{ "cause", "CAUSE", FIELD_TEXT, 12, .wide = true, .on = &on.cause, .offset = ROW(cause) },
	{ "laddr_lport", "LADDR:LPORT", FIELD_TEXT, 23, .wide = true, .on = &on.flow,
	  .table_only = true, .offset = ROW(local) },
	{ "raddr_rport", "RADDR:RPORT", FIELD_TEXT, 23, .wide = true, .on = &on.destination,
	  .table_only = true, .offset = ROW(remote) },
	{ "saddr", NULL, FIELD_TEXT, .offset = ROW(saddr_text) },
	{ "sport", NULL, FIELD_U64, .offset = ROW(sport) },
	{ "daddr", NULL, FIELD_TEXT, .offset = ROW(daddr_text) },
	{ "dport", NULL, FIELD_U64, .offset = ROW(dport) },
	{ "netns", NULL, FIELD_U64, .offset = ROW(netns) },
	{ "interval_ns", NULL, FIELD_U64, .offset = ROW(interval_ns) },
	{},
};

int top__parse(struct top *t, const char *by)
{
	static const char *const names[] = { "",	"flow",	     "destination",
					     "process", "container", "cause" };
	int i = 0;

	t->by = TOP_NONE;
	if (!by)
		return 0;
	while (++i <= TOP_CAUSE)
		if (!strcmp(by, names[i]))
			t->by = i;
	if (t->by == TOP_NONE) {
		msg__error("--top", "'%s' is none of flow, destination, process, container, cause",
			   text__quote(by));
		return -EINVAL;
	}
	on.flow = t->by == TOP_FLOW;
	on.destination = t->by == TOP_FLOW || t->by == TOP_DESTINATION;
	on.process = t->by == TOP_PROCESS;
	on.container = t->by == TOP_CONTAINER;
	on.cause = t->by == TOP_CAUSE;
	return 0;
}

static void top_key(const struct top *t, const struct retrans_record *r,
		    const struct retrans_row *row, struct top_key *key)
{
	memset(key, 0, sizeof(*key));
	switch (t->by) {
	case TOP_FLOW:
		key->flow = r->flow;
		break;
	case TOP_DESTINATION:
		key->flow.remote = r->flow.remote;
		key->flow.rport = r->flow.rport;
		break;
	case TOP_PROCESS:
		key->pid = row->pid == FIELD_UNKNOWN ? 0 : row->pid;
		snprintf(key->name, sizeof(key->name), "%s", row->comm ?: "");
		break;
	case TOP_CONTAINER:
		snprintf(key->name, sizeof(key->name), "%s", row->container ?: "");
		break;
	default:
		key->cause = r->cause;
	}
}

static uint64_t key_hash(const struct top_key *key)
{
	const uint8_t *p = (const void *)key;
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < sizeof(*key); i++)
		hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);
	return hash ^ hash >> 32;
}

static struct top_sum *top_slot(struct top_sum *sums, size_t size, const struct top_key *key)
{
	size_t i = key_hash(key) & (size - 1);

	while (sums[i].used && memcmp(&sums[i].key, key, sizeof(*key)))
		i = (i + 1) & (size - 1);
	return &sums[i];
}

static int top_grow(struct top *t)
{
	size_t size = t->size ? 2 * t->size : SIZE_MIN;
	struct top_sum *sums = calloc(size, sizeof(*sums));

	if (!sums)
		return -ENOMEM;
	for (size_t i = 0; i < t->size; i++)
		if (t->sums[i].used)
			*top_slot(sums, size, &t->sums[i].key) = t->sums[i];
	free(t->sums);
	t->sums = sums;
	t->size = size;
	return 0;
}

int top__add(struct top *t, const struct retrans_record *r, const struct retrans_row *row)
{
	struct top_key key;
	struct top_sum *sum;

	if (2 * (t->count + 1) > t->size && top_grow(t))
		return -ENOMEM;
	top_key(t, r, row, &key);
	sum = top_slot(t->sums, t->size, &key);
	if (!sum->used && t->count >= SUMS_MAX) {
		memset(&key, 0xff, sizeof(key));
		sum = top_slot(t->sums, t->size, &key);
	}
	if (!sum->used) {
		sum->used = true;
		sum->key = key;
		t->count++;
	}
	sum->events++;
	sum->segs += r->segs;
	sum->bytes += r->bytes;
	sum->fails += r->cause == CAUSE_FAIL;
	sum->again_segs += r->flags & RETRANS_AGAIN ? r->segs : 0;
	sum->causes[r->cause] += r->cause == CAUSE_FAIL ? 1 : r->segs;
	return 0;
}

static int sum_compare(const void *a, const void *b)
{
	const struct top_sum *x = *(struct top_sum *const *)a, *y = *(struct top_sum *const *)b;

	if (x->segs != y->segs)
		return x->segs < y->segs ? 1 : -1;
	if (x->events != y->events)
		return x->events < y->events ? 1 : -1;
	return memcmp(&x->key, &y->key, sizeof(x->key));
}

static bool key_is_others(const struct top_key *key)
{
	return key->cause == UINT32_MAX;
}

static void row_numbers(struct top_row *row, const struct top_sum *sum, uint64_t interval_ns)
{
	memset(row, 0, sizeof(*row));
	row->segs = sum->segs;
	row->bytes = sum->bytes;
	row->events = sum->events;
	row->fails = sum->fails;
	row->again_segs = sum->again_segs;
	row->interval_ns = interval_ns;
	row->pid = row->sport = row->dport = row->netns = FIELD_UNKNOWN;
}

static void row_remote(struct top_row *row, const struct net_flow *f)
{
	net_addr__text(&f->remote, row->daddr);
	net_addr__endpoint(&f->remote, f->rport, row->remote_text);
	row->daddr_text = row->daddr;
	row->remote = row->remote_text;
	row->dport = f->rport;
}

static void row_local(struct top_row *row, const struct net_flow *f)
{
	net_addr__text(&f->local, row->saddr);
	net_addr__endpoint(&f->local, f->lport, row->local_text);
	row->saddr_text = row->saddr;
	row->local = row->local_text;
	row->sport = f->lport;
	row->netns = f->netns;
}

static void row_key(const struct top *t, struct top_row *row, const struct top_key *key)
{
	const char *name = *key->name ? key->name : NULL;

	if (on.flow)
		row_local(row, &key->flow);
	if (on.destination)
		row_remote(row, &key->flow);
	if (on.process) {
		row->pid = key->pid ?: FIELD_UNKNOWN;
		row->comm = name;
	}
	if (on.container)
		row->container = name;
	if (t->by == TOP_CAUSE)
		row->cause = cause__name(key->cause);
}

static void sum_object(const struct top *t, const struct top_sum *sum, struct run *run)
{
	struct out *o = &run->out;
	struct top_row row;

	row_numbers(&row, sum, run->now_ns - t->since_ns);
	out__begin(o, "interval", run->now_ns);
	if (key_is_others(&sum->key))
		json__bool(&o->j, "other", true);
	else
		row_key(t, &row, &sum->key);
	out__members(o, top_fields, &row);
	json__object(&o->j, "causes");
	for (int i = 0; i < CAUSE_MAX; i++)
		if (sum->causes[i])
			json__u64(&o->j, cause__name(i), sum->causes[i]);
	json__object_end(&o->j);
	out__end(o);
}

static void sum_add(struct top_sum *to, const struct top_sum *from)
{
	to->segs += from->segs;
	to->bytes += from->bytes;
	to->events += from->events;
	to->fails += from->fails;
	to->again_segs += from->again_segs;
}

static void top_table(const struct top *t, struct run *run)
{
	struct top_sum others = {};
	size_t rest = 0;
	char time[16];

	clock__local_time(run->now_ns, time, sizeof(time));
	out__text(&run->out, "%s%s\n", t->shown ? "\n" : "", time);
	out__header(&run->out);
	for (size_t i = 0; i < t->count; i++) {
		struct top_row row;

		if (i >= t->rows || key_is_others(&t->sorted[i]->key)) {
			sum_add(&others, t->sorted[i]);
			rest++;
			continue;
		}
		row_numbers(&row, t->sorted[i], 0);
		row_key(t, &row, &t->sorted[i]->key);
		out__row(&run->out, &row);
	}
	if (rest)
		out__text(&run->out, "%zu others: %llu segments, %llu bytes, %llu events\n", rest,
			  (unsigned long long)others.segs, (unsigned long long)others.bytes,
			  (unsigned long long)others.events);
}

int top__show(struct top *t, struct run *run)
{
	size_t n = 0;

	t->sorted = calloc(t->count + 1, sizeof(*t->sorted));
	if (!t->sorted)
		return -ENOMEM;
	for (size_t i = 0; i < t->size; i++)
		if (t->sums[i].used)
			t->sorted[n++] = &t->sums[i];
	qsort(t->sorted, n, sizeof(*t->sorted), sum_compare);
	if (!run->out.json)
		top_table(t, run);
	for (size_t i = 0; i < n; i++) {
		run->shown += t->sorted[i]->events;
		if (run->out.json)
			sum_object(t, t->sorted[i], run);
	}
	free(t->sorted);
	t->sorted = NULL;
	if (t->size)
		memset(t->sums, 0, t->size * sizeof(*t->sums));
	t->count = 0;
	t->since_ns = run->now_ns;
	t->shown = true;
	return 0;
}

void top__free(struct top *t)
{
	free(t->sums);
}
