/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Turns --cgroup, --container and --unit into what the programs and cgroup_follow.h look for. */
#ifndef SNOOPKIT_CGROUP_FILTER_H
#define SNOOPKIT_CGROUP_FILTER_H

#include "common/bpf/cgroup_target_wire.h"
#include "common/cgroup/cgroup_wanted.h"
#include "common/kernel/probe.h"

struct cgroup_filter {
	const char *cgroup, *container, *unit; /* at most one of them */
	bool sockets;			       /* they know their cgroup of v2 only */
};

/*
 * Without any of them the target is empty. What is named need not be there yet, if it can be.
 * -EINVAL after a line on stderr that says what is wrong.
 */
int cgroup_filter__set(const struct cgroup_filter *f, struct cgroup_wanted *w,
		       struct cgroup_target *t, const struct probe *p);

#endif
