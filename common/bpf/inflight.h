/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Layout of the table of work in flight; user space needs it to size the map. */
#ifndef SNOOPKIT_INFLIGHT_H
#define SNOOPKIT_INFLIGHT_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#define INFLIGHT_WAYS 8

/* A set is one cache line of keys and one for each field in use. */
struct inflight_set {
	__u64 key[INFLIGHT_WAYS];
	__u64 field[][INFLIGHT_WAYS];
};

#define INFLIGHT_SIZE(fields) \
	(sizeof(struct inflight_set) + (fields) * INFLIGHT_WAYS * sizeof(__u64))

#endif
