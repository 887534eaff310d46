/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Which processes the user asked for, as user space hands it to the programs. */
#ifndef SNOOPKIT_PROCESS_FILTER_WIRE_H
#define SNOOPKIT_PROCESS_FILTER_WIRE_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

/* No user has this number. */
#define UID_ANY 0xffffffffu

/* What /proc tells the start of a process in. */
#define PROCESS_TICK_NS 10000000

struct process_filter {
	__u32 uid, euid; /* UID_ANY: no filter */
	__u32 ppid;	 /* 0: no filter */
	__u32 tree;	 /* a process with all its descendants; 0: no filter */
	__u32 pid;	 /* 0: no filter */
	__u32 pad;
	__u64 comm[2]; /* 16 bytes, padded with NUL; 0: no filter */
	/* When pid and ppid were started (PROCESS_TICK_NS): a later one has no more than the
	 * number. */
	__u64 pid_started, ppid_started; /* 0: not known */
};

#endif
