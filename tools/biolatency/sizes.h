/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* How many rows the programs get: as many as fit into SIZES_BYTES_MAX, on any number of CPUs. */
#ifndef BIOLATENCY_SIZES_H
#define BIOLATENCY_SIZES_H

#include <stdint.h>
#include "tools/biolatency/options.h"

#define SIZES_BYTES_MAX (64u << 20)

struct sizes {
	uint32_t rows, hists; /* of a set: a power of two; histograms of each row */
	uint32_t shift;	      /* 2^shift CPUs have a set of rows in common */
};

/* -E2BIG: --max-series asks for more than all CPUs together may have. */
int sizes__plan(struct sizes *s, uint32_t cpus, const struct bio_options *opt);
uint64_t sizes__bytes(const struct sizes *s, uint32_t cpus);

#endif
