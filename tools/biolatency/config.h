/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What the programs are told in their constants (config.bpf.h): the question, and this kernel. */
#ifndef BIOLATENCY_CONFIG_H
#define BIOLATENCY_CONFIG_H

#include "tools/biolatency/programs.h"

/* 0, -errno or TOOL_TOLD(). */
int config__set(struct bio_plan *plan, struct run *run);

#endif
