/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* A message that has come, and what becomes of it: the beginning or the end of a lookup. */
#ifndef DNSSNOOP_ARRIVAL_H
#define DNSSNOOP_ARRIVAL_H

#include "tools/dnssnoop/match.h"

struct arrival {
	struct dns_match *match;
	struct run *run;
	const struct dns_packet *packet; /* that the message came in */
	uint32_t packets;		 /* not yet counted with any message: 1 or 0 */
	size_t missing;			 /* bytes of the message that there are not */
};

/* A tcp_message_fn of a struct arrival. 0 or -ENOMEM. */
int arrival__message(void *arrival, const uint8_t *data, size_t len);
/* A query; `q`: NULL if what it asks is hidden. 0 or -ENOMEM. */
int arrival__begin(struct arrival *a, const struct question *q);
/* Packets to be counted with the row that this belongs to; none the next time. */
uint32_t arrival__packets(struct arrival *a);
bool arrival__is_mdns(const struct arrival *a);

#endif
