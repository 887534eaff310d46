/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Kernel side of count_wire.h. Memory: 128 bytes a CPU; cannot overflow. */
#ifndef SNOOPKIT_COUNT_BPF_H
#define SNOOPKIT_COUNT_BPF_H

#include "count_wire.h"
#include "own.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct counts);
	__uint(max_entries, 1); /* set at load: one a CPU */
} counts SEC(".maps");

static __always_inline struct counts *count_here(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&counts, &cpu);
}

/* Any program may count so: an interrupt's program cannot come in between. */
static __always_inline void count_add(__u32 id)
{
	struct counts *c = count_here();

	if (c)
		atomic_add(&c->n[id], 1);
}

/* Cheaper, for an id that only one program counts. */
static __always_inline void count_own(struct counts *c, __u32 id)
{
	own_add(&c->n[id], 1);
}

#endif
