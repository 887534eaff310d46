/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Capabilities: which are missing, and giving them up. */
#ifndef SNOOPKIT_PRIV_H
#define SNOOPKIT_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PRIV_BPF (1ULL << 39)	  /* CAP_BPF, since 5.8 */
#define PRIV_PERFMON (1ULL << 38) /* CAP_PERFMON, since 5.8 */
#define PRIV_SYS_ADMIN (1ULL << 21)
#define PRIV_NET_ADMIN (1ULL << 12)
#define PRIV_DAC_OVERRIDE (1ULL << 1)
#define PRIV_SYS_PTRACE (1ULL << 19)
#define PRIV_DAC_READ_SEARCH (1ULL << 2)

/*
 * Writes the names of those of `wanted` that are not in force, as "CAP_BPF, CAP_PERFMON";
 * CAP_SYS_ADMIN stands for these two. "" if none is missing. 0 or -errno.
 */
int priv__missing(uint64_t wanted, char *names, size_t size);
/*
 * Gives up every capability but `keep`, for this process and whatever it might execute; `held` can
 * be raised again. 0 or -errno.
 */
int priv__drop(uint64_t keep, uint64_t held);
/* In force or not, of those that are held. What cannot be raised will be missed where it is used.
 */
void priv__raise(uint64_t held, bool on);

#endif
