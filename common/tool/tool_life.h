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
/* What is known of the kernel, and is needed no more. */
void tool__free_types(struct run *run);

#endif
