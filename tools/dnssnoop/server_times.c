// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/server_times.h"

#include "common/base/clock.h"

/* What takes so many times as long as all answers of late has none. */
#define SLOWER 4
#define SILENT_MIN_NS (NSEC_PER_SEC / 4)
/* Of a server that has not answered at all. */
#define UNHEARD_NS (NSEC_PER_SEC / 2)
/* So many answers make the slowest one a third of what it was. */
#define SLOWEST_FADES 1024

void server_times__init(struct server_times servers[SERVERS])
{
	for (int i = 0; i < SERVERS; i++)
		link__init(&servers[i].open);
}

/* Each network namespace has a 127.0.0.1 of its own. */
static struct server_times *server_at(struct server_times servers[SERVERS],
				      const struct net_addr *addr, uint16_t port, uint32_t netns)
{
	uint64_t h = (uint64_t)netns << 16 | port;

	for (int i = 0; i < 4; i++)
		h = (h ^ addr->word[i]) * UINT64_C(0x9e3779b97f4a7c15);
	return &servers[(h ^ h >> 32) % SERVERS];
}

/* A query that comes in is for this host, and one of its servers. */
struct server_times *server_times__of_query(struct server_times servers[SERVERS],
					    const struct dns_packet *query)
{
	if (!(query->flags & DNS_OUT))
		return server_at(servers, &query->local, query->lport, query->netns);
	return server_at(servers, &query->asked, query->asked_port, query->netns);
}

struct server_times *server_times__of_answer(struct server_times servers[SERVERS],
					     const struct dns_packet *answer)
{
	if (answer->flags & DNS_OUT)
		return server_at(servers, &answer->local, answer->lport, answer->netns);
	return server_at(servers, &answer->remote, answer->rport, answer->netns);
}

void server_times__answered(struct server_times *s, uint64_t lat_ns)
{
	if (lat_ns >= s->slowest_ns)
		s->slowest_ns = lat_ns + !lat_ns;
	else
		s->slowest_ns -= (s->slowest_ns - lat_ns) / SLOWEST_FADES;
}

bool server_times__is_silent(const struct server_times *s, uint64_t sent_ns, uint64_t now_ns,
			     uint64_t timeout_ns)
{
	uint64_t wait_ns = s->slowest_ns ? SLOWER * s->slowest_ns : UNHEARD_NS;

	if (wait_ns < SILENT_MIN_NS)
		wait_ns = SILENT_MIN_NS;
	if (wait_ns > timeout_ns)
		wait_ns = timeout_ns;
	/* Its queries may be among those that were given up. */
	if (s->stray_ns > sent_ns)
		return false;
	return now_ns >= sent_ns + wait_ns;
}
