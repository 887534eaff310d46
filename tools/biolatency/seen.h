/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* User side of seen.bpf.h: what the programs have seen of each disk, all CPUs together. */
#ifndef BIOLATENCY_SEEN_H
#define BIOLATENCY_SEEN_H

#include <stddef.h>
#include <stdint.h>
#include "tools/biolatency/biolatency.h"

struct bpf_map;

struct seen {
	const struct disk_seen *rows;
	size_t size, cpus;
	uint32_t mask;
};

/*
 * Before load: room for twice as many disks as there are, at least 16, at most 1024, and in all not
 * more than 8 MB. *mask is for the program's seen_mask. 0 or -errno.
 */
int seen__size(struct bpf_map *map, size_t disks, uint32_t *mask);
/* After load. 0 or -errno. */
int seen__init(struct seen *s, const struct bpf_map *map, uint32_t mask);
void seen__free(struct seen *s);

/* `key` is a disk's number and SEEN_REQUESTS or SEEN_BIOS. */
void seen__of(const struct seen *s, uint64_t key, struct disk_seen *sum);
/* How many of all disks found no row. */
uint64_t seen__others(const struct seen *s);

#endif
