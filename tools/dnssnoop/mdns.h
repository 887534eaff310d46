/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The peculiarities of multicast DNS (RFC 6762): many questions at once, answers without any. */
#ifndef DNSSNOOP_MDNS_H
#define DNSSNOOP_MDNS_H

#include "tools/dnssnoop/dns/dns_msg.h"
#include "tools/dnssnoop/lookup.h"

/* So many questions of a message are looked at. */
#define MDNS_MAX 64
/* So many lookups are looked at for an answer, of which each record may be for several. */
#define MDNS_LOOKS 4096

/* In a question: answer to me alone; in a record: forget what you knew (10.2, 5.4). */
#define MDNS_CLASS_BIT 0x8000

/* The next question; `w` has been begun. False: there is none. */
bool mdns__question(struct dns_walk *w, struct question *q);
/* The next record of the answers, as the question that it is for. */
bool mdns__record(struct dns_walk *w, struct question *record);
/* Whether this record of the lookup's name answers it, or says that there is no answer. */
bool mdns__answers(const struct question *record, const struct lookup *l);

#endif
