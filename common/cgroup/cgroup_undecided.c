// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/cgroup/cgroup_undecided.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Names are looked for in files: less often for who is without for long. */
#define FIRST_STEP_NS 20000000ULL

int cgroup_undecided__add(struct cgroup_undecided *u, uint64_t id, uint64_t time_ns,
			  const char *path)
{
	struct cgroup_undecided_one one = { .id = id,
					    .time_ns = time_ns,
					    .next_ns = time_ns + FIRST_STEP_NS,
					    .step_ns = FIRST_STEP_NS };
	size_t i = u->count;

	if (u->count == CGROUP_UNDECIDED_MAX)
		return -ENOSPC;
	one.path = strdup(path);
	if (!one.path)
		return -ENOMEM;
	for (; i && u->list[i - 1].time_ns > time_ns; i--)
		u->list[i] = u->list[i - 1];
	u->list[i] = one;
	u->count++;
	return 0;
}

struct cgroup_undecided_one *cgroup_undecided__due(struct cgroup_undecided *u, uint64_t now_ns)
{
	for (size_t i = 0; i < u->count; i++) {
		struct cgroup_undecided_one *one = &u->list[i];

		if (one->next_ns > now_ns)
			continue;
		one->next_ns = now_ns + one->step_ns;
		one->step_ns *= 2;
		/* The last look is when its time is over. */
		if (one->next_ns > one->time_ns + CGROUP_UNDECIDED_NS)
			one->next_ns = one->time_ns + CGROUP_UNDECIDED_NS;
		return one;
	}
	return NULL;
}

struct cgroup_undecided_one *cgroup_undecided__find(struct cgroup_undecided *u, uint64_t id)
{
	for (size_t i = 0; i < u->count; i++)
		if (u->list[i].id == id)
			return &u->list[i];
	return NULL;
}

void cgroup_undecided__drop(struct cgroup_undecided *u, struct cgroup_undecided_one *one)
{
	size_t i = one - u->list;

	free(one->path);
	u->count--;
	memmove(one, one + 1, (u->count - i) * sizeof(*one));
}

uint64_t cgroup_undecided__since_ns(const struct cgroup_undecided *u)
{
	return u->count ? u->list[0].time_ns : UINT64_MAX;
}

void cgroup_undecided__free(struct cgroup_undecided *u)
{
	while (u->count)
		cgroup_undecided__drop(u, &u->list[u->count - 1]);
}
