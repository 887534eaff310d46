/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The values of the user's options. */
#ifndef BIOLATENCY_OPTIONS_H
#define BIOLATENCY_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include "common/owner/owner.h"
#include "common/tool/cli.h"

struct bio_options {
	bool timestamp, msecs, queued, per_disk, per_flag, extension; /* -T -m -Q -D -F -e */
	bool phases, exact, errors;
	struct owner_options owner;
	struct cli_list disks; /* -d */
	const char *op;
	uint64_t max_series;
	uint64_t interval_s, count;
};

extern struct bio_options bio_opt;
extern const struct tool_tables biolatency_tables; /* tables.c */

#endif
