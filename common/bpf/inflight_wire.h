/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The table of what is in flight, shared by kernel and user side. */
#ifndef SNOOPKIT_INFLIGHT_H
#define SNOOPKIT_INFLIGHT_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#define INFLIGHT_SETS 8192
#define INFLIGHT_WAYS 8
#define INFLIGHT_FIELDS 4

/* A way whose key is 0 is free; its fields are written before its key. */
struct inflight_set {
	__u64 key[INFLIGHT_WAYS];
	__u64 field[INFLIGHT_WAYS][INFLIGHT_FIELDS];
};

#endif
