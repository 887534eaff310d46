/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The values of the user's options. */
#ifndef TCPRETRANS_OPTIONS_H
#define TCPRETRANS_OPTIONS_H

#include "common/net/net.h"
#include "common/owner/owner.h"
#include "common/owner/top.h"

struct retrans_options {
	bool sequence, probes, count; /* -s -l -c */
	bool conn, check;
	struct top_options top; /* nothing: events */
	struct net_options net;
	struct owner_options owner;
	const char *causes;
	uint64_t buffer, interval_s, intervals;
};

extern struct retrans_options retrans_opt;
extern const struct tool_tables tcpretrans_tables; /* tables.c */

#endif
