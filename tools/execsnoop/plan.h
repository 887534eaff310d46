/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Which programs the question needs on this kernel, and what they are told. */
#ifndef EXECSNOOP_PLAN_H
#define EXECSNOOP_PLAN_H

#include "common/tool/tool.h"
#include "tools/execsnoop/options.h"

struct execsnoop_bpf;

int plan__configure(const struct exec_options *opt, struct run *run);
/* Everything is loaded: attaches what sees failed execs at the least price. */
int plan__prepare(const struct exec_options *opt, struct run *run);

#endif
