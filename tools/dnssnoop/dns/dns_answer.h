/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What an answer without an error says (RFC 2308, 2.2). */
#ifndef SNOOPKIT_DNS_ANSWER_H
#define SNOOPKIT_DNS_ANSWER_H

#include "tools/dnssnoop/dns/dns_msg.h"

enum dns_kind_of_answer {
	DNS_ANSWER_DATA,     /* there is some; or the answer is one that need not have any */
	DNS_ANSWER_NODATA,   /* the name is there, but has nothing of this type */
	DNS_ANSWER_REFERRAL, /* others know */
};

/* Of a whole message with NOERROR, to a query for `type`. */
enum dns_kind_of_answer dns_answer__kind(const struct dns_msg *msg, uint16_t type);
/* "NODATA", "REFERRAL"; NULL for DNS_ANSWER_DATA. */
const char *dns_answer__kind_name(enum dns_kind_of_answer kind);

#endif
