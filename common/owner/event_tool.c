// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/owner/event_tool.h"

#include <errno.h>
#include <stdlib.h>
#include "common/stream/stream.h"

/* Of the one tool that this process is. */
static struct process_names names;
static struct top top;
static struct event_row *row;

const struct top_by *const event_by[] = {
	&top_by_process, &top_by_program, &top_by_container, &top_by_cgroup, &top_by_unit, NULL,
};

struct count_row {
	struct top_row top;
	uint64_t count;
};

const struct field event_count_fields[] = {
	{ "count", "COUNT", FIELD_U64, 9, .always = true, .help = "how many events",
	  .offset = offsetof(struct count_row, count) },
	EVENT_TOP_FIELDS,
	{},
};

const struct member event_count_members[] = {
	TOP_MEMBER_OTHER,
	{},
};

/* 600 bytes each. */
#define COUNTS_MAX 16384

static const struct top_kind counts = {
	.by = event_by,
	.fields = event_count_fields,
	.row_size = sizeof(struct count_row),
	.sum_size = sizeof(uint64_t),
	.sum_at = offsetof(struct count_row, count),
	.max = COUNTS_MAX,
	.sort = "count",
	.others = { { "count", "events" } },
};

const struct member event_members[] = {
	PROCESS_MEMBER_CONTAINER,
	{},
};

static const struct event_tool *kind_of(const struct run *run)
{
	return run->tool->tables->kind;
}

int event_tool__parsed(struct run *run)
{
	const struct event_tool *kind = kind_of(run);

	return top__parse(&top, kind->top ?: &counts, kind->top_options) ? TOOL_TOLD(TOOL_USAGE) :
									   0;
}

int event_tool__configure(struct run *run)
{
	const struct event_tool *kind = kind_of(run);
	__u64 *wake_bytes = tool__variable(run, "ring_wake_bytes", sizeof(*wake_bytes));
	__u32 *cgroup1;
	int err = owner__configure(run, kind->owner);

	if (err)
		return err;
	run->out.stream = !top.by;
	run->out.unit_ns = 1000000;
	cgroup1 = tool__variable(run, "cgroup1_hierarchy", sizeof(*cgroup1));
	names.cgroup1 = cgroup1 ? *cgroup1 : 0;
	return tool__ring_size(run, kind->ring_bytes, wake_bytes);
}

int event_tool__begin(struct run *run)
{
	row = calloc(1, kind_of(run)->row_size);
	if (!row)
		return -ENOMEM;
	names.cgroups = stream__cgroups(run->stream);
	if (!top.by)
		out__header(&run->out);
	return top__begin(&top, run->start_ns);
}

static int event_sum(const struct event_tool *kind, const struct event_record *r)
{
	struct top_owner owner;
	void *sum;

	top_owner__of(&owner, &row->who);
	sum = top__add(&top, &owner, r);
	if (!sum)
		return -ENOMEM;
	if (kind->sum)
		kind->sum(r, sum);
	else
		++*(uint64_t *)sum;
	return 0;
}

static void event_show(const struct event_tool *kind, const struct event_record *r, struct run *run)
{
	struct out *o = &run->out;

	row->time_ns = r->head.time_ns;
	row->elapsed_s = ((double)row->time_ns - (double)run->start_ns) / NSEC_PER_SEC;
	kind->row(r, row);
	out__begin(o, "event", row->time_ns);
	if (o->json) {
		out__members(o, kind->fields, row);
		process__json(&row->who, &o->j);
	}
	out__end(o);
	out__row(o, row);
}

int event_tool__record(struct run *run, const void *data, size_t size)
{
	const struct event_tool *kind = kind_of(run);
	const struct event_record *r = data;

	if (size < kind->record_size)
		return -EINVAL;
	if (!tool__wants(run, r->who.cgroup_id, r->who.cgroup1_id))
		return 0;
	run->shown++;
	process__row(&r->who, &names, &row->who);
	if (top.by)
		return event_sum(kind, r);
	event_show(kind, r, run);
	return 0;
}

int event_tool__tick(struct run *run)
{
	return top.by ? top__tick(&top, run) : 0;
}

void event_tool__release(struct run *run)
{
	(void)run;
	top__free(&top);
	free(row);
	row = NULL;
}
