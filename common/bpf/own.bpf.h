/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Counters that one program on one CPU has for its own: no atomic needed. User space reads them at
 * any time (loss__count(), take_hist(), take_row()): of a number of 64 bits it sees the old or the
 * new, and as they only grow, what it has missed is in the next reading.
 */
#ifndef SNOOPKIT_OWN_BPF_H
#define SNOOPKIT_OWN_BPF_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "atomic.bpf.h"

enum bpf_map_type___own {
	BPF_MAP_TYPE_USER_RINGBUF___own = 31,
};

/*
 * Before 6.1 (commit 05b24ff9b2cf; for fentry and fexit 5.12, ca06f55b9002) a program of a
 * tracepoint can be entered again by an interrupt on the same CPU, so that a plain increment could
 * lose a count. Later kernels skip the nested run and count it in bpf_prog_info.recursion_misses.
 * That commit has left nothing in the types; one of the same weeks has (583c1f420173).
 */
static __always_inline void own_add(__u64 *counter, __u64 n)
{
	if (bpf_core_enum_value_exists(enum bpf_map_type___own, BPF_MAP_TYPE_USER_RINGBUF___own))
		*counter += n;
	else
		atomic_add(counter, n);
}

#endif
