/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Turns --cgroup and --container into the programs' constants. */
#ifndef SNOOPKIT_CGROUP_FILTER_H
#define SNOOPKIT_CGROUP_FILTER_H

#include "common/bpf/cgroup_target_wire.h"
#include "common/kernel/probe.h"

/*
 * At most one of both may be given; neither leaves the target empty. -EINVAL after a line on
 * stderr that says what is wrong.
 */
int cgroup_filter__set(struct cgroup_target *t, const char *cgroup, const char *container,
		       const struct probe *p);
/* The same for sockets, which know their cgroup of v2 only. */
int cgroup_filter__set_v2(struct cgroup_target *t, const char *cgroup, const char *container,
			  const struct probe *p);

#endif
