/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Ends lookups, and shows them unless a filter excludes them. */
#ifndef DNSSNOOP_OUTCOME_H
#define DNSSNOOP_OUTCOME_H

#include "tools/dnssnoop/arrival.h"
#include "tools/dnssnoop/message.h"

/* `certain`: the message is the answer to this lookup. */
void outcome__answered(struct arrival *a, struct lookup *l, const struct message *m, bool certain);

/* How a lookup ends without an answer. */
struct ending {
	enum lookup_end end;
	const char *result;
	bool early;		     /* to make room */
	const struct dns_end *error; /* that the socket was told; NULL: none */
	uint64_t time_ns;
};

void outcome__unanswered(struct dns_match *match, struct run *run, struct lookup *l,
			 const struct ending *how);
/* The same, or UNKNOWN where its answer may have been missed. */
void outcome__given_up(struct dns_match *match, struct run *run, struct lookup *l,
		       const struct ending *how);
void outcome__timed_out(struct dns_match *match, struct run *run, struct lookup *l,
			uint64_t time_ns);
void outcome__abandoned(struct dns_match *match, struct run *run, struct lookup *l);
/* To make room: it has not waited for as long as it may. */
void outcome__early(struct dns_match *match, struct run *run, struct lookup *l, uint64_t now_ns);
/*
 * A message that ends no lookup. `l`: the lookup that it is about; NULL: there is none. `result`:
 * NULL: what the message says.
 */
void outcome__stray(struct arrival *a, const struct message *m, const struct lookup *l,
		    const char *result);

/* A flow that is not DNS, of which this has not been told. `other`: those without room. */
void outcome__foreign(struct dns_match *match, struct run *run, const struct flow *f, bool other);
/* Packets that belong to no row of their own. `wanted`: enum dns_wanted, of their owner. */
void outcome__rest(struct dns_match *match, struct run *run, uint64_t packets, uint8_t wanted);

#endif
