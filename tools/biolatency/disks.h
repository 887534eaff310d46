/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The disks of -d, by name or number: what comes later under it is the disk, too. A file means the
 * disk that it was on at the start.
 */
#ifndef BIOLATENCY_DISKS_H
#define BIOLATENCY_DISKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/block/disk.h"
#include "common/tool/cli.h"
#include "tools/biolatency/biolatency.h"

struct disks {
	struct disk_choice {
		const char *name; /* as the user typed it */
		struct disk_ref ref;
		bool there;
		bool warned; /* that it is of another kind */
	} of[CLI_LIST_MAX];
	size_t n; /* 0: all disks */
	/* There is none of the other kind, and programs for it are not loaded. */
	bool bios_only, requests_only;
	bool partitions_only;
};

/* A number of no disk. */
#define DISKS_NO_DEV UINT32_MAX

/* Before load. TOOL_TOLD(TOOL_USAGE): one of them can never be a disk. */
int disks__find(struct disks *d, const struct cli_list *names);
/* Looks again, and tells what came or went. True: there is something new for the programs. */
bool disks__look(struct disks *d);
/* What the programs ask; pairs with on_wanted_disk(). */
void disks__tell(const struct disks *d, struct bio_disk *to);
bool disks__has(const struct disks *d, uint32_t dev);
/* The numbers of those that are there, of a partition its own. How many. */
size_t disks__numbers(const struct disks *d, uint32_t to[CLI_LIST_MAX]);

#endif
