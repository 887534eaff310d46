/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The data of resource records as master files have it (RFC 1035, 3597, and those of the types). */
#ifndef SNOOPKIT_DNS_RDATA_H
#define SNOOPKIT_DNS_RDATA_H

#include "tools/dnssnoop/dns/dns_msg.h"

/*
 * "93.184.216.34", "10 mail.example.org". Unknown types, and data that is not what its type should
 * have, as "\# 4 5db8d822". Never fails. What `t` has no room for is not made: a bitmap of 34 bytes
 * may be 2,500 as text.
 */
void dns_rdata__text(const struct dns_msg *msg, const struct dns_rr *rr, struct dns_text *t);

/* dns_svcb.c: the parameters of SVCB and HTTPS (RFC 9460), with a blank before each. -EBADMSG. */
int dns_svcb__text(const uint8_t *data, size_t len, struct dns_text *t);

#endif
