/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Per-CPU event counters, shared by kernel and user side. The first five are the same in every
 * tool; a tool's own causes of loss follow from COUNT_TOOL.
 */
#ifndef SNOOPKIT_COUNT_H
#define SNOOPKIT_COUNT_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

enum count_id {
	COUNT_SEEN = 0,	    /* events that the tool is about */
	COUNT_FILTERED = 1, /* taken out by the user's own filters */
	COUNT_RING_FULL = 2,
	/* The first two again, for programs beside one that counts by count_own(). */
	COUNT_SEEN_BESIDE = 3,
	COUNT_FILTERED_BESIDE = 4,
	COUNT_TOOL = 5,
	COUNT_MAX = 24,
};

struct counts {
	__u64 n[COUNT_MAX];
};

#endif
