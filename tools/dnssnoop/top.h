/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Lookups summed up by name, process, container, server or result; or the latency of all. */
#ifndef DNSSNOOP_TOP_H
#define DNSSNOOP_TOP_H

#include "common/base/table.h"
#include "tools/dnssnoop/row.h"

enum top_by {
	TOP_NONE,
	TOP_NAME,
	TOP_PROCESS,
	TOP_CONTAINER,
	TOP_SERVER,
	TOP_RCODE,
	TOP_ALL, /* --histogram */
};

struct dns_top {
	enum top_by by;
	uint64_t rows; /* shown in tables */
	uint64_t since_ns;
	struct table sums;
	bool shown; /* something has been */
};

/* Of sums, and of the row below a histogram. */
extern const struct field sum_fields[];
/* -EINVAL after a line on stderr. */
int top__set(struct dns_top *t, const struct dns_options *opt);
/* 0 or -ENOMEM. */
int top__add(struct dns_top *t, const struct process_names *names, const struct ended *e);
/* Shows what there is, and forgets it. 0 or -ENOMEM. */
int top__show(struct dns_top *t, struct run *run);
void top__free(struct dns_top *t);

#endif
