/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What is known of work between its start and its end, keyed by the address of the
 * kernel object that stands for it (a request, a bio).
 *
 * An 8-way set-associative array: one multiplication and one cache line of keys
 * instead of a hash map's lock, allocation and list walk. With four times as many
 * ways as objects in flight a full set is rarer than 1 in 10,000. When it happens the
 * oldest entry makes room and the caller is told, so that it can count it: a
 * leftover whose end was never seen cannot hold a place for ever.
 *
 * field 0 must be the time of the entry's birth. Two CPUs that claim the same way at
 * the same instant leave one entry; the other's end finds none, which callers count.
 */
#ifndef SNOOPKIT_INFLIGHT_BPF_H
#define SNOOPKIT_INFLIGHT_BPF_H

#include <bpf/bpf_helpers.h>

#define INFLIGHT_SETS 8192
#define INFLIGHT_WAYS 8

/* A set is one cache line of keys and one for each field. */
struct inflight_set {
	__u64 key[INFLIGHT_WAYS];
	__u64 field[][INFLIGHT_WAYS];
};

#define INFLIGHT_SIZE(fields)                                                             \
	(sizeof(struct inflight_set) + (fields) * INFLIGHT_WAYS * sizeof(__u64))

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
		if (set->key[i] == key) {
			ref->set = set;
			ref->way = i;
			return true;
		}
	}
	return false;
}

/* The way for key: its own, else a free one, else the oldest's. */
static __always_inline bool inflight_claim(void *map, __u64 key, struct inflight_ref *ref)
{
	struct inflight_set *set = inflight_set_of(map, key);
	__u64 oldest = ~0ULL;
	__u32 free = INFLIGHT_WAYS, old = 0, way = INFLIGHT_WAYS;

	if (!set)
		return false;
#pragma unroll
	for (__u32 i = 0; i < INFLIGHT_WAYS; i++) {
		__u64 k = set->key[i];

		if (k == key)
			way = i;
		else if (!k)
			free = i;
		else if (set->field[0][i] < oldest) {
			oldest = set->field[0][i];
			old = i;
		}
	}
	if (way == INFLIGHT_WAYS)
		way = free;
	ref->evicted = way == INFLIGHT_WAYS;
	if (ref->evicted)
		way = old;
	ref->set = set;
	ref->way = way;
	return true;
}

static __always_inline __u64 inflight_get(const struct inflight_ref *ref, __u32 field)
{
	__u32 way = ref->way;

	barrier_var(way);
	return ref->set->field[field][way & (INFLIGHT_WAYS - 1)];
}

static __always_inline void inflight_put(struct inflight_ref *ref, __u32 field, __u64 value)
{
	__u32 way = ref->way;

	barrier_var(way);
	ref->set->field[field][way & (INFLIGHT_WAYS - 1)] = value;
}

/* Fields first, then the key: an entry is never found half written. */
static __always_inline void inflight_publish(struct inflight_ref *ref, __u64 key)
{
	__u32 way = ref->way;

	barrier_var(way);
	ref->set->key[way & (INFLIGHT_WAYS - 1)] = key;
}

#endif
