/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * A table of histograms per CPU, found by key.
 *
 * One mmapable array holds each CPU's rows one after the other: no helper call
 * beyond the CPU's number, no atomic, no hash map, and user space reads without a
 * system call. A CPU fills only its own rows, so two CPUs never race for one; user
 * space adds up the rows of the same key.
 *
 * Memory: possible CPUs x (rows + SERIES_OTHERS) x SERIES_SIZE (4.9 kB with one histogram); less
 * where CPUs share rows (series_shift). A key that finds no row in SERIES_PROBES tries is counted
 * in the CPU's last row, SERIES_OTHER, so it is shown, only not told apart.
 */
#ifndef SNOOPKIT_SERIES_BPF_H
#define SNOOPKIT_SERIES_BPF_H

#include "hist.bpf.h"

#define SERIES_PROBES 8

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(key_size, sizeof(__u32));
	/* Both set at load: histograms a row, rows a CPU. */
	__uint(value_size, SERIES_SIZE(SERIES_HISTS_MAX));
	__uint(max_entries, 1);
} series SEC(".maps");

/* Rows a CPU less one; rows are a power of two. */
const volatile __u32 series_mask = 0;

/*
 * Where there are too many CPUs for rows of their own, 2^series_shift of them have a set of rows in
 * common, and count with atomic additions.
 */
const volatile __u32 series_shift = 0;
const volatile bool series_shared = false;

/*
 * Of several CPUs that want a free row at once at most one sees that it was the first, if not by
 * what the addition returns (since 5.12). If none does, the row stays free and nobody takes it.
 */
static __always_inline void series_claim(struct series *s, __u64 key)
{
	volatile __u64 *claims = &s->scratch[SERIES_CLAIMS];

	if (*claims)
		return;
	atomic_add((__u64 *)claims, 1);
	if (*claims == 1)
		s->key = key;
}

/* The row at a place, if it is the key's or can become it. */
static __always_inline struct series *series_take(__u32 idx, __u64 key, bool shared)
{
	struct series *s = bpf_map_lookup_elem(&series, &idx);

	/*
	 * Pairs with take_row(), which then sees counters from 0 on. Of two programs of one CPU
	 * that find the same row free, one in an interrupt right here, both count in it, under the
	 * key of the one that was interrupted.
	 */
	if (s && !s->key && shared)
		series_claim(s, key);
	else if (s && !s->key)
		s->key = key;
	return s && s->key == key ? s : NULL;
}

static __always_inline struct series *series_probe(__u32 base, __u64 home, __u64 key, __u32 failed,
						   bool shared)
{
	struct series *s;
	__u32 idx;

	for (__u32 i = 1; i < SERIES_PROBES; i++) {
		s = series_take(base + ((home + i) & series_mask), key, shared);
		if (s)
			return s;
	}
	idx = base + series_mask + 1 + failed;
	s = bpf_map_lookup_elem(&series, &idx);
	if (s)
		s->key = SERIES_OTHER + failed;
	return s;
}

/* `shared`: series_shared, or false where that is known when this is compiled. */
static __always_inline struct series *series_find_of(__u32 cpu, __u64 key, __u32 failed,
						     bool shared)
{
	__u32 set = shared ? cpu >> (series_shift & 31) : cpu;
	__u32 base = set * (series_mask + 1 + SERIES_OTHERS);
	__u64 home = (key * 0x9e3779b97f4a7c15ULL) >> 40;
	struct series *s = series_take(base + (home & series_mask), key, shared);

	return s ?: series_probe(base, home, key, failed, shared);
}

static __always_inline struct series *series_find(__u64 key, __u32 failed)
{
	return series_find_of(bpf_get_smp_processor_id(), key, failed, false);
}

#endif
