/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The cgroups that were new and turned out not to be wanted: what the programs have sent of them
 * meanwhile is to be left out. Only the last ones can still be in a ring.
 */
#ifndef SNOOPKIT_CGROUP_REJECTED_H
#define SNOOPKIT_CGROUP_REJECTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More than the ring of news can hold. 192 kB. */
#define CGROUP_REJECTED_MAX 8192

struct cgroup_rejected {
	uint64_t ids[CGROUP_REJECTED_MAX]; /* in turn */
	uint64_t slots[2 * CGROUP_REJECTED_MAX];
	size_t count; /* ever */
};

void cgroup_rejected__add(struct cgroup_rejected *r, uint64_t id);
bool cgroup_rejected__has(const struct cgroup_rejected *r, uint64_t id);

#endif
