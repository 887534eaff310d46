/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What the programs know of the cgroups of the filter's hierarchy (cgroup.bpf.h). */
#ifndef SNOOPKIT_CGROUP_TARGETS_H
#define SNOOPKIT_CGROUP_TARGETS_H

#include <stdint.h>
#include "common/bpf/cgroup_target_wire.h"
#include "common/cgroup/cgroup_mount.h"

/* `fd`: the map cgroup_targets. */
enum cgroup_verdict cgroup_targets__get(int fd, uint64_t id);
/* 0, or -errno: -E2BIG when the map is full. */
int cgroup_targets__set(int fd, uint64_t id, enum cgroup_verdict verdict);
/* Only while it has an entry: one that is gone for good does not come back. */
void cgroup_targets__turn(int fd, uint64_t id, enum cgroup_verdict verdict);
/* It is outside from now on. */
void cgroup_targets__drop(int fd, uint64_t id);
/* What is above this path says nothing, unless it is inside. */
void cgroup_targets__above(int fd, const struct cgroup_hierarchy *h, const char *path);

#endif
