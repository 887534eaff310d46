// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/dns/dns_msg.h"

#include <errno.h>
#include "tools/dnssnoop/dns/dns_symbol.h"

#define RR_FIXED 10 /* type, class, ttl, length */

static uint16_t get16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

int dns_msg__open(struct dns_msg *msg, const void *data, size_t len)
{
	if (len < DNS_HEADER)
		return -EMSGSIZE;
	msg->data = data;
	msg->len = len;
	msg->id = get16(msg->data);
	msg->flags = get16(msg->data + 2);
	for (int i = 0; i < DNS_SECTIONS; i++)
		msg->count[i] = get16(msg->data + 4 + 2 * i);
	return 0;
}

unsigned int dns_msg__opcode(const struct dns_msg *msg)
{
	return msg->flags >> 11 & 15;
}

void dns_walk__begin(struct dns_walk *w, const struct dns_msg *msg)
{
	*w = (struct dns_walk){ msg, DNS_HEADER, DNS_QUESTION, msg->count[DNS_QUESTION] };
}

static int walk_question(struct dns_walk *w, struct dns_rr *rr)
{
	const uint8_t *p = w->msg->data + w->at;

	if (w->at + 4 > w->msg->len)
		return -EMSGSIZE;
	rr->type = get16(p);
	rr->class = get16(p + 2);
	rr->ttl = 0;
	rr->data = w->at;
	rr->data_len = 0;
	w->at += 4;
	return 1;
}

static int walk_record(struct dns_walk *w, struct dns_rr *rr)
{
	const uint8_t *p = w->msg->data + w->at;

	if (w->at + RR_FIXED > w->msg->len)
		return -EMSGSIZE;
	rr->type = get16(p);
	rr->class = get16(p + 2);
	rr->ttl = get32(p + 4);
	rr->data_len = get16(p + 8);
	rr->data = w->at + RR_FIXED;
	if (rr->data + rr->data_len > w->msg->len)
		return -EMSGSIZE;
	w->at = rr->data + rr->data_len;
	return 1;
}

int dns_walk__next(struct dns_walk *w, struct dns_rr *rr)
{
	int err;

	while (!w->left) {
		if (w->section == DNS_ADDITIONAL)
			return 0;
		w->left = w->msg->count[++w->section];
	}
	rr->section = w->section;
	rr->name = w->at;
	err = dns_name__skip(w->msg->data, w->msg->len, &w->at);
	if (err)
		return err;
	w->left--;
	return w->section == DNS_QUESTION ? walk_question(w, rr) : walk_record(w, rr);
}

void dns_edns__take(struct dns_edns *e, const struct dns_rr *rr)
{
	if (rr->type != DNS_TYPE_OPT || rr->section != DNS_ADDITIONAL || e->present)
		return;
	e->present = true;
	e->udp_size = rr->class;
	e->rcode = rr->ttl >> 24;
	e->version = rr->ttl >> 16 & 0xff;
	e->dnssec_ok = rr->ttl & 0x8000;
	e->options = rr->data;
	e->options_len = rr->data_len;
}

int dns_edns__option(const struct dns_edns *e, const struct dns_msg *msg, size_t *at,
		     uint16_t *code, size_t *data, size_t *data_len)
{
	size_t end = e->options + e->options_len;

	if (!e->present || *at == end)
		return 0;
	if (*at + 4 > end)
		return -EBADMSG;
	*code = get16(msg->data + *at);
	*data_len = get16(msg->data + *at + 2);
	*data = *at + 4;
	if (*data + *data_len > end)
		return -EBADMSG;
	*at = *data + *data_len;
	return 1;
}

unsigned int dns_msg__rcode(const struct dns_msg *msg, const struct dns_edns *e)
{
	return (msg->flags & 15) | (e->present ? e->rcode << 4 : 0);
}
