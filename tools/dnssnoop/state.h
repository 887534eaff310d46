/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What is kept while records are put together to lookups. */
#ifndef DNSSNOOP_STATE_H
#define DNSSNOOP_STATE_H

#include "common/net/pcapng.h"
#include "common/owner/process.h"
#include "common/owner/top.h"
#include "common/tool/tool.h"
#include "tools/dnssnoop/datagram.h"
#include "tools/dnssnoop/filter.h"
#include "tools/dnssnoop/flow.h"
#include "tools/dnssnoop/lookups.h"
#include "tools/dnssnoop/options.h"
#include "tools/dnssnoop/tcp.h"

/* How many records had been lost by some time. */
struct lost_then {
	uint64_t time_ns, lost;
};

struct dns_match {
	const struct dns_options *opt;
	struct process_names names;
	struct dns_filter filter;
	struct top sums; /* sums.by: instead of rows */
	bool filter_owner;
	struct lookups *lookups;
	struct tcp_streams *streams;
	struct flows *flows;
	struct flow others;    /* of UDP, that there is no room for in `flows` */
	uint64_t flows_due_ns; /* none is due before */
	uint64_t foreign;      /* rows of them that were shown, but `others` */
	struct datagrams datagrams;
	struct pcapng *pcap;	     /* owned; or NULL */
	uint64_t lost;		     /* records, by now */
	struct lost_then looks[2];   /* the later one first */
	uint64_t ends[LOOKUP_ENDS];  /* of lookups that were shown */
	uint64_t questions_left_out; /* of messages with more than are looked at */
	uint64_t early;		     /* of them: given up to make room */
	struct buf words;
	int err; /* of a row, for match__record() */
};

#endif
