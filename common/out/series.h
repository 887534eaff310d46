/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * User side of bpf/series.bpf.h: reads the CPUs' rows, adds up those of the same key, and
 * gives what came since the reading before. Nothing is reset, so the sum of all readings is
 * exactly what was counted.
 */
#ifndef SNOOPKIT_SERIES_H
#define SNOOPKIT_SERIES_H

#include <stddef.h>
#include <stdint.h>
#include "common/out/hist.h"

struct bpf_map;
struct series_table;

struct series_data {
	uint64_t key; /* the tool's, or SERIES_OTHER or SERIES_OTHER_FAILED */
	uint64_t bytes;
	struct hist_data hist[SERIES_HISTS_MAX];
};

/*
 * Before load: sizes the map for all CPUs with `rows` (a power of two) each, `hists` to a
 * row. *mask is for the program's series_mask. 0 or -errno.
 */
int series__size(struct bpf_map *map, uint32_t rows, uint32_t hists, uint32_t *mask);

/* The same with a set of rows for 2^shift CPUs, which need series_shift and series_shared. */
int series__size_shared(struct bpf_map *map, uint32_t rows, uint32_t hists, uint32_t shift,
			uint32_t *mask);

/* After load. `epoch` is the program's hist_epoch; borrowed. NULL with errno set. */
struct series_table *series__new(struct bpf_map *map, uint32_t rows, uint32_t hists,
				 uint32_t *epoch);
struct series_table *series__new_shared(struct bpf_map *map, uint32_t rows, uint32_t hists,
					uint32_t shift, uint32_t *epoch);
void series__free(struct series_table *t);

/* Rows whose keys differ in these bits only are added up; the reading has them clear. */
void series__merge(struct series_table *t, uint64_t bits);
/* Every reading has a row of this key, if only an empty one. */
void series__always(struct series_table *t, uint64_t key);

/* Takes a reading. 0 or -ENOMEM. */
int series__read(struct series_table *t);

/* The rows with the counts since the last reading, sorted by key; valid until the next. */
size_t series__count(const struct series_table *t);
const struct series_data *series__delta(const struct series_table *t, size_t i);
/* For qsort() of struct series_data by key. */
int series__compare(const void *a, const void *b);

#endif
