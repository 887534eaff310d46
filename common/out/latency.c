// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/out/latency.h"

#include <math.h>
#include <string.h>

#define STARS 40

#define ROW(member) offsetof(struct latency_row, member)

/* Percentiles are at most the width of a bucket off. */
#define ANY "with a count"

const struct field latency_fields[] = {
	{ "label", "", FIELD_TEXT, 12, .help = "what the row is of", .table_only = true,
	  .offset = ROW(label) },
	{ "count", "COUNT", FIELD_U64, 9, .help = "how many", .always = true,
	  .offset = ROW(count) },
	{ "iops", "IOPS", FIELD_REAL, 8, .help = "how many a second", .offset = ROW(iops) },
	{ "mb_per_s", "MB/s", FIELD_REAL, 8, .digits = 1, .help = "10^6 bytes a second",
	  .offset = ROW(mb_per_s) },
	{ "p50_ns", "p50", FIELD_NS, 8, .help = "half took no longer, at most 6.25 % off",
	  .when = ANY, .offset = ROW(p50_ns) },
	{ "p90_ns", "p90", FIELD_NS, 8, .help = "90 % took no longer, at most 6.25 % off",
	  .when = ANY, .offset = ROW(p90_ns) },
	{ "p99_ns", "p99", FIELD_NS, 8, .help = "99 % took no longer, at most 6.25 % off",
	  .when = ANY, .offset = ROW(p99_ns) },
	{ "p99_9_ns", "p99.9", FIELD_NS, 10, .help = "99.9 % took no longer, at most 6.25 % off",
	  .when = ANY, .offset = ROW(p99_9_ns) },
	{ "max_ns", "max", FIELD_NS, 8, .help = "the slowest, exactly", .when = ANY,
	  .offset = ROW(max_ns) },
	{ "avg_ns", "avg", FIELD_NS, 8, .wide = true, .help = "the average", .when = ANY,
	  .offset = ROW(avg_ns) },
	{ "sum_ns", "sum", FIELD_NS, 12, .wide = true, .help = "all together", .always = true,
	  .offset = ROW(sum_ns) },
	{ "bytes", "BYTES", FIELD_U64, 14, .wide = true, .help = "their bytes", .always = true,
	  .offset = ROW(bytes) },
	{},
};

const struct member latency_bucket_members[] = {
	{ "ge_ns", "integer", NULL, "they took so long, or longer" },
	{ "lt_ns", "integer|null", NULL, "they took less; null in the last bucket" },
	{ "count", "integer", NULL, "how many they are" },
	{},
};

void latency__row(struct latency_row *row, const char *label, const struct hist_data *h,
		  uint64_t bytes, uint64_t elapsed_ns)
{
	double seconds = elapsed_ns / 1e9;
	bool any = h->count;

	memset(row, 0, sizeof(*row));
	row->label = label;
	row->count = h->count;
	row->bytes = bytes;
	row->sum_ns = h->sum_ns;
	row->iops = seconds > 0 ? h->count / seconds : NAN;
	row->mb_per_s = seconds > 0 ? bytes / seconds / 1e6 : NAN;
	row->avg_ns = any ? h->sum_ns / h->count : FIELD_UNKNOWN;
	row->p50_ns = any ? hist__percentile(h, 5000) : FIELD_UNKNOWN;
	row->p90_ns = any ? hist__percentile(h, 9000) : FIELD_UNKNOWN;
	row->p99_ns = any ? hist__percentile(h, 9900) : FIELD_UNKNOWN;
	row->p99_9_ns = any ? hist__percentile(h, 9990) : FIELD_UNKNOWN;
	row->max_ns = any ? h->max_ns : FIELD_UNKNOWN;
}

void latency__plot(const struct hist_data *h, struct out *o)
{
	uint64_t rows[HIST_LOG2_ROWS], most = 0;
	unsigned int n = hist__log2(h, o->unit_ns, rows);
	/* Above 2^32 units bcc makes room too. */
	int width = n > 32 ? 20 : 10;

	if (o->json || !n)
		return;
	for (unsigned int i = 0; i < n; i++)
		most = rows[i] > most ? rows[i] : most;
	if (!o->no_header)
		out__text(o, "%*s%-*s : count     distribution\n", width / 2, "", width * 3 / 2 + 4,
			  o->unit_ns == 1000000 ? "msecs" : "usecs");
	for (unsigned int i = 0; i < n; i++) {
		char stars[STARS + 1] = "";

		memset(stars, '*', most ? (double)rows[i] * STARS / most : 0);
		out__text(o, "%*llu -> %-*llu : %-8llu |%-*s|\n", width, i ? 1ULL << i : 0ULL,
			  width, (2ULL << i) - 1, (unsigned long long)rows[i], STARS, stars);
	}
}

void latency__extension(const struct hist_data *h, struct out *o)
{
	const char *unit = o->unit_ns == 1000000 ? "msecs" : "usecs";

	if (!h->count)
		return;
	out__text(o, "\navg = %llu %s, total: %llu %s, count: %llu\n",
		  (unsigned long long)(h->sum_ns / h->count / o->unit_ns), unit,
		  (unsigned long long)(h->sum_ns / o->unit_ns), unit, (unsigned long long)h->count);
}

void latency__buckets(const struct hist_data *h, struct json *j)
{
	json__array(j, "buckets");
	for (unsigned int i = 0; i < HIST_BUCKETS; i++) {
		uint64_t lo, hi;

		if (!h->bucket[i])
			continue;
		hist__bounds(i, &lo, &hi);
		json__object(j, NULL);
		json__u64(j, "ge_ns", lo);
		/* What is slower than the last bound is in the last bucket. */
		if (i == HIST_BUCKETS - 1)
			json__null(j, "lt_ns");
		else
			json__u64(j, "lt_ns", hi + 1);
		json__u64(j, "count", h->bucket[i]);
		json__object_end(j);
	}
	json__array_end(j);
}
