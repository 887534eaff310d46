/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Latency histograms as people read them: bcc's log2 plot, a row of percentiles, JSON. */
#ifndef SNOOPKIT_LATENCY_H
#define SNOOPKIT_LATENCY_H

#include <stdint.h>
#include "common/out/hist.h"
#include "common/out/out.h"

/* One row: the events of a span of time. */
struct latency_row {
	const char *label; /* of the table; not in JSON */
	uint64_t count, bytes;
	double iops, mb_per_s;						   /* 10^6 bytes */
	uint64_t sum_ns, avg_ns, p50_ns, p90_ns, p99_ns, p99_9_ns, max_ns; /* unknown if none */
};

/* The columns: of tables, and the members of JSON objects. */
extern const struct field latency_fields[];

void latency__row(struct latency_row *row, const char *label, const struct hist_data *h,
		  uint64_t bytes, uint64_t elapsed_ns);
/* Of "buckets". */
extern const struct member latency_bucket_members[];
#define LATENCY_MEMBER_BUCKETS                                                                     \
	{                                                                                          \
		"buckets", "object[]", NULL, "how many were how slow; empty buckets are left out", \
			latency_bucket_members                                                     \
	}

/* The plot, in the output's unit; nothing in JSON. */
void latency__plot(const struct hist_data *h, struct out *o);
/* bcc's -e: average, total and count. */
void latency__extension(const struct hist_data *h, struct out *o);
/* "buckets": lower bound, upper bound and count of each that is not empty. */
void latency__buckets(const struct hist_data *h, struct json *j);

#endif
