/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Filters of lookups, by question and result. */
#ifndef DNSSNOOP_FILTER_H
#define DNSSNOOP_FILTER_H

#include "tools/dnssnoop/dns/dns_name.h"
#include "tools/dnssnoop/options.h"

#define FILTER_LIST_MAX 32
/* A name that is not ASCII: encoded, and as multicast DNS has it. */
#define FILTER_FORMS 2

struct dns_filter {
	bool any; /* there is one at all, of owners too */
	bool failed;
	/* Any of them, or what is below; `below`: only that. None: all names. */
	struct dns_name names[FILTER_FORMS];
	size_t nnames;
	bool below;
	uint16_t types[FILTER_LIST_MAX];
	const char *results[FILTER_LIST_MAX]; /* as text, in capitals */
	size_t ntypes, nresults;
	uint64_t slower_ns;
	char *copy; /* of the list of results */
};

/* -EINVAL after a line on stderr. */
int dns_filter__set(struct dns_filter *f, const struct dns_options *opt);
void dns_filter__free(struct dns_filter *f);
/*
 * `name`: NULL where the question is not known; `lat_ns`: UINT64_MAX if so; `kind`: of a NOERROR,
 * "NODATA" or "REFERRAL", or NULL.
 */
bool dns_filter__wants(const struct dns_filter *f, const struct dns_name *name, uint16_t type,
		       const char *result, const char *kind, bool answered, uint64_t lat_ns);
#define MDNS_PORT 5353	/* RFC 6762 */
#define LLMNR_PORT 5355 /* RFC 4795 */

/* Ports in network order, ended by 0. -EINVAL after a line on stderr. */
int dns_ports__set(const struct dns_options *opt, uint16_t ports[DNS_PORTS + 1]);

#endif
