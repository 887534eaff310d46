// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/biolatency/sizes.h"

#include <errno.h>
#include "common/bpf/hist_wire.h"
#include "tools/biolatency/biolatency.h"

/* Rows where disks or flags are told apart, and where they are not. */
#define ROWS_SPLIT 256
#define ROWS_SPLIT_MIN 16
#define ROWS_PLAIN 16
#define ROWS_PLAIN_MIN 8

uint64_t sizes__bytes(const struct sizes *s, uint32_t cpus)
{
	uint64_t sets = ((cpus - 1) >> s->shift) + 1;

	return sets * (s->rows + SERIES_OTHERS) * SERIES_SIZE(s->hists);
}

static uint32_t sizes_power(uint64_t most)
{
	uint32_t rows = 1;

	while (rows < most)
		rows *= 2;
	return rows;
}

/* First fewer rows, then a set for several CPUs, which costs them atomic additions. */
int sizes__plan(struct sizes *s, uint32_t cpus, const struct bio_options *opt)
{
	bool split = opt->per_disk || opt->per_flag;
	uint32_t least = split ? ROWS_SPLIT_MIN : ROWS_PLAIN_MIN;

	*s = (struct sizes){ .hists = opt->phases ? PHASE_MAX : 1 };
	s->rows = split ? ROWS_SPLIT / s->hists : ROWS_PLAIN;
	if (split && opt->max_series)
		s->rows = least = sizes_power(opt->max_series);
	while (s->rows > least && sizes__bytes(s, cpus) > SIZES_BYTES_MAX)
		s->rows /= 2;
	while ((cpus - 1) >> s->shift && sizes__bytes(s, cpus) > SIZES_BYTES_MAX)
		s->shift++;
	return sizes__bytes(s, cpus) > SIZES_BYTES_MAX ? -E2BIG : 0;
}
