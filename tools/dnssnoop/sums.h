/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Lookups summed up by a key (--top), or all of them with their latency (--histogram). */
#ifndef DNSSNOOP_SUMS_H
#define DNSSNOOP_SUMS_H

#include "common/net/net.h"
#include "common/out/latency.h"
#include "common/owner/process.h"
#include "common/owner/top.h"
#include "tools/dnssnoop/dns/dns_name.h"
#include "tools/dnssnoop/ended.h"
#include "tools/dnssnoop/options.h"

/* Of sums, and of the row below a histogram. */
struct dns_sum_row {
	struct top_row top;
	struct latency_row latency;
	uint64_t count, failed, timed_out, unknown, retries, not_dns, server_port;
	double failed_percent;
	const char *name, *server, *server_endpoint, *result;
	char text[DNS_NAME_TEXT], endpoint[NET_ENDPOINT_SIZE];
};

extern const struct field dns_sum_fields[]; /* tables.c */

/* What sums can be by (an event is a struct ended); and the one key of --histogram. */
extern const struct top_by *const dns_sums_by[];
extern const struct top_by dns_sums_all;

/* TOOL_TOLD(TOOL_USAGE) after a line on stderr. Without --top and --histogram sums->by is NULL. */
int dns_sums__parse(struct top *sums, const struct dns_options *opt);
/* 0 or -ENOMEM. */
int dns_sums__add(struct top *sums, const struct process_names *names, const struct ended *e);

#endif
