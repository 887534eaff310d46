/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Keys of sums (top.h) for every tool that knows the owners of its events. */
#ifndef SNOOPKIT_TOP_OWNER_H
#define SNOOPKIT_TOP_OWNER_H

#include "common/owner/process.h"
#include "common/owner/top.h"

/*
 * process: PID and name. program: the name. parent: PID and name of the parent. unit: of systemd,
 * by the cgroup's path.
 */
extern const struct top_by top_by_process, top_by_program, top_by_parent;
extern const struct top_by top_by_container, top_by_cgroup, top_by_unit;

/* All but the parent. */
void top_owner__of(struct top_owner *owner, const struct process_row *row);

/* The columns of these keys. `with`: which ones show the name, as "top=process top=program". */
#define TOP_FIELD_PID                                                               \
	{                                                                           \
		"pid", "PID", FIELD_U64, 8, .wide = true, .with = "top=process",    \
					    .help = "the process's number",         \
					    .offset = offsetof(struct top_row, pid) \
	}
#define TOP_FIELD_COMM(shown_with)                                                              \
	{                                                                                       \
		"comm", "COMM", FIELD_TEXT, 16, .room = 16, .wide = true, .with = shown_with,   \
						.foreign = true,                                \
						.help = "the process's name, at most 15 bytes", \
						.offset = offsetof(struct top_row, comm)        \
	}
#define TOP_FIELD_PPID                                                                 \
	{                                                                              \
		"ppid", "PPID", FIELD_U64, 8, .wide = true, .with = "top=parent",      \
					      .help = "the parent's number",           \
					      .offset = offsetof(struct top_row, ppid) \
	}
#define TOP_FIELD_PCOMM                                                                           \
	{                                                                                         \
		"pcomm", "PCOMM", FIELD_TEXT, 16, .room = 16, .wide = true, .with = "top=parent", \
						  .foreign = true, .help = "the parent's name",   \
						  .offset = offsetof(struct top_row, pcomm)       \
	}
#define TOP_FIELD_CONTAINER                                                                 \
	{                                                                                   \
		"container_name", "CONTAINER", FIELD_TEXT, 24,                              \
			.room = 64, .wide = true, .with = "top=container", .foreign = true, \
			.help = "the container's name, or the start of its ID",             \
			.offset = offsetof(struct top_row, container)                       \
	}
#define TOP_FIELD_CONTAINER_ID                                                                     \
	{                                                                                          \
		"container_id", NULL, FIELD_TEXT, .when = "with --top container, in one",          \
						  .help = "the container's whole ID",              \
						  .offset = offsetof(struct top_row, container_id) \
	}
#define TOP_FIELD_CGROUP                                                                        \
	{                                                                                       \
		"cgroup", "CGROUP", FIELD_TEXT, 32,                                             \
			.room = 100, .wide = true, .with = "top=cgroup", .foreign = true,       \
			.help = "the cgroup's path", .offset = offsetof(struct top_row, cgroup) \
	}
#define TOP_FIELD_UNIT                                                                        \
	{                                                                                     \
		"unit", "UNIT", FIELD_TEXT, 24, .room = 64, .wide = true, .with = "top=unit", \
						.foreign = true, .help = "the systemd unit",  \
						.offset = offsetof(struct top_row, unit)      \
	}

#endif
