/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* A message that has come. */
#ifndef DNSSNOOP_ARRIVAL_H
#define DNSSNOOP_ARRIVAL_H

#include "tools/dnssnoop/state.h"

struct arrival {
	struct dns_match *match;
	struct run *run;
	const struct dns_packet *packet; /* that the message came in */
	uint32_t packets;		 /* not yet counted with any message: 1 or 0 */
	size_t missing;			 /* bytes of the message that there are not */
};

/* Packets to be counted with the row that this belongs to; none the next time. */
uint32_t arrival__packets(struct arrival *a);
bool arrival__is_mdns(const struct arrival *a);

#endif
