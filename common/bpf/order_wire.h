/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Which programs are under way, so that user space knows up to which time no further record can
 * come (common/stream/order.h).
 */
#ifndef SNOOPKIT_ORDER_WIRE_H
#define SNOOPKIT_ORDER_WIRE_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

/* One for each program of a tool that may come in between another on the same CPU. */
#define ORDER_SLOTS 8

/* A cache line, for a CPU. */
struct order_cpu {
	__u64 since[ORDER_SLOTS]; /* ns; 0: not under way; 1: is about to look at the clock */
};

#endif
