/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* New cgroups of which it is not known yet whether they are wanted. */
#ifndef SNOOPKIT_CGROUP_UNDECIDED_H
#define SNOOPKIT_CGROUP_UNDECIDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* With a path of some 100 bytes each. */
#define CGROUP_UNDECIDED_MAX 1024
/* From then on it is another's. */
#define CGROUP_UNDECIDED_NS 1000000000ULL

struct cgroup_undecided_one {
	uint64_t id;
	uint64_t time_ns;	   /* when it was made */
	uint64_t next_ns, step_ns; /* when to look again */
	char *path;
};

/* In the order of their times. */
struct cgroup_undecided {
	struct cgroup_undecided_one list[CGROUP_UNDECIDED_MAX];
	size_t count;
};

/* Copies the path. -ENOSPC, -ENOMEM. */
int cgroup_undecided__add(struct cgroup_undecided *u, uint64_t id, uint64_t time_ns,
			  const char *path);
/* The first that is due at this time, which is due later from now on; NULL. */
struct cgroup_undecided_one *cgroup_undecided__due(struct cgroup_undecided *u, uint64_t now_ns);
struct cgroup_undecided_one *cgroup_undecided__find(struct cgroup_undecided *u, uint64_t id);
void cgroup_undecided__drop(struct cgroup_undecided *u, struct cgroup_undecided_one *one);
/* When the oldest was made; UINT64_MAX. */
uint64_t cgroup_undecided__since_ns(const struct cgroup_undecided *u);
void cgroup_undecided__free(struct cgroup_undecided *u);

#endif
