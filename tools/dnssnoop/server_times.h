/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * How long each server takes to answer, and how many lookups wait for it: which of them is given up
 * when too many wait, and what that tells. In a fixed table; servers that share a place in it share
 * their times, so that less is certain.
 */
#ifndef DNSSNOOP_SERVER_TIMES_H
#define DNSSNOOP_SERVER_TIMES_H

#include "tools/dnssnoop/dnssnoop.h"
#include "tools/dnssnoop/lookup_list.h"

#define SERVERS 4096

struct server_times {
	struct link open; /* the open lookups that it was asked last, by their last query */
	uint32_t count;
	uint64_t slowest_ns; /* answers of late; 0: there was none */
	uint64_t stray_ns;   /* when an answer came whose query is not known */
};

void server_times__init(struct server_times servers[SERVERS]);
/* Of the server that a query goes to, or that an answer comes from. */
struct server_times *server_times__of_query(struct server_times servers[SERVERS],
					    const struct dns_packet *query);
struct server_times *server_times__of_answer(struct server_times servers[SERVERS],
					     const struct dns_packet *answer);
/* It has answered after this time. */
void server_times__answered(struct server_times *s, uint64_t lat_ns);
/* By what it answers in, no answer will come to a query that was sent at `sent_ns`. */
bool server_times__is_silent(const struct server_times *s, uint64_t sent_ns, uint64_t now_ns,
			     uint64_t timeout_ns);

#endif
