/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Series as JSON objects. */
#ifndef BIOLATENCY_OBJECTS_H
#define BIOLATENCY_OBJECTS_H

#include "common/out/series.h"
#include "tools/biolatency/plan.h"

struct objects_how {
	struct out *out;
	uint64_t mono_ns, elapsed_ns;
	bool part; /* elements of an array, without buckets; else "interval" objects */
};

/* An object for each series and phase that has something; nothing in tables. */
void objects__show(const struct bio_plan *plan, const struct series_data *s, size_t n,
		   const struct objects_how *how);

#endif
