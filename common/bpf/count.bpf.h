/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Kernel side of count_wire.h. Memory: 192 bytes a CPU; cannot overflow. */
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

static __always_inline struct counts *count_of(__u32 cpu)
{
	return bpf_map_lookup_elem(&counts, &cpu);
}

static __always_inline struct counts *count_here(void)
{
	return count_of(bpf_get_smp_processor_id());
}

/*
 * Any program may count so: an interrupt's program cannot come in between. Pairs with
 * loss__count().
 */
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

/* How a program counts COUNT_SEEN and COUNT_FILTERED. */
enum event_counted {
	EVENT_OWN,    /* without an atomic: for one program of a tool */
	EVENT_BESIDE, /* for all others, and for what runs in several places */
};

static __always_inline void event_count(struct counts *c, __u32 id,
					const enum event_counted counted)
{
	if (counted == EVENT_OWN)
		count_own(c, id);
	else
		atomic_add(&c->n[id + COUNT_SEEN_BESIDE - COUNT_SEEN], 1);
}

/* Counts an event, and does what follows, a block, if it is wanted; else counts that, too. */
#define EVENT_WANTED(counted, wanted)                               \
	for (struct counts *___c = count_here(); ___c; ___c = NULL) \
		EVENT_WANTED_OF (___c, counted, wanted)

/* The same where the counters are at hand. */
#define EVENT_WANTED_OF(counts, counted, wanted)                 \
	if (event_count(counts, COUNT_SEEN, counted), !(wanted)) \
		event_count(counts, COUNT_FILTERED, counted);    \
	else

#endif
