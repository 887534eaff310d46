/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * DNS messages (RFC 1035, EDNS: RFC 6891), as far as there are bytes of them. Nothing is allocated
 * or kept; what a message says of its own counts and lengths is never believed.
 */
#ifndef SNOOPKIT_DNS_MSG_H
#define SNOOPKIT_DNS_MSG_H

#include "tools/dnssnoop/dns/dns_name.h"

#define DNS_HEADER 12

enum dns_flag {
	DNS_QR = 0x8000, /* a response */
	DNS_AA = 0x0400,
	DNS_TC = 0x0200,
	DNS_RD = 0x0100,
	DNS_RA = 0x0080,
	DNS_AD = 0x0020,
	DNS_CD = 0x0010,
};

enum dns_section { DNS_QUESTION, DNS_ANSWER, DNS_AUTHORITY, DNS_ADDITIONAL, DNS_SECTIONS };

struct dns_msg {
	const uint8_t *data; /* borrowed */
	size_t len;
	uint16_t id, flags;
	uint16_t count[DNS_SECTIONS];
};

/* A question has neither ttl nor data. */
struct dns_rr {
	enum dns_section section;
	size_t name; /* where it is: for dns_name__read() */
	uint16_t type, class;
	uint32_t ttl;	       /* as it is there: RFC 2181, 8 has 2^31 and more be 0 */
	size_t data, data_len; /* where they are; within the bytes that there are */
};

/* Where a walk through the records is. */
struct dns_walk {
	const struct dns_msg *msg;
	size_t at;
	enum dns_section section;
	uint32_t left; /* in this section */
};

/* -EMSGSIZE: less than a header. */
int dns_msg__open(struct dns_msg *msg, const void *data, size_t len);
unsigned int dns_msg__opcode(const struct dns_msg *msg);

void dns_walk__begin(struct dns_walk *w, const struct dns_msg *msg);
/* 1: here is one; 0: that was all; -EMSGSIZE: the bytes end here; -EBADMSG: cannot be read. */
int dns_walk__next(struct dns_walk *w, struct dns_rr *rr);

struct dns_edns {
	bool present;
	uint8_t version, rcode; /* the upper eight bits of it */
	bool dnssec_ok;
	uint16_t udp_size;
	size_t options, options_len; /* where they are */
};

/* If it is an OPT record. */
void dns_edns__take(struct dns_edns *e, const struct dns_rr *rr);
/* The option at *at, which begins as e->options. 1, 0, -EBADMSG. */
int dns_edns__option(const struct dns_edns *e, const struct dns_msg *msg, size_t *at,
		     uint16_t *code, size_t *data, size_t *data_len);
/* With the bits that EDNS adds. */
unsigned int dns_msg__rcode(const struct dns_msg *msg, const struct dns_edns *e);

#endif
