/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Records as rows and objects. */
#ifndef EXECSNOOP_VIEW_H
#define EXECSNOOP_VIEW_H

#include "common/owner/process.h"
#include "common/tool/tool.h"
#include "tools/execsnoop/args.h"
#include "tools/execsnoop/options.h"
#include "tools/execsnoop/running.h"
#include "tools/execsnoop/wanted.h"

struct exec_view {
	const struct exec_options *opt;
	struct process_names names;
	struct wanted wanted;
	struct running running; /* with --exit */
	struct args_ahead ahead;
};

/* -EINVAL after a line on stderr: an expression is not one. */
int view__parsed(struct exec_view *v);
void view__free(struct exec_view *v);
/* With --exit: the processes that were there before, by the iterator of their records. */
int view__older(struct exec_view *v, struct bpf_link *iterator);
/* A record of the programs. Counts in run->shown and run->filtered. 0 or -errno. */
int view__record(struct exec_view *v, struct run *run, const struct record *r);

#endif
