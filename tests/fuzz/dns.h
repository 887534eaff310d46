/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What the decoder makes of bytes, and what must hold whatever they are. */
#ifndef SNOOPKIT_TESTS_FUZZ_DNS_H
#define SNOOPKIT_TESTS_FUZZ_DNS_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "tools/dnssnoop/dns/dns_rdata.h"
#include "tools/dnssnoop/dns/dns_symbol.h"
#include "tests/fuzz/fuzz.h"

/* No byte of a message can end a line or move a cursor. */
static inline void must_be_plain(const struct dns_text *t)
{
	size_t shown = t->len < t->size ? t->len : t->size - 1;

	must(strlen(t->data) == shown);
	for (size_t i = 0; i < shown; i++)
		must(t->data[i] >= ' ' && t->data[i] < 0x7f);
}

/* As text and back it is the same name. */
static inline void describe_name(const struct dns_name *name, struct dns_text *t)
{
	char text[DNS_NAME_TEXT];
	struct dns_name back;
	struct dns_text own;

	must(name->len >= 1 && name->wire[name->len - 1] == 0);
	dns_text__init(&own, text, sizeof(text));
	dns_name__text(name, &own);
	must(own.len < own.size);
	must_be_plain(&own);
	must(!strpbrk(text, " #\"") || strstr(text, "\\\"") || strchr(text, '#'));
	must(!dns_name__parse(text, &back));
	must(back.len == name->len && !memcmp(back.wire, name->wire, name->len));
	must(dns_name__is_below(name, &back) && dns_name__hash(name) == dns_name__hash(&back));
	dns_text__str(t, text);
}

static inline void describe_record(const struct dns_msg *msg, const struct dns_rr *rr,
				   struct dns_text *t)
{
	char text[DNS_SYMBOL_SIZE];

	if (rr->section != DNS_QUESTION) {
		dns_text__char(t, ' ');
		dns_text__u32(t, rr->ttl > INT32_MAX ? 0 : rr->ttl); /* RFC 2181, 8 */
	}
	dns_text__char(t, ' ');
	dns_text__str(t, dns_class__name(rr->class, text));
	dns_text__char(t, ' ');
	dns_text__str(t, dns_type__name(rr->type, text));
	if (rr->section == DNS_QUESTION)
		return;
	dns_text__char(t, ' ');
	dns_rdata__text(msg, rr, t);
}

static inline int describe_edns(const struct dns_msg *msg, const struct dns_edns *e,
				struct dns_text *t)
{
	size_t at = e->options, data, data_len;
	uint16_t code;
	int more;

	dns_text__str(t, "edns ");
	dns_text__u32(t, e->version);
	dns_text__char(t, ' ');
	dns_text__u32(t, e->udp_size);
	dns_text__str(t, e->dnssec_ok ? " do" : "");
	while ((more = dns_edns__option(e, msg, &at, &code, &data, &data_len)) > 0) {
		must(data + data_len <= msg->len);
		dns_text__char(t, ' ');
		dns_text__u32(t, code);
		dns_text__char(t, '=');
		dns_text__hex(t, msg->data + data, data_len);
	}
	dns_text__char(t, '|');
	return more;
}

static inline int describe_records(const struct dns_msg *msg, struct dns_edns *edns,
				   struct dns_text *t)
{
	struct dns_walk w;
	struct dns_rr rr;
	int more;

	dns_walk__begin(&w, msg);
	while ((more = dns_walk__next(&w, &rr)) > 0) {
		struct dns_name name;
		size_t at = rr.name;

		must(rr.data + rr.data_len <= msg->len);
		more = dns_name__read(msg->data, msg->len, &at, &name);
		if (more)
			return more;
		dns_edns__take(edns, &rr);
		if (rr.type == DNS_TYPE_OPT && rr.section == DNS_ADDITIONAL)
			continue;
		dns_text__char(t, "qnur"[rr.section]);
		dns_text__char(t, ' ');
		describe_name(&name, t);
		describe_record(msg, &rr, t);
		dns_text__char(t, '|');
	}
	return more;
}

/*
 * Everything in a message, with '|' behind each record; "malformed" for one that ends too early or
 * cannot be read.
 */
static inline void describe(const uint8_t *data, size_t len, struct dns_text *t)
{
	char rcode[DNS_SYMBOL_SIZE], opcode[DNS_SYMBOL_SIZE];
	struct dns_edns edns = {};
	struct dns_msg msg;
	int err = dns_msg__open(&msg, data, len);

	err = err ?: describe_records(&msg, &edns, t);
	if (!err && edns.present)
		err = describe_edns(&msg, &edns, t);
	must_be_plain(t);
	if (err) {
		dns_text__rewind(t, 0);
		dns_text__str(t, "malformed");
		return;
	}
	dns_text__u32(t, msg.id);
	dns_text__char(t, ' ');
	dns_text__str(t, dns_opcode__name(dns_msg__opcode(&msg), opcode));
	dns_text__char(t, ' ');
	dns_text__str(t, dns_rcode__name(dns_msg__rcode(&msg, &edns), rcode));
}

#endif
