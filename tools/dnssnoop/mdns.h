/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The peculiarities of multicast DNS (RFC 6762): many questions at once, answers without any. */
#ifndef DNSSNOOP_MDNS_H
#define DNSSNOOP_MDNS_H

#include "tools/dnssnoop/dns/dns_msg.h"
#include "tools/dnssnoop/lookup.h"

/* So many questions, records of an answer and lookups of a socket are looked at. */
#define MDNS_MAX 64

/* In a question: answer to me alone; in a record: forget what you knew (10.2, 5.4). */
#define MDNS_CLASS_BIT 0x8000

/* The next question; `w` has been begun. False: there is none. */
bool mdns__question(struct dns_walk *w, struct question *q);
/* Whether it is among the answers, or they say that there is none. */
bool mdns__answers(const struct dns_msg *msg, const struct lookup *l);

#endif
