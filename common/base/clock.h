/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Kernel timestamps (bpf_ktime_get_ns(), ns) as wall-clock time. The offset is measured anew each
 * second, so a stepped clock does not leave later rows wrong.
 *
 * They are the host's CLOCK_MONOTONIC. In a time namespace (unshare -T) the one that processes read
 * is another; clock__init() finds out how far they are apart, and clock__mono_ns() is the host's.
 */
#ifndef SNOOPKIT_CLOCK_H
#define SNOOPKIT_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#define NSEC_PER_SEC 1000000000ULL

/* 0, or -errno: the host's clock cannot be told. Needs the capabilities to load programs. */
int clock__init(void);
/* So much is the host's clock ahead of this process's. */
int64_t clock__ahead_ns(void);
uint64_t clock__mono_ns(void);
/* Such a time by this process's CLOCK_MONOTONIC: for timers. */
uint64_t clock__own_ns(uint64_t mono_ns);
/* Since 1970. */
uint64_t clock__real_ns(uint64_t mono_ns);
/* "2026-11-23T07:08:36.000000001Z" (RFC 3339, UTC); size at least 31. */
void clock__rfc3339(uint64_t mono_ns, char *buf, size_t size);
/* One of the kernel's jiffies. */
uint64_t clock__jiffy_ns(void);

/* "07:08:36" in local time, as bcc's -T; size at least 9. */
void clock__local_time(uint64_t mono_ns, char *buf, size_t size);

#endif
