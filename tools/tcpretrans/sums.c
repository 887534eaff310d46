// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/tcpretrans/sums.h"

#include <errno.h>
#include <string.h>
#include "common/stream/stream.h"
#include "tools/tcpretrans/cause.h"
#include "tools/tcpretrans/fields.h"

/* What finds no more room is summed up as others: 20 MB at most. */
#define SUMS_MAX 65536

/* What the key does not tell is not known. */
static void sum_row(const void *sum, void *row)
{
	struct sum_row *r = row;

	(void)sum;
	r->sport = r->dport = r->netns = FIELD_UNKNOWN;
}

static void sum_json(const void *sum, struct json *j)
{
	const struct sum *s = sum;

	json__object(j, "causes");
	for (int i = 0; i < CAUSE_MAX; i++)
		if (s->causes[i])
			json__u64(j, cause__name(i), s->causes[i]);
	json__object_end(j);
}

static const struct top_kind kind = {
	.by = sums_by,
	.fields = sum_fields,
	.row_size = sizeof(struct sum_row),
	.sum_size = sizeof(struct sum),
	.sum_at = offsetof(struct sum_row, sum),
	.max = SUMS_MAX,
	.sort = "segs",
	.then = "events",
	.others = { { "segs", "segments" }, { "bytes", "bytes" }, { "events", "events" } },
	.row = sum_row,
	.json = sum_json,
};

int sums__parse(struct sums *s, const struct retrans_options *opt)
{
	struct top_options top = opt->top;

	if (opt->count)
		top.by = "flow";
	s->by_owner = opt->owner.pid || opt->owner.comm;
	return top__parse(&s->top, &kind, &top);
}

int sums__begin(struct sums *s, int mores_fd, uint32_t *epoch, uint64_t now_ns)
{
	if (s->top.by)
		sources__begin(&s->sources, mores_fd, epoch, s->top.by->size);
	return top__begin(&s->top, now_ns);
}

void sums__free(struct sums *s)
{
	top__free(&s->top);
	sources__free(&s->sources);
}

/* NULL: no key is known. */
static int sums_join(struct sums *s, const void *key, uint32_t cause,
		     const struct retrans_more *more)
{
	struct sum *sum = key ? top__sum(&s->top, key) : top__other(&s->top);

	if (!sum)
		return -ENOMEM;
	sum->events += more->events;
	sum->segs += more->segs;
	sum->bytes += more->bytes;
	sum->again_segs += more->again_segs;
	sum->fails += cause == CAUSE_FAIL ? more->events : 0;
	sum->causes[cause] += cause == CAUSE_FAIL ? more->events : more->segs;
	s->events += more->events;
	return 0;
}

int sums__add(struct sums *s, const struct sum_event *event, const struct retrans_row *row)
{
	const struct retrans_record *r = event->r;
	const struct retrans_more one = {
		.events = 1,
		.segs = r->segs,
		.bytes = r->bytes,
		.again_segs = r->flags & RETRANS_AGAIN ? r->segs : 0,
	};
	const struct top_owner owner = {
		.pid = event->owner->pid,
		.comm = row->comm,
		.container = row->container,
		.container_full = row->container_full,
		.cgroup = row->cgroup,
		.cgroup_id = event->r->cgroup_id,
	};
	struct source *source = sources__of(&s->sources, r);

	if (!source)
		return -ENOMEM;
	source->wanted = true;
	top__key(&s->top, &owner, event, source->key);
	return sums_join(s, source->key, r->cause, &one);
}

int sums__ignore(struct sums *s, const struct retrans_record *r)
{
	return sources__of(&s->sources, r) ? 0 : -ENOMEM;
}

struct taking {
	struct sums *sums;
	struct run *run;
};

static int sums_take(void *ctx, const struct source *source, const struct retrans_source *id,
		     const struct retrans_more *more)
{
	struct taking *t = ctx;

	if (source ? source->wanted : !t->sums->by_owner)
		return sums_join(t->sums, source ? source->key : NULL, id->cause, more);
	if (source)
		t->run->filtered += more->events;
	else
		loss__unwritten(t->run->loss, more->events);
	return 0;
}

/* What the programs have added up until now. From here on they begin anew. */
static int sums_collect(struct sums *s, struct run *run, bool last)
{
	struct taking taking = { s, run };
	bool settled;
	int err;

	/* Pairs with top_adds(): who enters from here on has the new one. */
	__atomic_store_n(s->sources.epoch, *s->sources.epoch + 1, __ATOMIC_SEQ_CST);
	settled = stream__settle(run->stream);
	err = events__drain(run->events);
	/*
	 * A program that has been preempted may still add to what it has found: the next time. At
	 * the end there is none.
	 */
	if (err || (!settled && !last))
		return err;
	return sources__take(&s->sources, last, sums_take, &taking);
}

int sums__show(struct sums *s, struct run *run, bool last)
{
	int err = sums_collect(s, run, last);

	if (err)
		return err;
	run->shown += s->events;
	s->events = 0;
	return top__tick(&s->top, run);
}
