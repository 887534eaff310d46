/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The cgroups that a tool is told to look at, as user space hands them to the programs, and those
 * that come, as the programs tell of them.
 */
#ifndef SNOOPKIT_CGROUP_TARGET_H
#define SNOOPKIT_CGROUP_TARGET_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#include <stdbool.h>
#endif

/*
 * What a piece of evidence says, and what is known of a cgroup of the filter's hierarchy. A cgroup
 * above the target says nothing: memory and I/O are charged to the nearest ancestor that has the
 * controller.
 */
enum cgroup_verdict {
	CGROUP_UNKNOWN,
	CGROUP_INSIDE,
	CGROUP_OUTSIDE,
	CGROUP_PENDING, /* it has just been made: user space will say */
};

struct cgroup_target {
	/* The root of the hierarchy as user space sees it, which it knows paths from. */
	__u64 base;
	__u64 there;	 /* the one that there is at the start; 0: none yet */
	__u32 hierarchy; /* 0: v2 */
	/* Index in css_set.subsys of a controller of that hierarchy; unused for v2. */
	__u32 subsys;
	bool given; /* there is a filter */
	__u8 pad[7];
};

/* Each cgroup of it, each above it and those just made have an entry. 72 bytes each. */
#define CGROUP_TARGETS_MAX 16384

enum cgroup_news_kind {
	CGROUP_NEWS_BORN,    /* it is CGROUP_PENDING */
	CGROUP_NEWS_RENAMED, /* v1 */
	CGROUP_NEWS_GONE,    /* it was CGROUP_INSIDE; what it leaves behind still is */
};

/* As long as the kernel tells it (TRACE_CGROUP_PATH_LEN). */
#define CGROUP_NEWS_PATH_MAX 1024

/* Followed by the path from the hierarchy's root, ended by NUL. */
struct cgroup_news {
	__u64 id;
	__u64 time_ns;
	__u32 kind;  /* enum cgroup_news_kind */
	__s32 depth; /* levels below cgroup_target.base; -1: it is not below */
};

_Static_assert(sizeof(struct cgroup_news) == 24, "wire size");

#endif
