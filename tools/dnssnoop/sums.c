// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/sums.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include "common/base/option.h"
#include "common/owner/top_owner.h"

/* 5 kB each. What finds no more room is summed up as others. */
#define SUMS_MAX 1024

struct sum {
	uint64_t count, failed, timed_out, unknown, retries, not_dns;
	struct hist_data hist; /* of those that were answered */
};

/* For the line of the others, which tells these numbers only. */
static void sum_join(void *to, const void *from)
{
	const struct sum *more = from;
	struct sum *sum = to;

	sum->count += more->count;
	sum->failed += more->failed;
	sum->unknown += more->unknown;
	sum->not_dns += more->not_dns;
}

static void sum_row(const void *from, void *to)
{
	const struct sum *sum = from;
	struct dns_sum_row *row = to;
	uint64_t known = sum->count - sum->unknown;

	latency__row(&row->latency, NULL, &sum->hist, 0, row->top.interval_ns);
	row->count = sum->count;
	row->failed = sum->failed;
	row->timed_out = sum->timed_out;
	row->retries = sum->retries;
	row->unknown = sum->unknown;
	row->failed_percent = known ? 100.0 * sum->failed / known : NAN;
	row->not_dns = sum->not_dns;
	row->server_port = FIELD_UNKNOWN;
}

static void sum_buckets(const void *sum, struct json *j)
{
	latency__buckets(&((const struct sum *)sum)->hist, j);
}

static void sum_plot(const void *sum, struct out *o)
{
	latency__plot(&((const struct sum *)sum)->hist, o);
	out__text(o, "\n");
}

#define KIND                                                                                     \
	.by = dns_sums_by, .fields = dns_sum_fields, .max = SUMS_MAX,                            \
	.row_size = sizeof(struct dns_sum_row), .sum_size = sizeof(struct sum), .sort = "count", \
	.others = { { "count", "lookups" }, { "failed", "failed" }, { "unknown", "unknown" } },  \
	.join = sum_join, .row = sum_row

static const struct top_kind kind = { KIND };
static const struct top_kind histogram = { KIND, .json = sum_buckets, .plot = sum_plot };

static int sums_exclusive(const struct dns_options *opt)
{
	if (opt->histogram && opt->top.by)
		msg__error(option__typed("histogram"), "cannot be used together with %s",
			   option__typed("top"));
	else if (opt->interval_s && !opt->top.by && !opt->histogram)
		msg__error("interval", "is for --top and --histogram only");
	else
		return 0;
	return -EINVAL;
}

int dns_sums__parse(struct top *sums, const struct dns_options *opt)
{
	int err = sums_exclusive(opt);

	if (!err && opt->histogram)
		err = top__set(sums, &histogram, &dns_sums_all, &opt->top);
	else if (!err)
		err = top__parse(sums, &kind, &opt->top);
	return err ? TOOL_TOLD(TOOL_USAGE) : 0;
}

static void sums_owner(struct top_owner *owner, const struct dns_packet *p,
		       const struct process_names *names, struct process_row *row)
{
	process__row(&p->who, names, row);
	memcpy(row->comm_text, p->leader, sizeof(p->leader));
	top_owner__of(owner, row);
}

int dns_sums__add(struct top *sums, const struct process_names *names, const struct ended *e)
{
	struct top_owner owner = {};
	struct process_row row;
	struct sum *sum;

	if (e->query->who.pid)
		sums_owner(&owner, e->query, names, &row);
	sum = top__add(sums, &owner, e);
	if (!sum)
		return -ENOMEM;
	if (e->flow) {
		/* A connection is counted once, however many rows it would have. */
		sum->not_dns += !e->flow->told;
		return 0;
	}
	sum->count++;
	sum->unknown += !strcmp(e->result, "UNKNOWN");
	sum->failed +=
		!e->misplaced && strcmp(e->result, "NOERROR") && strcmp(e->result, "UNKNOWN");
	sum->timed_out += !strcmp(e->result, "TIMEOUT");
	sum->retries += e->sends > 1 ? e->sends - 1 : 0;
	if (e->answer && e->lat_ns != FIELD_UNKNOWN)
		hist__record(&sum->hist, e->lat_ns);
	return 0;
}
