/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The values of the user's options. */
#ifndef EXECSNOOP_OPTIONS_H
#define EXECSNOOP_OPTIONS_H

#include "common/owner/owner.h"

struct exec_options {
	struct event_options event; /* -T -t -U */
	bool failed, quote, cpu;    /* -x -q -C */
	bool exit, exe, cwd;
	const char *name, *line; /* -n -l */
	const char *exe_path;	 /* glob */
	struct owner_options owner;
	uint64_t ancestors, max_args, max_args_bytes, buffer;
};

extern struct exec_options exec_opt;
extern const struct tool_tables execsnoop_tables; /* tables.c */

#endif
