/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* All cgroups of a hierarchy. */
#ifndef SNOOPKIT_CGROUP_WALK_H
#define SNOOPKIT_CGROUP_WALK_H

#include <stdint.h>
#include "common/cgroup/cgroup_mount.h"

/*
 * Calls `visit` for each cgroup from the mount's root on, parents before children, not following
 * links. A visit that returns other than 0 ends the walk, which returns the same. -E2BIG: walked
 * to the end, but parts were left out for being too deep, too many or not readable.
 */
typedef int (*cgroup__visit_fn)(const char *path, uint64_t id, void *ctx);
int cgroup__walk(const struct cgroup_hierarchy *h, cgroup__visit_fn visit, void *ctx);

#endif
