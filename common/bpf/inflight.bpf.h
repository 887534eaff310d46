/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What is known of work between its start and its end, keyed by a number that is
 * not 0 and is its own meanwhile (the address of a bio, the tag of a request).
 *
 * An 8-way set-associative array: one multiplication and two cache lines instead of a hash
 * map's lock, allocation and list walk. With four times as many ways as objects in flight a
 * full set is rarer than 1 in 10,000. When it happens the oldest entry makes room and the
 * caller is told, so that it can count it: a leftover whose end was never seen cannot hold a
 * place for ever.
 *
 * field 0 must be the time of the entry's birth. Two CPUs that claim the same way at the same
 * instant leave one entry; the other's end finds none, which callers count.
 */
#ifndef SNOOPKIT_INFLIGHT_BPF_H
#define SNOOPKIT_INFLIGHT_BPF_H

#include <bpf/bpf_helpers.h>
#include "inflight_wire.h"
#include "unknown.bpf.h"

/* 2.6 MB */
struct inflight_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct inflight_set);
	__uint(max_entries, INFLIGHT_SETS);
};

struct inflight_ref {
	struct inflight_set *set;
	__u32 way;
	bool evicted;
};

static __always_inline struct inflight_set *inflight_set_of(void *map, __u64 key)
{
	__u32 idx = ((key * 0x9e3779b97f4a7c15ULL) >> 40) & (INFLIGHT_SETS - 1);

	return bpf_map_lookup_elem(map, &idx);
}

static __always_inline bool inflight_find(void *map, __u64 key, struct inflight_ref *ref)
{
	struct inflight_set *set = inflight_set_of(map, key);

	if (!set)
		return false;
#pragma unroll
	for (__u32 i = 0; i < INFLIGHT_WAYS; i++) {
		/* Pairs with inflight_publish(). */
		__u64 k = set->key[i];

		if (k == key) {
			ref->set = set;
			ref->way = unknown_of(i, k, key);
			return true;
		}
	}
	return false;
}

static __always_inline __u32 inflight_oldest(const struct inflight_set *set)
{
	__u64 oldest = ~0ULL;
	__u32 way = 0;

#pragma unroll
	for (__u32 i = 0; i < INFLIGHT_WAYS; i++) {
		if (set->field[i][0] < oldest) {
			oldest = set->field[i][0];
			way = i;
		}
	}
	return way;
}

/* The way for key: its own, else a free one, else the oldest's. */
static __always_inline bool inflight_claim(void *map, __u64 key, struct inflight_ref *ref)
{
	struct inflight_set *set = inflight_set_of(map, key);
	__u32 way = INFLIGHT_WAYS;

	if (!set)
		return false;
	ref->set = set;
	ref->evicted = false;
	/* Most sets are empty. A leftover of key behind this way is found after it, if ever. */
	if (!set->key[0] || set->key[0] == key) {
		ref->way = 0;
		return true;
	}
#pragma unroll
	for (__u32 i = 0; i < INFLIGHT_WAYS; i++) {
		__u64 k = set->key[i];

		if (k == key) {
			ref->way = unknown_of(i, k, key);
			return true;
		}
		if (!k)
			way = unknown_of(i, k, 0);
	}
	ref->evicted = way == INFLIGHT_WAYS;
	if (ref->evicted)
		way = inflight_oldest(set);
	ref->way = unknown_of(way, key, key);
	return true;
}

static __always_inline __u64 *inflight_fields(const struct inflight_ref *ref)
{
	__u32 way = ref->way;

	/* The verifier must see the bound behind whatever the compiler made of it. */
	barrier_var(way);
	return ref->set->field[way & (INFLIGHT_WAYS - 1)];
}

/*
 * Fields first, then the key: an entry is never found half written. Key 0 frees it. Pairs with
 * inflight_find(), on whichever CPU the work ends, with the kernel's own barriers of handing it
 * over in between; and with held__look(), which reads at any time: on arm64 it may see an entry's
 * fields as they were before.
 */
static __always_inline void inflight_publish(struct inflight_ref *ref, __u64 key)
{
	__u32 way = ref->way;

	barrier_var(way);
	barrier();
	ref->set->key[way & (INFLIGHT_WAYS - 1)] = key;
}

#endif
