/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The values of the user's options. */
#ifndef DNSSNOOP_OPTIONS_H
#define DNSSNOOP_OPTIONS_H

#include "common/owner/owner.h"
#include "common/owner/top.h"
#include "tools/dnssnoop/dnssnoop.h"

struct dns_options {
	bool failed, server, histogram, mdns, llmnr;
	struct top_options top;
	uint64_t interval_s, intervals;
	const char *name, *types, *results, *ports, *pcap;
	struct owner_options owner;
	struct event_options event;
	uint64_t slower_ns, timeout_ns, buffer;
};

extern struct dns_options dns_opt;
extern const struct tool_tables dnssnoop_tables; /* tables.c */

#endif
