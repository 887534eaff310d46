/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Whose events a tool shows: options by owner, their way into the programs, and the columns that
 * tell an owner. A long name means the same in every tool; the letter is the tool's, 0 for none.
 */
#ifndef SNOOPKIT_OWNER_H
#define SNOOPKIT_OWNER_H

#include <stdbool.h>
#include <stdint.h>
#include "common/bpf/cgroup_target_wire.h"
#include "common/cgroup/unit.h"
#include "common/out/field.h"
#include "common/owner/process_filter.h"
#include "common/tool/tool.h"

/* Rows of an option table, for `o`, a struct owner_options. */
#define OWNER_PID(letter, o)                                                              \
	{                                                                                 \
		CLI_NUMBER, letter, "pid", "PID", "of this process", &(o).pid, 1, 1 << 22 \
	}
#define OWNER_PPID(letter, o)                                                                   \
	{                                                                                       \
		CLI_NUMBER, letter, "ppid", "PID", "of children of this process", &(o).ppid, 1, \
			1 << 22                                                                 \
	}
#define OWNER_TREE(letter, o)                                                             \
	{                                                                                 \
		CLI_NUMBER, letter, "tree", "PID", "of this process and its descendants", \
			&(o).tree, 1, 1 << 22                                             \
	}
#define OWNER_COMM(letter, o)                                                                   \
	{                                                                                       \
		CLI_TEXT, letter, "comm", "NAME", "of programs of exactly this name", &(o).comm \
	}
#define OWNER_UID(letter, o)                                                                 \
	{                                                                                    \
		CLI_TEXT, letter, "uid", "USER", "of this user, by number or name", &(o).uid \
	}
#define OWNER_EUID(letter, o)                                                         \
	{                                                                             \
		CLI_TEXT, letter, "euid", "USER", "of this effective user", &(o).euid \
	}
#define OWNER_CGROUP(letter, o)                                                          \
	{                                                                                \
		CLI_TEXT, letter, "cgroup", "PATH", "of this cgroup and those below it", \
			&(o).cgroup                                                      \
	}
#define OWNER_CONTAINER(letter, o)                                                            \
	{                                                                                     \
		CLI_TEXT, letter, "container", "ID|NAME", "of this container", &(o).container \
	}
#define OWNER_UNIT(letter, o)                                                       \
	{                                                                           \
		CLI_TEXT, letter, "unit", "NAME", "of this systemd unit", &(o).unit \
	}
#define OWNER_NETNS(letter, o)                                                             \
	{                                                                                  \
		CLI_TEXT, letter, "netns", "NETNS",                                        \
			"in this network namespace: name, file, PID or number", &(o).netns \
	}

/* Whether a filter by owner was given; --netns is not one. */
bool owner__filters(const struct owner_options *o);
/*
 * configure(): gives the programs what they have of these constants, by name: process_filter,
 * filter_pid, filter_uid, filter_comm, filter_owner (any filter), with_netns, filter_netns,
 * cgroup_target, cgroup1_hierarchy and cgroup1_subsys; and omits the programs of a tree where there
 * is no use for them. An option that the programs have no constant for is left to the tool. 0,
 * -errno or TOOL_TOLD().
 */
int owner__configure(struct run *run, const struct owner_options *o);

/* -T, -t, -U: the columns that every stream of events can have. */
struct event_options {
	bool time, elapsed, uid;
};

#define EVENT_TIME(letter, o)                                                \
	{                                                                    \
		CLI_FLAG, letter, "time", NULL, "the time of day", &(o).time \
	}
#define EVENT_TIMESTAMP(letter, o)                                                           \
	{                                                                                    \
		CLI_FLAG, letter, "timestamp", NULL, "seconds since the start", &(o).elapsed \
	}
#define EVENT_UID(letter, o)                                              \
	{                                                                 \
		CLI_FLAG, letter, "print-uid", NULL, "the user", &(o).uid \
	}

/* Fields of a row of type T: of a member, or of `who`, a struct process_row in it. */
#define EVENT_FIELD_TIME(T, time_ns)                                                   \
	{                                                                              \
		"time", "TIME", FIELD_TIME, 9, .wide = true, .with = "time",           \
					       .help = "the time of day of the event", \
					       .offset = offsetof(T, time_ns)          \
	}
#define EVENT_FIELD_ELAPSED(T, elapsed_s)                                                  \
	{                                                                                  \
		"elapsed_s", "TIME(s)", FIELD_REAL, 8, 3,                                  \
			.wide = true, .with = "timestamp",                                 \
			.help = "seconds since the start of the tool", .table_only = true, \
			.offset = offsetof(T, elapsed_s)                                   \
	}
#define OWNER_FIELD_PID(T, who)                                             \
	{                                                                   \
		"pid", "PID", FIELD_U64, 8, .help = "the process's number", \
					    .offset = offsetof(T, who.pid)  \
	}
#define OWNER_FIELD_TID(T, who)                                                          \
	{                                                                                \
		"tid", "TID", FIELD_U64, 8, .wide = true, .help = "the thread's number", \
					    .offset = offsetof(T, who.tid)               \
	}
#define OWNER_FIELD_COMM(T, who)                                                                \
	{                                                                                       \
		"comm", "COMM", FIELD_TEXT, 16, .room = 16, .foreign = true,                    \
						.help = "the process's name, at most 15 bytes", \
						.offset = offsetof(T, who.comm)                 \
	}
#define OWNER_FIELD_UID(T, who)                                                \
	{                                                                      \
		"uid", "UID", FIELD_U64, 7, .wide = true, .with = "print-uid", \
					    .help = "the user's number",       \
					    .offset = offsetof(T, who.uid)     \
	}
#define OWNER_FIELD_EUID(T, who)                                                                   \
	{                                                                                          \
		"euid", "EUID", FIELD_U64, 7, .wide = true, .help = "the effective user's number", \
					      .offset = offsetof(T, who.euid)                      \
	}
#define OWNER_FIELD_CONTAINER(T, who)                                                  \
	{                                                                              \
		"container", "CONTAINER", FIELD_TEXT, 16,                              \
			.room = 48, .wide = true, .table_only = true, .foreign = true, \
			.help = "the container's name, or the start of its ID",        \
			.offset = offsetof(T, who.container)                           \
	}
#define OWNER_FIELD_CGROUP(T, who)                                                              \
	{                                                                                       \
		"cgroup", "CGROUP", FIELD_TEXT, 32, .room = 100, .wide = true, .foreign = true, \
						    .help = "the cgroup's path",                \
						    .offset = offsetof(T, who.cgroup)           \
	}
#define OWNER_FIELD_CGROUP_ID(T, who)                                                              \
	{                                                                                          \
		"cgroup_id", NULL, FIELD_U64, .help = "the cgroup's number, as the kernel has it", \
					      .offset = offsetof(T, who.cgroup_id)                 \
	}

#endif
