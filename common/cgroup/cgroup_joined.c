// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/cgroup/cgroup_joined.h"

#include <stdlib.h>
#include <string.h>

static size_t joined_find(const struct cgroup_joined *j, uint64_t id)
{
	size_t i = 0;

	while (i < j->count && j->list[i].id != id)
		i++;
	return i;
}

bool cgroup_joined__add(struct cgroup_joined *j, uint64_t id, const char *path)
{
	char *copy;

	if (joined_find(j, id) < j->count || j->count == CGROUP_JOINED_MAX)
		return false;
	copy = strdup(path);
	if (!copy)
		return false;
	j->list[j->count++] = (struct cgroup_joined_one){ id, copy };
	return true;
}

bool cgroup_joined__drop(struct cgroup_joined *j, uint64_t id)
{
	size_t i = joined_find(j, id);

	if (i == j->count)
		return false;
	free(j->list[i].path);
	j->list[i] = j->list[--j->count];
	return true;
}

void cgroup_joined__free(struct cgroup_joined *j)
{
	while (j->count)
		free(j->list[--j->count].path);
}
