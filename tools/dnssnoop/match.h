/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Records of the programs, put together to lookups. */
#ifndef DNSSNOOP_MATCH_H
#define DNSSNOOP_MATCH_H

#include "tools/dnssnoop/state.h"

/* -ENOMEM. */
int match__init(struct dns_match *match, uint64_t now_ns);
void match__free(struct dns_match *match);
/* A record of the programs. Counts in run->shown and run->filtered. 0 or -errno. */
int match__record(struct dns_match *match, struct run *run, const struct record *r);
/* `lost`: records, by now. */
void match__lost(struct dns_match *match, uint64_t lost);
/* The same, right before the ring is read to its end: what is read after that is not older than the
 * look before. */
void match__look(struct dns_match *match, uint64_t now_ns, uint64_t lost);
/* Something has waited for too long by this time. */
bool match__is_due(const struct dns_match *match, uint64_t now_ns);
/* The ring has been read up to this time: what has waited for too long ends. */
void match__expire(struct dns_match *match, struct run *run, uint64_t now_ns);
/* No answer can come any more. */
void match__end(struct dns_match *match, struct run *run);
/* The line that counts lookups by their ends, or its members. */
void match__summary(const struct dns_match *match, struct run *run);

#endif
