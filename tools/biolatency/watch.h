/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Disks that are not like others, of which the programs are told (enum bio_watch). */
#ifndef BIOLATENCY_WATCH_H
#define BIOLATENCY_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bio_plan;
struct run;

struct watch {
	/* What the programs were told. */
	struct watch_disk {
		uint32_t dev;
		uint8_t watch; /* enum bio_watch */
	} * disks;
	size_t ndisks;
	bool stacked; /* found by the scan that goes on */
};

void watch__free(struct watch *w);
/* Looks at all disks and attaches the programs that they need. 0 or -errno. */
int watch__scan(struct bio_plan *plan, struct run *run);

#endif
