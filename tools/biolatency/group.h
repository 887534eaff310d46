/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What the key of a series says, and series that differ in nothing but their status. */
#ifndef BIOLATENCY_GROUP_H
#define BIOLATENCY_GROUP_H

#include "common/out/series.h"
#include "tools/biolatency/biolatency.h"
#include "tools/biolatency/plan.h"

enum bio_class key__class(uint64_t key);
uint32_t key__dev(uint64_t key);
uint32_t key__flags(uint64_t key);
uint32_t key__status(uint64_t key);
/* Series of one block differ in nothing but their class and status. */
bool key__same_block(uint64_t a, uint64_t b);

/* What went well, if anything did, and what failed, by status. */
struct group {
	uint64_t key; /* without a status */
	const struct series_data *ok, *failed;
	size_t nfailed;
};

/* The group that begins here; how many series it has. */
size_t group__next(const struct series_data *s, size_t n, struct group *g);
/* How many of the group's I/Os failed. */
uint64_t group__errors(const struct bio_plan *plan, const struct group *g);
/* The histogram that the I/Os of a series are counted by: with --phases that of the total. */
const struct hist_data *group__main(const struct bio_plan *plan, const struct series_data *s);
/* The name of the key's status. */
void group__status(const struct bio_plan *plan, uint64_t key, char *buf, size_t size);

#endif
