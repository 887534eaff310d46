/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* For tool*.c: a run's beginning and end. */
#ifndef SNOOPKIT_TOOL_LIFE_H
#define SNOOPKIT_TOOL_LIFE_H

#include "common/tool/tool.h"

/* From privileges to attached programs. 0, -errno or TOOL_TOLD(). */
int tool__start(struct run *run);
/*
 * From what ended the loop to the equation: whatever it was, what there is to show is shown, or
 * counted as lost. Returns `err`, what went wrong since, or 0.
 */
int tool__end(struct run *run, int err);
/* Before load: what is not needed without a filter by cgroup. 0 or -errno. */
int tool__follow_plan(const struct run *run);
/* After load, before other programs are attached. 0 or -errno. */
int tool__follow_start(struct run *run);
/* When there are a ring and a stream. 0 or -errno. */
int tool__follow_listen(struct run *run);
/* What is known of the kernel, and is needed no more. */
void tool__free_types(struct run *run);

#endif
