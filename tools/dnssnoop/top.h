/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Lookups summed up by name, process, container, server or result; or the latency of all. */
#ifndef DNSSNOOP_TOP_H
#define DNSSNOOP_TOP_H

#include "common/base/table.h"
#include "common/net/net.h"
#include "common/out/latency.h"
#include "common/owner/process.h"
#include "common/tool/tool.h"
#include "tools/dnssnoop/dns/dns_name.h"
#include "tools/dnssnoop/ended.h"
#include "tools/dnssnoop/options.h"

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
struct dns_top_row {
	struct latency_row latency;
	uint64_t count, failed, timed_out, retries, pid, server_port, interval_ns;
	double failed_percent;
	const char *key, *name, *comm, *container, *server, *result;
	char text[DNS_NAME_TEXT], endpoint[NET_ENDPOINT_SIZE];
};

extern const struct field dns_top_fields[]; /* tables.c */

/* -EINVAL after a line on stderr. */
int top__set(struct dns_top *t, const struct dns_options *opt);
/* 0 or -ENOMEM. */
int top__add(struct dns_top *t, const struct process_names *names, const struct ended *e);
/* Shows the sums, and forgets them. 0 or -ENOMEM. */
int top__show(struct dns_top *t, struct run *run);
void top__free(struct dns_top *t);

#endif
