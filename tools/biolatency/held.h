/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * How many bios of a disk without requests are in flight, by the programs' own table: device-mapper
 * counts what it holds back (dm-delay, a suspended device) only once it is on its way.
 */
#ifndef BIOLATENCY_HELD_H
#define BIOLATENCY_HELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "tools/biolatency/biolatency.h"

struct bpf_map;
struct inflight_set;

struct held {
	const struct inflight_set *sets;
	struct held_disk {
		uint32_t dev;
		uint64_t bios;
		uint64_t bytes[GROUP_MAX];
	} * disks;
	size_t ndisks;
};

/* After load. 0 or -errno. */
int held__init(struct held *h, const struct bpf_map *bios);
void held__free(struct held *h);
/* Counts anew; `trusted`: each bio that ended was seen to. 0 or -ENOMEM. */
int held__look(struct held *h, bool trusted);
/* `ctx` is the struct held. */
uint64_t held__of(void *ctx, uint32_t dev);
uint64_t held__bytes(const struct held *h, uint32_t dev, enum disk_group group);

#endif
