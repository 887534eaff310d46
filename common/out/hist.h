/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* User side of bpf/hist.h: sums of histograms, percentiles, the log2 view. */
#ifndef SNOOPKIT_USER_HIST_H
#define SNOOPKIT_USER_HIST_H

#include <stdint.h>
#include "common/bpf/hist_wire.h"

/* Latencies in ns of `count` events. */
struct hist_data {
	uint64_t count, sum_ns;
	uint64_t max_ns; /* exact, or 0 when count is 0 */
	uint64_t bucket[HIST_BUCKETS];
};

/* The values of bucket i are lo..hi, both included. The last one has no upper end. */
void hist__bounds(unsigned int i, uint64_t *lo, uint64_t *hi);
unsigned int hist__bucket_of(uint64_t ns);

void hist__add(struct hist_data *to, const struct hist_data *from);
/* One event, for tests and for tools that count in user space. */
void hist__record(struct hist_data *h, uint64_t ns);

/*
 * The value that `per_mille_10` / 10000 of the events do not exceed (5000: median, 9990:
 * p99.9), interpolated in its bucket: at most 6.25 % off, never above the maximum. 0 if empty.
 * In the last bucket, from 18 minutes on, it is somewhere between the bound and the maximum.
 */
uint64_t hist__percentile(const struct hist_data *h, unsigned int per_mille_10);

#define HIST_LOG2_ROWS 64

/*
 * The rows people know from bcc: row k counts 2^k .. 2^(k+1)-1 units (row 0: 0 and 1). A
 * bucket that straddles an edge goes where its middle is, so an edge is at most 1.6 % off.
 * Returns the number of rows up to the last one that is not empty.
 */
unsigned int hist__log2(const struct hist_data *h, uint64_t unit_ns, uint64_t rows[HIST_LOG2_ROWS]);

#endif
