// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/arrival.h"

#include "tools/dnssnoop/mdns.h"

bool arrival__is_mdns(const struct arrival *a)
{
	return a->match->opt->mdns && a->packet->rport == MDNS_PORT &&
	       !(a->packet->flags & DNS_TCP);
}

uint32_t arrival__packets(struct arrival *a)
{
	uint32_t packets = a->packets;

	a->packets = 0;
	return packets;
}
