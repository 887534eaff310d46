/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The kernel's statistics of a disk or partition (Documentation/admin-guide/iostats.rst). */
#ifndef SNOOPKIT_DISK_STAT_H
#define SNOOPKIT_DISK_STAT_H

#include <stdbool.h>
#include <stdint.h>

/* Which I/O is counted as what: op_stat_group(). Flushes have no sectors. */
enum disk_stat_group {
	DISK_READ = 0,
	DISK_WRITE = 1,
	DISK_DISCARD = 2,
	DISK_FLUSH = 3,
	DISK_GROUPS = 4,
};

struct disk_stat {
	/* Completed. Up to 6.2 disks without requests count here what they have begun. */
	uint64_t ios[DISK_GROUPS];
	uint64_t sectors[DISK_GROUPS]; /* of DISK_SECTOR_BYTES */
	uint64_t ms[DISK_GROUPS];
	uint64_t in_flight;
};

/*
 * What stands in sysfs' `stat`, or in diskstats behind the name. Discards came with 4.18, flushes
 * with 5.5. False: it is something else.
 */
bool disk_stat__parse(const char *text, struct disk_stat *st);
/* Reads sysfs' file of a disk. 0 or -errno. */
int disk_stat__read(uint32_t dev, struct disk_stat *st);

/* All groups together. */
uint64_t disk_stat__ios(const struct disk_stat *st);

#endif
