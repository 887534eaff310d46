/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Series as blocks of text: a heading, a plot, a table of percentiles, a line of errors. */
#ifndef BIOLATENCY_BLOCKS_H
#define BIOLATENCY_BLOCKS_H

#include "common/out/series.h"
#include "tools/biolatency/plan.h"

/* A block for each disk and set of flags that is told apart; nothing in JSON. */
void blocks__show(const struct bio_plan *plan, const struct series_data *s, size_t n,
		  uint64_t elapsed_ns, bool plot, struct out *o);

#endif
