// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/tcpretrans/top.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/base/clock.h"
#include "common/owner/socket_owner.h"
#include "common/stream/stream.h"
#include "common/base/text.h"
#include "tools/tcpretrans/cause.h"
#include "tools/tcpretrans/reason.h"

/* What finds no more room is summed up as others: 20 MB at most. */
#define SUMS_MAX 65536

/* What makes a sum of its own; padding is 0. */
struct top_key {
	struct net_flow flow;
	uint32_t pid, listens; /* bool: it may be another one that has accepted it */
	struct reason_of of;   /* its cause, and what that does not say */
	char name[64];	       /* of the process, of the container, or its ID */
};

struct top_sum {
	struct top_key key;
	struct retrans_more all;
	uint64_t fails;
	uint64_t causes[CAUSE_MAX]; /* segments; of CAUSE_FAIL events */
};

/* What a program adds up belongs to the sum that the first event went to. */
struct top_source {
	struct retrans_source key;
	bool wanted;
	struct top_key sum;
};

struct top_row {
	uint64_t segs, bytes, events, fails, again_segs, interval_ns;
	uint64_t pid, sport, dport, netns;
	const char *owner_from, *comm, *container, *cause, *attempt, *error, *reason, *why,
		*saddr_text, *daddr_text, *local, *remote;
	char saddr[NET_ADDR_SIZE], daddr[NET_ADDR_SIZE];
	char local_text[NET_ENDPOINT_SIZE], remote_text[NET_ENDPOINT_SIZE];
	char pid_text[12], error_text[16], why_text[96];
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
	{ "pid", NULL, FIELD_U64, .offset = ROW(pid) },
	{ "pid", "PID", FIELD_CHARS, 8, .wide = true, .with = "top=process", .table_only = true,
	  .offset = ROW(pid_text) },
	{ "owner_from", NULL, FIELD_TEXT, .offset = ROW(owner_from) },
	{ "comm", "COMM", FIELD_TEXT, 16, .room = 16, .wide = true, .with = "top=process",
	  .foreign = true, .offset = ROW(comm) },
	{ "container_name", "CONTAINER", FIELD_TEXT, 24, .room = 64, .wide = true,
	  .with = "top=container", .foreign = true, .offset = ROW(container) },
	{ "cause", "CAUSE", FIELD_TEXT, 12, .wide = true, .with = "top=cause",
	  .offset = ROW(cause) },
	{ "attempt", NULL, FIELD_TEXT, .offset = ROW(attempt) },
	{ "errno", NULL, FIELD_TEXT, .offset = ROW(error) },
	{ "reason", NULL, FIELD_TEXT, .offset = ROW(reason) },
	{ "why", "WHY", FIELD_TEXT, 20, .wide = true, .with = "top=cause", .table_only = true,
	  .offset = ROW(why) },
	{ "laddr_lport", "LADDR:LPORT", FIELD_TEXT, 22, .room = 55, .wide = true,
	  .with = "count top=flow", .table_only = true, .offset = ROW(local) },
	{ "raddr_rport", "RADDR:RPORT", FIELD_TEXT, 22, .room = 55, .wide = true,
	  .with = "count top=flow top=destination", .table_only = true, .offset = ROW(remote) },
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
		    const struct socket_owner *owner, const struct retrans_row *row,
		    struct top_key *key)
{
	memset(key, 0, sizeof(*key));
	switch (t->by) {
	case TOP_FLOW:
		key->flow = r->flow;
		break;
	case TOP_DESTINATION:
		key->flow.remote = r->flow.remote;
		key->flow.rport = r->flow.rport;
		if (!net_addr__is_scoped(&r->flow.remote))
			break;
		key->flow.ifindex = r->flow.ifindex;
		key->flow.netns = r->flow.netns;
		break;
	case TOP_PROCESS:
		key->pid = row->pid == FIELD_UNKNOWN ? 0 : row->pid;
		key->listens = socket_owner__is_listener(owner, r->socket);
		snprintf(key->name, sizeof(key->name), "%s", row->comm ?: "");
		break;
	case TOP_CONTAINER:
		snprintf(key->name, sizeof(key->name), "%s", row->container ?: "");
		break;
	default:
		key->of = (struct reason_of){
			.cause = r->cause,
			.reason = r->reason,
			.attempt = r->cause == CAUSE_FAIL ? r->attempt : 0,
			.error = r->error,
		};
	}
}

static void sums_join(struct retrans_more *to, const struct retrans_more *from)
{
	to->events += from->events;
	to->segs += from->segs;
	to->bytes += from->bytes;
	to->again_segs += from->again_segs;
}

static int sum_add(struct top *t, const struct top_key *wanted, uint32_t cause,
		   const struct retrans_more *more)
{
	struct top_key key = *wanted;
	struct top_sum *sum;

	if (t->sums.count >= SUMS_MAX && !table__find(&t->sums, &key))
		memset(&key, 0xff, sizeof(key));
	sum = table__add(&t->sums, &key);
	if (!sum)
		return -ENOMEM;
	sums_join(&sum->all, more);
	sum->fails += cause == CAUSE_FAIL ? more->events : 0;
	sum->causes[cause] += cause == CAUSE_FAIL ? more->events : more->segs;
	return 0;
}

/* NULL: no memory. */
static struct top_source *top_source(struct top *t, const struct retrans_record *r)
{
	const struct retrans_source key = {
		.socket = r->cookie ?: r->socket,
		.lport = r->flow.lport,
		.rport = r->flow.rport,
		.cause = r->cause,
		.reason = r->reason,
		.attempt = r->attempt,
		.error = r->error,
		.epoch = r->epoch,
	};

	return table__add(&t->sources, &key);
}

int top__add(struct top *t, const struct retrans_record *r, const struct socket_owner *owner,
	     const struct retrans_row *row)
{
	const struct retrans_more one = {
		.events = 1,
		.segs = r->segs,
		.bytes = r->bytes,
		.again_segs = r->flags & RETRANS_AGAIN ? r->segs : 0,
	};
	struct top_source *source = top_source(t, r);

	if (!source)
		return -ENOMEM;
	source->wanted = true;
	top_key(t, r, owner, row, &source->sum);
	return sum_add(t, &source->sum, r->cause, &one);
}

int top__ignore(struct top *t, const struct retrans_record *r)
{
	return top_source(t, r) ? 0 : -ENOMEM;
}

/* A source whose first event is still to come is left for the next interval. */
static int top_take(struct top *t, struct run *run, const struct retrans_source *key)
{
	const struct top_source *source = table__find(&t->sources, key);
	struct retrans_more more;
	int fd = bpf_map__fd(t->mores);

	if (key->epoch == *t->epoch || !source || bpf_map_lookup_elem(fd, key, &more))
		return 0;
	/* What stays would be taken once more. */
	if (bpf_map_delete_elem(fd, key))
		return -errno;
	if (source->wanted)
		return sum_add(t, &source->sum, key->cause, &more);
	run->filtered += more.events;
	return 0;
}

static bool source_is_recent(const void *entry, void *ctx)
{
	const struct top_source *source = entry;
	const struct top *t = ctx;

	return *t->epoch - source->key.epoch <= 1;
}

/* What the programs have added up until now. From here on they begin anew. */
static int top_collect(struct top *t, struct run *run)
{
	struct retrans_source key, next, *before = NULL;
	int fd = bpf_map__fd(t->mores), err;
	bool settled;

	/* Pairs with top_adds(): who enters from here on has the new one. */
	__atomic_store_n(t->epoch, *t->epoch + 1, __ATOMIC_SEQ_CST);
	settled = stream__settle(run->stream);
	err = events__drain(run->events);
	/* A program that has been preempted may still add to what it has found: the next time. */
	if (!settled)
		return err;
	for (uint32_t i = 0; !err && i < 2 * RETRANS_SOURCES_MAX; i++) {
		bool last = bpf_map_get_next_key(fd, before, &next);

		/* Not before its successor is known. */
		if (before)
			err = top_take(t, run, &key);
		if (last)
			break;
		key = next;
		before = &key;
	}
	table__keep(&t->sources, source_is_recent, t);
	return err;
}

static int sum_compare(const void *a, const void *b)
{
	const struct top_sum *x = *(struct top_sum *const *)a, *y = *(struct top_sum *const *)b;

	if (x->all.segs != y->all.segs)
		return x->all.segs < y->all.segs ? 1 : -1;
	if (x->all.events != y->all.events)
		return x->all.events < y->all.events ? 1 : -1;
	return memcmp(&x->key, &y->key, sizeof(x->key));
}

static bool key_is_others(const struct top_key *key)
{
	return key->of.cause == UINT8_MAX;
}

static void row_numbers(struct top_row *row, const struct top_sum *sum, uint64_t interval_ns)
{
	memset(row, 0, sizeof(*row));
	row->segs = sum->all.segs;
	row->bytes = sum->all.bytes;
	row->events = sum->all.events;
	row->fails = sum->fails;
	row->again_segs = sum->all.again_segs;
	row->interval_ns = interval_ns;
	row->pid = row->sport = row->dport = row->netns = FIELD_UNKNOWN;
}

static void row_remote(struct top_row *row, const struct net_flow *f)
{
	struct net_scope scope = { f->ifindex, f->netns };

	net_addr__text(&f->remote, &scope, row->daddr);
	net_addr__endpoint(&f->remote, &scope, f->rport, row->remote_text);
	row->daddr_text = row->daddr;
	row->remote = row->remote_text;
	row->dport = f->rport;
}

static void row_local(struct top_row *row, const struct net_flow *f)
{
	struct net_scope scope = { f->ifindex, f->netns };

	net_addr__text(&f->local, &scope, row->saddr);
	net_addr__endpoint(&f->local, &scope, f->lport, row->local_text);
	row->saddr_text = row->saddr;
	row->local = row->local_text;
	row->sport = f->lport;
	row->netns = f->netns;
}

static void row_cause(struct top_row *row, const struct reason_of *of)
{
	row->cause = cause__name(of->cause);
	row->reason = reason__name(of);
	row->why = reason__text(of, row->why_text, sizeof(row->why_text));
	if (of->cause != CAUSE_FAIL)
		return;
	row->attempt = cause__name(of->attempt);
	row->error = reason__errno(of->error, row->error_text, sizeof(row->error_text));
}

static void row_key(struct top_row *row, const struct top_key *key)
{
	const char *name = *key->name ? key->name : NULL;

	if (on.flow)
		row_local(row, &key->flow);
	if (on.destination)
		row_remote(row, &key->flow);
	if (on.process) {
		row->pid = key->pid ?: FIELD_UNKNOWN;
		row->owner_from = key->listens ? "listener" : NULL;
		snprintf(row->pid_text, sizeof(row->pid_text), key->pid ? "%u%s" : "-", key->pid,
			 key->listens ? "?" : "");
		row->comm = name;
	}
	if (on.container)
		row->container = name;
	if (on.cause)
		row_cause(row, &key->of);
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
		row_key(&row, &sum->key);
	out__members(o, top_fields, &row);
	json__object(&o->j, "causes");
	for (int i = 0; i < CAUSE_MAX; i++)
		if (sum->causes[i])
			json__u64(&o->j, cause__name(i), sum->causes[i]);
	json__object_end(&o->j);
	out__end(o);
}

static void top_table(const struct top *t, struct run *run)
{
	struct retrans_more others = {};
	size_t rest = 0;
	char time[16];

	clock__local_time(run->now_ns, time, sizeof(time));
	out__text(&run->out, "%s%s\n", t->shown ? "\n" : "", time);
	out__header(&run->out);
	for (size_t i = 0; i < t->sums.count; i++) {
		struct top_row row;

		if (i >= t->rows || key_is_others(&t->sorted[i]->key)) {
			sums_join(&others, &t->sorted[i]->all);
			rest++;
			continue;
		}
		row_numbers(&row, t->sorted[i], 0);
		row_key(&row, &t->sorted[i]->key);
		out__row(&run->out, &row);
	}
	if (rest)
		out__text(&run->out, "%zu others: %llu segments, %llu bytes, %llu events\n", rest,
			  (unsigned long long)others.segs, (unsigned long long)others.bytes,
			  (unsigned long long)others.events);
}

static int top_show(struct top *t, struct run *run)
{
	size_t n = t->sums.count;

	t->sorted = calloc(n + 1, sizeof(*t->sorted));
	if (!t->sorted)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		t->sorted[i] = table__at(&t->sums, i);
	qsort(t->sorted, n, sizeof(*t->sorted), sum_compare);
	if (!run->out.json)
		top_table(t, run);
	for (size_t i = 0; i < n; i++) {
		run->shown += t->sorted[i]->all.events;
		if (run->out.json)
			sum_object(t, t->sorted[i], run);
	}
	free(t->sorted);
	t->sorted = NULL;
	return 0;
}

int top__show(struct top *t, struct run *run)
{
	int err = top_collect(t, run) ?: top_show(t, run);

	table__clear(&t->sums);
	t->since_ns = run->now_ns;
	t->shown = true;
	return err;
}

void top__begin(struct top *t, struct bpf_map *mores, uint32_t *epoch, uint64_t now_ns)
{
	t->mores = mores;
	t->epoch = epoch;
	t->since_ns = now_ns;
	t->sums.key_size = sizeof(struct top_key);
	t->sums.entry_size = sizeof(struct top_sum);
	t->sources.key_size = sizeof(struct retrans_source);
	t->sources.entry_size = sizeof(struct top_source);
}

void top__free(struct top *t)
{
	table__free(&t->sums);
	table__free(&t->sources);
}
