/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Filters by text: -n, -l, --exe-path. */
#ifndef EXECSNOOP_WANTED_H
#define EXECSNOOP_WANTED_H

#include "common/base/pattern.h"
#include "tools/execsnoop/args.h"
#include "tools/execsnoop/options.h"

struct wanted {
	struct pattern *name, *line, *exe_path; /* NULL: not given */
	bool whole_path;			/* exe_path is not just for the last component */
	struct buf search;
	/* What searches may still cost (pattern.h). It grows with time, so that others have theirs.
	 */
	uint64_t allowance, allowed_ns;
	uint64_t given_up; /* execs, and what ran before */
	bool gives_up;	   /* the exec that is being looked at is one */
};

struct wanted_exec {
	const char *comm;
	const char *filename, *exe; /* as given, and the file's own; NULL: not known */
	const char *cwd;	    /* whole, for a filename that is relative to it; or NULL */
	bool exe_cut;
	bool script;   /* filename is a script; its interpreter was executed */
	bool executed; /* the file was, for better or worse */
	const struct args *args;
};

/* -EINVAL after a line on stderr: a pattern is not one. */
int wanted__parse(struct wanted *w, const struct exec_options *opt);
void wanted__free(struct wanted *w);

bool wanted__has_name(struct wanted *w, const char *comm);
bool wanted__has(struct wanted *w, const struct wanted_exec *exec);
/* A process that runs already; `exe` is NULL if it is not known. */
bool wanted__has_older(struct wanted *w, uint32_t pid, const char *comm, const char *exe);

#endif
