// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/dns/dns_answer.h"

#define TYPE_NS 2
#define TYPE_CNAME 5
#define TYPE_SOA 6
/* From here on to 255 types of questions, for several of records. */
#define TYPE_META 249
#define TYPE_ANY 255

/* What is in a message that could make a difference. */
struct found {
	bool data, alias, soa, ns;
	struct dns_rr last_alias;
	struct dns_name target; /* of it */
	struct dns_name zone;	/* that others know about */
};

static void found_answer(struct found *f, const struct dns_rr *rr, uint16_t type)
{
	if (rr->type == type || (type >= TYPE_META && type <= TYPE_ANY))
		f->data = true;
	else if (rr->type == TYPE_CNAME)
		f->last_alias = *rr;
}

/* Only the last one's name is read: each may take a hundred pointers. */
static void found_target(struct found *f, const struct dns_msg *msg)
{
	size_t at = f->last_alias.data;

	f->alias = f->last_alias.type == TYPE_CNAME &&
		   !dns_name__read(msg->data, at + f->last_alias.data_len, &at, &f->target);
}

static void found_authority(struct found *f, const struct dns_msg *msg, const struct dns_rr *rr)
{
	size_t at = rr->name;

	if (rr->type == TYPE_SOA)
		f->soa = true;
	else if (rr->type == TYPE_NS && !f->ns)
		f->ns = !dns_name__read(msg->data, msg->len, &at, &f->zone);
}

/*
 * With an alias, servers that do not look further themselves tell where to go on, and they may
 * name the servers of the alias's own zone.
 */
static enum dns_kind_of_answer alias_kind(const struct found *f, const struct dns_msg *msg)
{
	if (f->soa)
		return DNS_ANSWER_NODATA;
	if (f->ns)
		return dns_name__is_below(&f->target, &f->zone) ? DNS_ANSWER_REFERRAL :
								  DNS_ANSWER_DATA;
	return msg->flags & DNS_RA ? DNS_ANSWER_NODATA : DNS_ANSWER_DATA;
}

enum dns_kind_of_answer dns_answer__kind(const struct dns_msg *msg, uint16_t type)
{
	struct found f = {};
	struct dns_walk w;
	struct dns_rr rr;

	dns_walk__begin(&w, msg);
	while (!f.data && dns_walk__next(&w, &rr) > 0 && rr.section <= DNS_AUTHORITY) {
		if (rr.section == DNS_ANSWER)
			found_answer(&f, &rr, type);
		else if (rr.section == DNS_AUTHORITY)
			found_authority(&f, msg, &rr);
	}
	if (f.data)
		return DNS_ANSWER_DATA;
	found_target(&f, msg);
	if (f.alias)
		return alias_kind(&f, msg);
	return f.soa || !f.ns ? DNS_ANSWER_NODATA : DNS_ANSWER_REFERRAL;
}

const char *dns_answer__kind_name(enum dns_kind_of_answer kind)
{
	if (kind == DNS_ANSWER_DATA)
		return NULL;
	return kind == DNS_ANSWER_NODATA ? "NODATA" : "REFERRAL";
}
