/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * A tool that shows events of processes, one by one or as sums by --top. Its records begin with
 * struct event_record, its rows with struct event_row, and the rows of its sums with struct
 * top_row. What it has to say itself is how a record becomes a row, and what a sum adds up.
 */
#ifndef SNOOPKIT_EVENT_TOOL_H
#define SNOOPKIT_EVENT_TOOL_H

#include "common/bpf/process_wire.h"
#include "common/owner/owner.h"
#include "common/owner/top_owner.h"

struct event_row {
	uint64_t time_ns;
	double elapsed_s;
	struct process_row who;
};

struct event_tool {
	const struct owner_options *owner;
	const struct top_options *top_options;
	const struct top_kind *top; /* NULL: events are counted */
	const struct field *fields; /* of a row */
	size_t record_size, row_size;
	uint64_t ring_bytes;
	/* The members of the row behind struct event_row, which is there. */
	void (*row)(const struct event_record *r, void *row);
	void (*sum)(const struct event_record *r, void *sum); /* with `top` */
};

/* For the option table, and the table of a row's fields. */
#define EVENT_OPTIONS(o) EVENT_TIME('T', o), EVENT_TIMESTAMP('t', o), EVENT_UID('U', o)
#define EVENT_FIELDS                                                                             \
	EVENT_FIELD_TIME(struct event_row, time_ns),                                             \
		EVENT_FIELD_ELAPSED(struct event_row, elapsed_s),                                \
		OWNER_FIELD_UID(struct event_row, who), OWNER_FIELD_COMM(struct event_row, who), \
		OWNER_FIELD_PID(struct event_row, who), OWNER_FIELD_TID(struct event_row, who),  \
		OWNER_FIELD_CONTAINER(struct event_row, who),                                    \
		OWNER_FIELD_CGROUP(struct event_row, who),                                       \
		OWNER_FIELD_CGROUP_ID(struct event_row, who)
/* What sums can be by, and the fields of their rows, behind those of the tool. */
#define EVENT_TOP_OPTIONS(o)                                                          \
	TOP_OPTION_BY(o, "show sums by process, program, container, cgroup or unit"), \
		TOP_OPTION_ROWS(o)
#define EVENT_TOP_FIELDS                                                               \
	TOP_FIELD_PID, TOP_FIELD_COMM("top=process top=program"), TOP_FIELD_CONTAINER, \
		TOP_FIELD_CGROUP, TOP_FIELD_UNIT, TOP_FIELD_INTERVAL
extern const struct top_by *const event_by[];
/* Of counts, by all of these. */
extern const struct field event_count_fields[];
extern const struct member event_count_members[];
/* Its members that are no fields. */
extern const struct member event_members[];

/* The callbacks of its struct tool, whose tables have its struct event_tool as `kind`. */
#define EVENT_TOOL                                                                 \
	.parsed = event_tool__parsed, .configure = event_tool__configure,          \
	.begin = event_tool__begin, .record = event_tool__record, .ordered = true, \
	.tick = event_tool__tick, .finish = event_tool__tick, .release = event_tool__release

int event_tool__parsed(struct run *run);
int event_tool__configure(struct run *run);
int event_tool__begin(struct run *run);
int event_tool__record(struct run *run, const void *data, size_t size);
int event_tool__tick(struct run *run);
void event_tool__release(struct run *run);

#endif
