// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/mdns.h"

#define TYPE_CNAME 5
#define TYPE_NSEC 47
#define TYPE_ANY 255

static bool mdns_next(struct dns_walk *w, struct question *q, enum dns_section section)
{
	const struct dns_msg *msg = w->msg;
	struct dns_rr rr;
	size_t at;

	while (dns_walk__next(w, &rr) > 0 && rr.section <= section) {
		at = rr.name;
		if (rr.section != section || dns_name__read(msg->data, msg->len, &at, &q->name))
			continue;
		q->type = rr.type;
		q->class = rr.class & ~MDNS_CLASS_BIT;
		return true;
	}
	return false;
}

bool mdns__question(struct dns_walk *w, struct question *q)
{
	return mdns_next(w, q, DNS_QUESTION);
}

bool mdns__record(struct dns_walk *w, struct question *record)
{
	return mdns_next(w, record, DNS_ANSWER);
}

/* NSEC: of other types there are none (6.1). */
bool mdns__answers(const struct question *record, const struct lookup *l)
{
	return record->class == l->class &&
	       (record->type == l->type || l->type == TYPE_ANY || record->type == TYPE_CNAME ||
		record->type == TYPE_NSEC);
}
