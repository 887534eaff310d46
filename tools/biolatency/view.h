/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Series of histograms as blocks of text and as JSON objects. */
#ifndef BIOLATENCY_VIEW_H
#define BIOLATENCY_VIEW_H

#include "common/out/series.h"
#include "common/block/stalls.h"
#include "tools/biolatency/held.h"
#include "tools/biolatency/plan.h"

struct bio_view {
	const struct bio_plan *plan; /* borrowed */
	struct series_table *table;
	struct series_data *total; /* of the whole run, in the order they came up */
	size_t ntotal;
	uint64_t since_ns; /* of the stretch that is shown next */
	uint64_t intervals;
	struct stalls stalls;
	struct held held;
};

int view__init(struct bio_view *v, const struct bio_plan *plan, struct biolatency_bpf *skel);
void view__free(struct bio_view *v);
/* At the disks, for those that complete nothing: now and then, so that it is known since when. */
int view__look(struct bio_view *v, struct run *run);
/* What came since the last call. Adds to run->shown. */
int view__interval(struct bio_view *v, struct run *run);
/* After the last interval of several, in text: all of them together. */
void view__total(struct bio_view *v, struct run *run);
/* The same as the member "series" of the JSON summary. */
void view__summary(struct bio_view *v, struct run *run);

#endif
