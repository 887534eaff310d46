/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The cgroups that bear the name that the user gave, without those below them. */
#ifndef SNOOPKIT_CGROUP_JOINED_H
#define SNOOPKIT_CGROUP_JOINED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of more, messages may be missing. */
#define CGROUP_JOINED_MAX 256

struct cgroup_joined {
	struct cgroup_joined_one {
		uint64_t id;
		char *path;
	} list[CGROUP_JOINED_MAX];
	size_t count;
};

/* False: it was there, or there is no room. */
bool cgroup_joined__add(struct cgroup_joined *j, uint64_t id, const char *path);
/* False: it was not there. */
bool cgroup_joined__drop(struct cgroup_joined *j, uint64_t id);
void cgroup_joined__free(struct cgroup_joined *j);

#endif
