/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Disks that have I/O in flight and complete none. From the kernel's own statistics: a disk whose
 * iostats are off, or whose driver keeps none (brd), has nothing in flight there.
 *
 * Each look is compared with the ones before, so a stall is at least as long as it is said to be.
 * One counts if it is longer than what the disk's I/O takes anyway: STALL_NS, or twice the average
 * of what it has completed since the first look.
 */
#ifndef SNOOPKIT_STALLS_H
#define SNOOPKIT_STALLS_H

#include <stddef.h>
#include <stdint.h>
#include "common/block/disk.h"

/* A little less than a second, the shortest interval. */
#define STALL_NS 900000000ULL

struct stall {
	uint32_t dev;
	char name[DISK_NAME_MAX];
	uint64_t in_flight;
	uint64_t ns; /* nothing completed for so long */
};

struct stalls {
	struct stall_disk *disks; /* as the last look found them, in the kernel's order */
	size_t ndisks, next;	  /* `next`: where the disk of the next line probably is */
	uint64_t looks;
	struct stall *found;
	size_t nfound;
};

void stalls__free(struct stalls *s);
struct stalls_question {
	const uint32_t *only; /* these disks or partitions; NULL: all disks, without partitions */
	size_t nonly;
	uint64_t now_ns; /* of CLOCK_MONOTONIC */
	/* What else is known to be in flight on a disk; may be NULL. */
	uint64_t (*in_flight)(void *ctx, uint32_t dev);
	void *ctx;
};

/* Takes a look. Then found[] has those that stall, in the kernel's order. 0 or -errno. */
int stalls__look(struct stalls *s, const struct stalls_question *q);

#endif
