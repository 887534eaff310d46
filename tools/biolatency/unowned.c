// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/biolatency/unowned.h"

#include <stdlib.h>
#include <string.h>
#include "common/base/text.h"
#include "tools/biolatency/biolatency.h"
#include "biolatency.skel.h"

#define UNOWNED_MAX 256 /* as in the map */

static int by_count(const void *a, const void *b)
{
	uint64_t x = ((const struct bio_by *)a)->count, y = ((const struct bio_by *)b)->count;

	return x < y ? 1 : x > y ? -1 : 0;
}

/* The most first. */
static size_t unowned_read(const struct biolatency_bpf *skel, struct bio_by list[UNOWNED_MAX])
{
	const struct bpf_map *map = skel->maps.unowned_by;
	uint64_t key, *last = NULL;
	size_t n = 0;

	while (n < UNOWNED_MAX && !bpf_map__get_next_key(map, last, &key, sizeof(key))) {
		last = &key;
		if (!bpf_map__lookup_elem(map, &key, sizeof(key), &list[n], sizeof(list[n]), 0) &&
		    list[n].count)
			n++;
	}
	qsort(list, n, sizeof(list[0]), by_count);
	return n;
}

void unowned__text(const struct biolatency_bpf *skel, uint64_t all, struct out *o)
{
	struct bio_by list[UNOWNED_MAX];
	size_t n = unowned_read(skel, list);
	char name[4 * sizeof(list[0].name) + 1];
	uint64_t known = 0;

	for (size_t i = 0; i < n; i++) {
		known += list[i].count;
		text__escape(name, sizeof(name), list[i].name,
			     strnlen(list[i].name, sizeof(list[i].name)));
		out__text(o, "%s%s %llu", i ? ", " : "\nunowned, submitted by: ", name,
			  (unsigned long long)list[i].count);
	}
	if (n && all > known)
		out__text(o, ", others %llu", (unsigned long long)(all - known));
	if (n)
		out__text(o, "\n");
}

void unowned__json(const struct biolatency_bpf *skel, struct json *j)
{
	struct bio_by list[UNOWNED_MAX];
	size_t n = unowned_read(skel, list);

	json__array(j, "unowned_by");
	for (size_t i = 0; i < n; i++) {
		json__object(j, NULL);
		json__bytes(j, "comm", list[i].name, strnlen(list[i].name, sizeof(list[i].name)));
		json__u64(j, "count", list[i].count);
		json__object_end(j);
	}
	json__array_end(j);
}
