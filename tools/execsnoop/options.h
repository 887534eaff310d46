/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What the user asked for. */
#ifndef EXECSNOOP_OPTIONS_H
#define EXECSNOOP_OPTIONS_H

#include "common/owner/process_filter.h"

struct exec_options {
	bool time, elapsed, failed, quote, uid, cpu; /* -T -t -x -q -U -C */
	bool exit, exe, cwd;
	const char *name, *line; /* -n -l */
	const char *exe_path;	 /* glob */
	struct process_options process;
	const char *cgroup, *container;
	uint64_t ancestors, max_args, max_args_bytes, buffer;
	bool has_ancestors; /* a column */
};

extern struct exec_options exec_opt;
extern const struct tool_tables execsnoop_tables; /* tables.c */

#endif
