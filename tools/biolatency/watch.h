/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Disks that are not like others, of which the programs are told (enum bio_watch). */
#ifndef BIOLATENCY_WATCH_H
#define BIOLATENCY_WATCH_H

#include "tools/biolatency/programs.h"

void watch__free(struct watch *w);
/* Looks at all disks and attaches the programs that they need. 0 or -errno. */
int watch__scan(struct bio_plan *plan, struct run *run);

#endif
