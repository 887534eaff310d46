/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Lookups as rows and objects. */
#ifndef DNSSNOOP_ROW_H
#define DNSSNOOP_ROW_H

#include "tools/dnssnoop/dns/dns_msg.h"
#include "common/net/net.h"
#include "common/owner/process.h"
#include "common/tool/tool.h"
#include "tools/dnssnoop/lookup.h"
#include "tools/dnssnoop/options.h"

extern const struct field dns_fields[];

/* One lookup at its end, or a message that belongs to none. */
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
	const struct dns_end *error; /* that the socket was told; NULL: none */
	bool mdns;
	bool malformed; /* `msg` is what is before that */
	bool cut;	/* the message is longer than what there is of it */
};

/* What was asked, as the process addressed it. */
void row__server(const struct ended *e, struct net_addr *addr, uint16_t *port,
		 struct net_scope *scope);
/* `words`: room that is used again for each row. */
void row__show(struct run *run, const struct process_names *names, const struct ended *e,
	       struct buf *words);

#endif
