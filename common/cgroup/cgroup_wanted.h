/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Which cgroups the user named: by a path, as a systemd unit, or as a container. What comes under
 * that name later is meant, too.
 */
#ifndef SNOOPKIT_CGROUP_WANTED_H
#define SNOOPKIT_CGROUP_WANTED_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include "common/bpf/cgroup_target_wire.h"

enum cgroup_wanted_kind { CGROUP_WANTED_PATH, CGROUP_WANTED_UNIT, CGROUP_WANTED_CONTAINER };

struct cgroup_wanted {
	enum cgroup_wanted_kind kind;
	const char *given; /* borrowed */
	char path[PATH_MAX];
	/* Of a container: what `given` has turned out to be. An ID is that of one container. */
	bool by_name;
	char id[128]; /* "": not known yet */
	bool unread;  /* a container had a name that may not be read */
};

/*
 * Whether the cgroup with this path is meant, or below one that is: CGROUP_INSIDE, CGROUP_OUTSIDE,
 * CGROUP_UNKNOWN for what is above. CGROUP_PENDING: a container whose name is not written yet.
 */
enum cgroup_verdict cgroup_wanted__verdict(struct cgroup_wanted *w, const char *path);
/* How much of such a path leads to the cgroup that is meant. */
size_t cgroup_wanted__own_len(struct cgroup_wanted *w, const char *path);
/* "container 'web'" and the like, for messages. Belongs to this module. */
const char *cgroup_wanted__text(const struct cgroup_wanted *w);

#endif
