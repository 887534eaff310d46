/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * A device number is the kernel's own dev_t as BPF programs see it: major << 20 | minor. That is
 * not st_rdev and not what makedev() gives.
 */
#ifndef SNOOPKIT_DISK_DEV_H
#define SNOOPKIT_DISK_DEV_H

#include <stdint.h>

#define DISK_MINOR_BITS 20

static inline uint32_t disk__dev(uint32_t major, uint32_t minor)
{
	return major << DISK_MINOR_BITS | minor;
}

static inline uint32_t disk__major(uint32_t dev)
{
	return dev >> DISK_MINOR_BITS;
}

static inline uint32_t disk__minor(uint32_t dev)
{
	return dev & ((1u << DISK_MINOR_BITS) - 1);
}

#endif
