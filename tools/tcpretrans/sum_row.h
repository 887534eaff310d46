/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* A sum as it is shown. */
#ifndef TCPRETRANS_SUM_ROW_H
#define TCPRETRANS_SUM_ROW_H

#include "common/net/net.h"
#include "common/owner/top.h"
#include "tools/tcpretrans/tcpretrans.h"

/* Numbers only. */
struct sum {
	uint64_t segs, bytes, events, again_segs;
	uint64_t fails;
	uint64_t causes[CAUSE_MAX]; /* segments; of CAUSE_FAIL events */
};

struct sum_row {
	struct top_row top;
	struct sum sum;
	uint64_t sport, dport, netns;
	const char *owner_from, *cause, *attempt, *error, *reason, *why, *saddr_text, *daddr_text,
		*local, *remote;
	char saddr[NET_ADDR_SIZE], daddr[NET_ADDR_SIZE];
	char local_text[NET_ENDPOINT_SIZE], remote_text[NET_ENDPOINT_SIZE];
	char pid_text[12], error_text[16], why_text[96];
};

#endif
