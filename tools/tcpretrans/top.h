/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Sums by flow, destination, process, container or cause. */
#ifndef TCPRETRANS_TOP_H
#define TCPRETRANS_TOP_H

#include "common/base/table.h"
#include "common/tool/tool.h"
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
	struct table sums, sources; /* of struct top_sum, struct top_source */
	struct top_sum **sorted;
	struct bpf_map *mores;
	uint32_t *epoch; /* the programs' */
	bool shown;	 /* something has been */
};

extern const struct field top_fields[];

/* `by`: NULL is TOP_NONE. -EINVAL after a line on stderr. */
int top__parse(struct top *t, const char *by);
/* Borrows what the programs have. */
void top__begin(struct top *t, struct bpf_map *mores, uint32_t *epoch, uint64_t now_ns);
/* The first event of a connection and cause, on behalf also of those to come. 0 or -ENOMEM. */
int top__add(struct top *t, const struct retrans_record *r, const struct socket_owner *owner,
	     const struct retrans_row *row);
/* The same of one that is not shown, nor are those to come. */
int top__ignore(struct top *t, const struct retrans_record *r);
/* Shows what there is, and forgets it. Counts in run->shown and run->filtered. */
int top__show(struct top *t, struct run *run);
void top__free(struct top *t);

#endif
