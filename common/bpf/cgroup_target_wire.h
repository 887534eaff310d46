/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The cgroup that a tool is told to look at, as user space hands it to the programs. */
#ifndef SNOOPKIT_CGROUP_TARGET_H
#define SNOOPKIT_CGROUP_TARGET_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#include <stdbool.h>
#endif

/* Deeper cgroups are told from their ancestors only up to here. */
#define CGROUP_TARGET_DEPTH 16

struct cgroup_target {
	__u64 id;	 /* 0: no filter */
	__u32 hierarchy; /* 0: v2 */
	/* Index in css_set.subsys of a controller of that hierarchy; unused for v2. */
	__u32 subsys;
	/* Nearest first, ended by 0. */
	__u64 ancestors[CGROUP_TARGET_DEPTH];
	/* It has the memory controller, so the pages of its tasks are known to be its own. */
	bool has_memory;
};

#endif
