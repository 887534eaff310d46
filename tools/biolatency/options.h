/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What the user asked for. */
#ifndef BIOLATENCY_OPTIONS_H
#define BIOLATENCY_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct bio_options {
	bool timestamp, msecs, queued, per_disk, per_flag, extension; /* -T -m -Q -D -F -e */
	bool phases, exact, errors;
	const char *disk, *op, *cgroup, *container;
	uint64_t pid, max_series;
	uint64_t interval_s, count;
};

extern struct bio_options bio_opt;
extern const struct tool_tables bio_tables; /* tables.c */

#endif
