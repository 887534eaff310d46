/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Counters that one program on one CPU has for its own: no atomic needed. */
#ifndef SNOOPKIT_OWN_BPF_H
#define SNOOPKIT_OWN_BPF_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "atomic.bpf.h"

struct bpf_prog___guarded {
	int *active;
} __attribute__((preserve_access_index));

/*
 * Before 5.12 (commit ca06f55b9002) a program can be entered again by an interrupt
 * on the same CPU, so that a plain increment could lose a count. Later kernels skip
 * the nested run and count it in bpf_prog_info.recursion_misses.
 */
static __always_inline void own_add(__u64 *counter, __u64 n)
{
	if (bpf_core_field_exists(struct bpf_prog___guarded, active))
		*counter += n;
	else
		atomic_add(counter, n);
}

#endif
