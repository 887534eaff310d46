/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Which programs the question needs on this kernel, and what they are told. Most questions
 * need only the one at completion; a program that notes an earlier time is attached when the
 * request cannot tell it: at once where that is known, or when the first such request is met.
 */
#ifndef BIOLATENCY_PLAN_H
#define BIOLATENCY_PLAN_H

#include "tools/biolatency/programs.h"

void plan__free(struct bio_plan *plan);
int plan__configure(struct bio_plan *plan, struct run *run);
/* Everything is attached: what cannot be seen is said, and disks without requests are found. */
int plan__begin(struct bio_plan *plan, struct run *run);
/* Disks that came since. */
int plan__rescan(struct bio_plan *plan, struct run *run);

#endif
