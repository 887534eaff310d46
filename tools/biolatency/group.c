// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/biolatency/group.h"

#include <stdio.h>

static const struct series_data nothing;

enum bio_class key__class(uint64_t key)
{
	return SERIES_IS_OTHER(key) ? CLASS_IO : (key >> KEY_CLASS_SHIFT) & KEY_CLASS_MASK;
}

uint32_t key__dev(uint64_t key)
{
	return key >> KEY_DEV_SHIFT;
}

uint32_t key__flags(uint64_t key)
{
	return (key >> KEY_FLAGS_SHIFT) & KEY_FLAGS_MASK;
}

uint32_t key__status(uint64_t key)
{
	return SERIES_IS_OTHER(key) ? key == SERIES_OTHER_FAILED : key & KEY_STATUS_MASK;
}

void group__status(const struct bio_plan *plan, uint64_t key, char *buf, size_t size)
{
	if (key == SERIES_OTHER_FAILED)
		snprintf(buf, size, "others");
	else
		block_names__status(&plan->names, key__status(key), buf, size);
}

static uint64_t key_group(uint64_t key)
{
	return key - key__status(key);
}

/* The group that begins here; how many series it has. */
size_t group__next(const struct series_data *s, size_t n, struct group *g)
{
	size_t end = 0;

	*g = (struct group){ .key = key_group(s->key), .ok = &nothing };
	if (!key__status(s->key))
		g->ok = &s[end++];
	g->failed = &s[end];
	while (end < n && key_group(s[end].key) == g->key)
		end++;
	g->nfailed = end - (g->failed - s);
	return end;
}

/* Series of one block differ in nothing but their class and status. */
bool key__same_block(uint64_t a, uint64_t b)
{
	const uint64_t class_bits = KEY_CLASS_MASK << KEY_CLASS_SHIFT | KEY_STATUS_MASK;

	if (SERIES_IS_OTHER(a) || SERIES_IS_OTHER(b))
		return SERIES_IS_OTHER(a) && SERIES_IS_OTHER(b);
	return !((a ^ b) & ~class_bits);
}

const struct hist_data *group__main(const struct bio_plan *plan, const struct series_data *s)
{
	return &s->hist[plan->opt->phases ? PHASE_TOTAL : 0];
}

uint64_t group__errors(const struct bio_plan *plan, const struct group *g)
{
	uint64_t n = 0;

	for (size_t i = 0; i < g->nfailed; i++)
		n += group__main(plan, &g->failed[i])->count;
	return n;
}
