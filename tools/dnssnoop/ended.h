/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* A lookup at its end, or a message without a lookup: the input of rows and sums. */
#ifndef DNSSNOOP_ENDED_H
#define DNSSNOOP_ENDED_H

#include "common/net/net.h"
#include "tools/dnssnoop/dns/dns_msg.h"
#include "tools/dnssnoop/flow.h"
#include "tools/dnssnoop/lookup.h"

struct ended {
	const struct dns_packet *query;	 /* or what is known instead */
	const struct question *question; /* NULL: not known */
	const struct dns_packet *answer; /* NULL: none */
	const struct dns_msg *msg;	 /* the answer's; NULL: none, or less than a header */
	const struct dns_edns *edns;	 /* the answer's */
	size_t answer_len;
	uint64_t lat_ns;  /* FIELD_UNKNOWN */
	uint32_t sends;	  /* 0: not known */
	uint32_t servers; /* asked at once */
	const char *result;
	const char *kind;	     /* of a NOERROR: "NODATA", "REFERRAL"; or NULL */
	const char *remark;	     /* NULL: none */
	const struct flow *flow;     /* that is not DNS; NULL: it is */
	size_t extra;		     /* bytes behind the answer's end */
	const struct dns_end *error; /* that the socket was told; NULL: none */
	bool stray;	/* the message belongs to no lookup: anybody may have sent it, and many */
	bool misplaced; /* a response, sent to a server, or a query, sent by one */
	bool other;	/* `flow` is all those that there was no room for */
	bool mdns;
	bool malformed; /* `msg` is what is before that */
	bool cut;	/* the message is longer than what there is of it */
};

struct json;

struct endpoint {
	struct net_addr addr;
	struct net_scope scope;
	uint16_t port;
};

struct endpoint ended__client(const struct ended *e);
/* As the process addressed it. */
struct endpoint ended__server(const struct ended *e);
/* Where NAT sent the query instead. False: there was none. */
bool ended__nat(const struct ended *e, struct endpoint *to);

/* The next record of e->msg's answer; `w` has been begun. False: there is none. */
bool ended__answer(const struct ended *e, struct dns_walk *w, struct dns_rr *rr);
/* Its data as text, until the next call. NULL: they have more than `room` bytes. */
const char *ended__data(const struct ended *e, const struct dns_rr *rr, size_t room);
/*
 * How many bytes of a row the records of e->msg may take. A pointer of two bytes stands for a name
 * of a thousand as text: without a bound whoever sends a datagram makes two hundred times as much.
 */
size_t ended__room(const struct ended *e);
/* The members of the JSON object that are no fields. */
void ended__json(const struct ended *e, struct json *j);
/* The response code of e->msg, in `text` (DNS_SYMBOL_SIZE) if need be. */
const char *ended__rcode(const struct ended *e, char *text);

#endif
