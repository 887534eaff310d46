/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Chooses the programs for the options and this kernel, and sets their constants. */
#ifndef EXECSNOOP_PLAN_H
#define EXECSNOOP_PLAN_H

#include "common/tool/tool.h"
#include "tools/execsnoop/options.h"

struct execsnoop_bpf;

int plan__configure(const struct exec_options *opt, struct run *run);
/* After loading: attaches the cheapest programs that see failed execs. */
int plan__prepare(const struct exec_options *opt, struct run *run);
/* Before anything is detached: the first programs go one by one, and nobody makes up for that. */
void plan__ending(struct run *run);

#endif
