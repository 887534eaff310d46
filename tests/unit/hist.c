// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/out/hist.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "tests/unit/bpf_shim.h"
#include "common/bpf/hist.bpf.h"
#include "tests/unit/random.h"
#include "tests/unit/tap.h"

#define SAMPLES 20000

/* The buckets counted out one after the other, rather than calculated. */
static uint64_t first_of[HIST_BUCKETS + 1];

static void count_out(void)
{
	uint64_t width = 1;

	for (unsigned int i = 1; i <= HIST_BUCKETS; i++) {
		first_of[i] = first_of[i - 1] + width;
		if (first_of[i] == width * 32)
			width *= 2;
	}
}

static void test_bounds(void)
{
	unsigned int wrong = 0, wide = 0;
	uint64_t lo, hi;

	for (unsigned int i = 0; i < HIST_BUCKETS; i++) {
		hist__bounds(i, &lo, &hi);
		wrong += lo != first_of[i];
		if (i < HIST_BUCKETS - 1) {
			wrong += hi != first_of[i + 1] - 1;
			wide += hi > lo && (hi - lo + 1) * 16 > lo;
		}
	}
	is_u64(wrong, 0, "bounds of all buckets join");
	is_u64(wide, 0, "no bucket is wider than a 16th of its lower bound");
	is_u64(hi, UINT64_MAX, "the last one has no upper end");
	is_u64(first_of[HIST_BUCKETS], 1ULL << HIST_MAX_LOG2, "... and the others end at 2^40");
}

/* What the three functions disagree on. */
static unsigned int bucket_wrong(uint64_t ns)
{
	unsigned int i = hist__bucket_of(ns);
	uint64_t lo, hi;

	if (i >= HIST_BUCKETS || hist_bucket(ns) != i)
		return 1;
	hist__bounds(i, &lo, &hi);
	return ns < lo || ns > hi;
}

static void test_bucket(void)
{
	unsigned int edges = 0, few = 0, many = 0, huge = 0;

	for (unsigned int i = 0; i < HIST_BUCKETS; i++) {
		edges += bucket_wrong(first_of[i]) || bucket_wrong(first_of[i + 1] - 1) ||
			 hist__bucket_of(first_of[i]) != i || hist_bucket(first_of[i]) != i;
	}
	for (uint64_t v = 0; v < 100000; v++)
		few += bucket_wrong(v);
	for (unsigned int i = 0; i < 1000000; i++)
		many += bucket_wrong(random_log());
	for (unsigned int bit = HIST_MAX_LOG2; bit < 64; bit++) {
		huge += hist_bucket(1ULL << bit) != HIST_BUCKETS - 1;
		huge += hist__bucket_of(1ULL << bit) != HIST_BUCKETS - 1;
	}
	is_u64(edges, 0, "kernel and user side agree on the edges of all buckets");
	is_u64(few, 0, "... on 0 to 99999");
	is_u64(many, 0, "... on a million random values");
	is_u64(huge, 0, "... on what is beyond the last");
	ok(!bucket_wrong(UINT64_MAX), "... and on the highest value");
}

/* Distributions of latencies. */
enum shape { UNIFORM, EXPONENTIAL, BIMODAL, SINGLE, TWO, TINY, LOG, TAIL, SHAPES };

static const char *const shapes[] = { "uniform",    "exponential", "bimodal",	  "single value",
				      "two values", "0 to 40 ns",  "log-uniform", "1 % outliers" };

static uint64_t draw(enum shape shape, unsigned int i)
{
	double r = (random_u64() >> 11) / 9007199254740992.0;

	switch (shape) {
	case UNIFORM:
		return 1000 + random_u64() % 10000000;
	case EXPONENTIAL:
		return -log(1 - r) * 250000;
	case BIMODAL:
		return i % 3 ? 80000 + random_u64() % 20000 : 9000000 + random_u64() % 4000000;
	case SINGLE:
		return 2071234;
	case TWO:
		return i % 2 ? 1000 : 900000000;
	case TINY:
		return random_u64() % 41;
	case LOG:
		return random_log() >> (64 - HIST_MAX_LOG2 + 1);
	case TAIL:
		return i % 100 ? 100000 + random_u64() % 5000 : 2000000000 + random_u64() % 100;
	default:
		return 0;
	}
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static const unsigned int ranks[] = { 0, 1, 100, 1000, 2500, 5000, 9000, 9900, 9990, 9999, 10000 };

/* How many of the percentiles are off, out of order or above the maximum. */
static unsigned int percentiles_wrong(const struct hist_data *h, const uint64_t *sorted, size_t n)
{
	unsigned int wrong = 0;
	uint64_t before = 0;

	for (size_t i = 0; i < sizeof(ranks) / sizeof(ranks[0]); i++) {
		size_t rank = (n * ranks[i] + 9999) / 10000;
		uint64_t want = sorted[rank ? rank - 1 : 0];
		uint64_t got = hist__percentile(h, ranks[i]);
		uint64_t off = got > want ? got - want : want - got;

		if (off * 16 > want || got < before || got > sorted[n - 1]) {
			diag("p%g of %zu: got %llu, want %llu", ranks[i] / 100.0, n,
			     (unsigned long long)got, (unsigned long long)want);
			wrong++;
		}
		before = got;
	}
	return wrong;
}

static void test_percentiles(enum shape shape, size_t n)
{
	static uint64_t values[SAMPLES];
	struct hist_data h = {};
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		values[i] = draw(shape, i);
		sum += values[i];
		hist__record(&h, values[i]);
	}
	qsort(values, n, sizeof(values[0]), compare);
	is_u64(percentiles_wrong(&h, values, n), 0, "percentiles of %zu, %s", n, shapes[shape]);
	ok(h.count == n && h.sum_ns == sum && h.max_ns == values[n - 1],
	   "... count, sum and maximum are exact");
	is_u64(hist__percentile(&h, 10000), values[n - 1], "... p100 is the maximum");
}

static void test_beyond(void)
{
	struct hist_data h = {};
	uint64_t last = 0, lo, hi;
	unsigned int wrong = 0;

	is_u64(hist__percentile(&h, 5000), 0, "median of nothing");
	hist__record(&h, 1ULL << 50);
	is_u64(hist__percentile(&h, 5000), 1ULL << 50, "one value of 13 days");
	for (unsigned int i = 0; i < 1000; i++)
		hist__record(&h, i % 2 ? UINT64_MAX / 2000 : 1000 + i);
	hist__bounds(HIST_BUCKETS - 1, &lo, &hi);
	for (unsigned int r = 0; r <= 10000; r++) {
		uint64_t ns = hist__percentile(&h, r);

		wrong += ns < last || ns > h.max_ns || (ns > 3000 && ns < lo);
		last = ns;
	}
	is_u64(wrong, 0, "percentiles beyond the last bucket stay in order and below the maximum");
	is_u64(last, UINT64_MAX / 2000, "... which is p100");
	memset(&h, 0, sizeof(h));
	h.count = h.bucket[100] = UINT64_MAX / 2;
	hist__bounds(100, &lo, &hi);
	h.max_ns = hi;
	ok(hist__percentile(&h, 9990) >= lo && hist__percentile(&h, 9990) <= hi,
	   "counts near 2^63 do not overflow");
}

static void test_merge(void)
{
	struct hist_data parts[4] = {}, sum = {}, whole = {}, empty = {};

	for (unsigned int i = 0; i < SAMPLES; i++) {
		uint64_t ns = draw(LOG, i);

		hist__record(&whole, ns);
		hist__record(&parts[random_u64() % 4], ns);
	}
	for (unsigned int i = 0; i < 4; i++)
		hist__add(&sum, &parts[i]);
	hist__add(&sum, &empty);
	ok(!memcmp(&sum, &whole, sizeof(sum)), "parts added are the same as the whole");
	hist__add(&empty, &whole);
	ok(!memcmp(&empty, &whole, sizeof(empty)), "added to nothing it is itself");
	memset(&empty, 0, sizeof(empty));
	empty.sum_ns = 7;
	hist__add(&sum, &empty);
	is_u64(sum.sum_ns, whole.sum_ns + 7, "a sum that comes without its event is not lost");
}

/* The row of one value, and how many rows there are. */
static unsigned int row_of(uint64_t ns, uint64_t unit_ns, unsigned int *used)
{
	uint64_t rows[HIST_LOG2_ROWS];
	struct hist_data h = {};
	unsigned int row = 0;

	hist__record(&h, ns);
	*used = hist__log2(&h, unit_ns, rows);
	while (row < HIST_LOG2_ROWS - 1 && !rows[row])
		row++;
	return row;
}

static unsigned int row_wrong(uint64_t ns, uint64_t unit_ns, unsigned int want)
{
	unsigned int used, row = row_of(ns, unit_ns, &used);

	return row != want || used != want + 1;
}

static void test_log2_edges(uint64_t unit_ns)
{
	unsigned int wrong = 0;
	uint64_t off;

	for (unsigned int k = 1; unit_ns << k < 1ULL << (HIST_MAX_LOG2 - 1); k++) {
		off = unit_ns == 1 ? 0 : (unit_ns << k) * 16 / 1000;
		wrong += row_wrong((unit_ns << k) + off, unit_ns, k);
		wrong += row_wrong((unit_ns << k) - off - 1, unit_ns, k - 1);
	}
	wrong += row_wrong(0, unit_ns, 0);
	is_u64(wrong, 0, "log2 rows of %llu ns: every edge is where it should be",
	       (unsigned long long)unit_ns);
}

static void test_log2(enum shape shape, uint64_t unit_ns)
{
	uint64_t rows[HIST_LOG2_ROWS], sum = 0;
	struct hist_data h = {};
	unsigned int used;

	for (unsigned int i = 0; i < SAMPLES; i++)
		hist__record(&h, draw(shape, i));
	hist__record(&h, UINT64_MAX);
	memset(rows, 0xff, sizeof(rows));
	used = hist__log2(&h, unit_ns, rows);
	for (unsigned int i = 0; i < HIST_LOG2_ROWS; i++)
		sum += rows[i];
	is_u64(sum, h.count, "log2 rows, %s, %llu ns: all are counted", shapes[shape],
	       (unsigned long long)unit_ns);
	ok(used && rows[used - 1] && (used == HIST_LOG2_ROWS || !rows[used]),
	   "... the last row is not empty");
}

/* What programs count, read as series.c does. */
static void test_kernel_side(int guarded)
{
	struct hist_data user = {};
	struct hist kernel = {};
	uint64_t max[2] = {};
	unsigned int wrong = 0;

	shim_field_exists = guarded;
	for (unsigned int i = 0; i < SAMPLES; i++) {
		uint64_t ns = draw(LOG, i) >> (i % 3);

		hist_epoch = i / 1000;
		if (max[hist_epoch % 2] < ns)
			max[hist_epoch % 2] = ns;
		hist_add(&kernel, ns);
		hist__record(&user, ns);
	}
	for (unsigned int i = 0; i < HIST_BUCKETS; i++)
		wrong += kernel.bucket[i] != user.bucket[i];
	is_u64(wrong, 0, "programs count what user space counts%s",
	       guarded ? "" : ", with atomics");
	is_u64(kernel.sum_ns, user.sum_ns, "... sum");
	ok(kernel.max_ns[0] == max[0] && kernel.max_ns[1] == max[1], "... maximum of each epoch");
}

int main(void)
{
	static const size_t sizes[] = { 1, 2, 3, 10, 100, 999, SAMPLES };

	count_out();
	test_bounds();
	test_bucket();
	for (int shape = 0; shape < SHAPES; shape++)
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
			test_percentiles(shape, sizes[i]);
	test_beyond();
	test_merge();
	for (uint64_t unit = 1; unit <= 1000000; unit *= 1000) {
		test_log2_edges(unit);
		for (int shape = 0; shape < SHAPES; shape++)
			test_log2(shape, unit);
	}
	test_kernel_side(1);
	test_kernel_side(0);
	return done_testing();
}
