// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/out/hist.h"

#include <string.h>

#define SUB (1u << HIST_SUB_BITS)

void hist__bounds(unsigned int i, uint64_t *lo, uint64_t *hi)
{
	unsigned int shift = i < 2 * SUB ? 0 : i / SUB - 1;
	uint64_t first = i < 2 * SUB ? i : SUB + i % SUB;

	*lo = first << shift;
	*hi = i == HIST_BUCKETS - 1 ? UINT64_MAX : ((first + 1) << shift) - 1;
}

unsigned int hist__bucket_of(uint64_t ns)
{
	unsigned int shift;

	if (ns >> HIST_MAX_LOG2)
		return HIST_BUCKETS - 1;
	shift = ns < SUB ? 0 : 63 - __builtin_clzll(ns) - HIST_SUB_BITS;
	return shift * SUB + (ns >> shift);
}

void hist__add(struct hist_data *to, const struct hist_data *from)
{
	/* A reading may catch an event's sum before its bucket. */
	if (!from->count && !from->sum_ns)
		return;
	to->count += from->count;
	to->sum_ns += from->sum_ns;
	if (to->max_ns < from->max_ns)
		to->max_ns = from->max_ns;
	for (unsigned int i = 0; i < HIST_BUCKETS; i++)
		to->bucket[i] += from->bucket[i];
}

void hist__record(struct hist_data *h, uint64_t ns)
{
	h->count++;
	h->sum_ns += ns;
	h->bucket[hist__bucket_of(ns)]++;
	if (h->max_ns < ns)
		h->max_ns = ns;
}

/* Where in bucket i the event number `nth` (from 1) of its `n` lies, taken as even. */
static uint64_t interpolate(unsigned int i, uint64_t nth, uint64_t n, uint64_t max)
{
	uint64_t lo, hi, ns;

	hist__bounds(i, &lo, &hi);
	if (hi > max)
		hi = max;
	if (hi <= lo)
		return hi;
	ns = lo + (uint64_t)((double)(hi - lo) * nth / n);
	return ns < max ? ns : max;
}

uint64_t hist__percentile(const struct hist_data *h, unsigned int per_mille_10)
{
	uint64_t rank, seen = 0;

	if (!h->count)
		return 0;
	rank = ((unsigned __int128)h->count * per_mille_10 + 9999) / 10000;
	if (!rank)
		rank = 1;
	for (unsigned int i = 0; i < HIST_BUCKETS; i++) {
		if (seen + h->bucket[i] >= rank)
			return interpolate(i, rank - seen, h->bucket[i], h->max_ns);
		seen += h->bucket[i];
	}
	return h->max_ns;
}

unsigned int hist__log2(const struct hist_data *h, uint64_t unit_ns, uint64_t rows[HIST_LOG2_ROWS])
{
	unsigned int used = 0;

	memset(rows, 0, HIST_LOG2_ROWS * sizeof(rows[0]));
	for (unsigned int i = 0; i < HIST_BUCKETS; i++) {
		uint64_t lo, hi, units;
		unsigned int row;

		if (!h->bucket[i])
			continue;
		hist__bounds(i, &lo, &hi);
		if (i == HIST_BUCKETS - 1)
			hi = lo;
		units = (lo + (hi - lo + 1) / 2) / unit_ns;
		row = units < 2 ? 0 : 63 - __builtin_clzll(units);
		rows[row] += h->bucket[i];
		if (used < row + 1)
			used = row + 1;
	}
	return used;
}
