/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Sums by flow, destination, process, container or cause. */
#ifndef TCPRETRANS_TOP_H
#define TCPRETRANS_TOP_H

#include "common/tool.h"
#include "tools/tcpretrans/row.h"

enum top_by {
	TOP_NONE,
	TOP_FLOW,
	TOP_DESTINATION,
	TOP_PROCESS,
	TOP_CONTAINER,
	TOP_CAUSE,
};

struct top_sum;

struct top {
	enum top_by by;
	uint64_t rows; /* shown in tables */
	uint64_t since_ns;
	struct top_sum *sums; /* hash table of `size`, a power of two */
	struct top_sum **sorted;
	size_t count, size;
	bool shown; /* something has been */
};

extern const struct field top_fields[];

/* `by`: NULL is TOP_NONE. -EINVAL after a line on stderr. */
int top__parse(struct top *t, const char *by);
int top__add(struct top *t, const struct retrans_record *r, const struct retrans_row *row);
/* Shows what there is, and forgets it. Adds to run->shown. */
int top__show(struct top *t, struct run *run);
void top__free(struct top *t);

#endif
