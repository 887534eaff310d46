// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/dns/dns_rdata.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "tools/dnssnoop/dns/dns_symbol.h"

/* What is left of a record's data. */
struct rdata {
	const struct dns_msg *msg;
	size_t at, end;
};

/*
 * What a type's data is made of, a letter a field:
 * 1 2 4  number of so many bytes	n  name
 * a 6    address of IPv4, IPv6		s  character-string
 * t      type				T  time
 * c      length and bytes as hex	h  length and bytes as base32
 * g      length and bytes as a word
 * and to the end of the data:
 * S  character-strings			q  text in quotes
 * x  hex				b  base64
 * B  bitmap of types			p  SVCB's parameters
 */
static const struct {
	uint16_t type;
	const char *fields;
} formats[] = {
	{ 1, "a" },	  { 2, "n" },	       { 3, "n" },	  { 4, "n" },	  { 5, "n" },
	{ 6, "nn44444" }, { 7, "n" },	       { 8, "n" },	  { 9, "n" },	  { 12, "n" },
	{ 13, "ss" },	  { 14, "nn" },	       { 15, "2n" },	  { 16, "S" },	  { 17, "nn" },
	{ 18, "2n" },	  { 19, "s" },	       { 21, "2n" },	  { 26, "2nn" },  { 28, "6" },
	{ 33, "222n" },	  { 35, "22sssn" },    { 36, "2n" },	  { 39, "n" },	  { 43, "211x" },
	{ 44, "11x" },	  { 46, "t114TT2nb" }, { 47, "nB" },	  { 48, "211b" }, { 49, "b" },
	{ 50, "112chB" }, { 51, "112c" },      { 52, "111x" },	  { 53, "111x" }, { 56, "S" },
	{ 59, "211x" },	  { 60, "211b" },      { 61, "b" },	  { 62, "42B" },  { 63, "411x" },
	{ 64, "2np" },	  { 65, "2np" },       { 99, "S" },	  { 107, "2n" },  { 256, "22q" },
	{ 257, "1gq" },	  { 258, "S" },	       { 32769, "211x" },
};

static const uint8_t *rdata_take(struct rdata *r, size_t len)
{
	const uint8_t *p = r->msg->data + r->at;

	if (len > r->end - r->at)
		return NULL;
	r->at += len;
	return p;
}

static int field_number(struct rdata *r, size_t bytes, struct dns_text *t)
{
	const uint8_t *p = rdata_take(r, bytes);
	uint32_t v = 0;

	if (!p)
		return -EBADMSG;
	while (bytes--)
		v = v << 8 | *p++;
	dns_text__u32(t, v);
	return 0;
}

/* What most answers have; inet_ntop() takes five times as long. */
static int field_ipv4(struct rdata *r, struct dns_text *t)
{
	const uint8_t *p = rdata_take(r, 4);

	for (int i = 0; p && i < 4; i++) {
		if (i)
			dns_text__char(t, '.');
		dns_text__u32(t, p[i]);
	}
	return p ? 0 : -EBADMSG;
}

static int field_ipv6(struct rdata *r, struct dns_text *t)
{
	char text[INET6_ADDRSTRLEN];
	const uint8_t *p = rdata_take(r, 16);

	if (!p)
		return -EBADMSG;
	dns_text__str(t, inet_ntop(AF_INET6, p, text, sizeof(text)));
	return 0;
}

/* The name's own bytes, or the pointer that they end with, are within the data. */
static int field_name(struct rdata *r, struct dns_text *t)
{
	struct dns_name name;

	if (dns_name__read(r->msg->data, r->end, &r->at, &name))
		return -EBADMSG;
	dns_name__text(&name, t);
	return 0;
}

static int field_type(struct rdata *r, struct dns_text *t)
{
	const uint8_t *p = rdata_take(r, 2);
	char text[DNS_SYMBOL_SIZE];

	if (!p)
		return -EBADMSG;
	dns_text__str(t, dns_type__name(p[0] << 8 | p[1], text));
	return 0;
}

/* RFC 4034, 3.2: seconds since 1970 modulo 2^32; until 2106 that is no matter. */
static int field_time(struct rdata *r, struct dns_text *t)
{
	const uint8_t *p = rdata_take(r, 4);
	char text[32];
	struct tm tm;
	time_t s;

	if (!p)
		return -EBADMSG;
	s = (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
	gmtime_r(&s, &tm);
	strftime(text, sizeof(text), "%Y%m%d%H%M%S", &tm);
	dns_text__str(t, text);
	return 0;
}

/* What begins with its length. */
static const uint8_t *rdata_counted(struct rdata *r, size_t *len)
{
	const uint8_t *p = rdata_take(r, 1);

	*len = p ? *p : 0;
	return p ? rdata_take(r, *len) : NULL;
}

static int field_counted(struct rdata *r, char kind, struct dns_text *t)
{
	size_t len;
	const uint8_t *p = rdata_counted(r, &len);

	if (!p)
		return -EBADMSG;
	if (kind == 's')
		dns_text__quoted(t, p, len);
	else if (kind == 'h')
		dns_text__base32hex(t, p, len);
	else if (kind == 'c' && !len)
		dns_text__char(t, '-');
	else if (kind == 'c')
		dns_text__hex(t, p, len);
	for (size_t i = 0; kind == 'g' && i < len; i++)
		dns_text__byte(t, p[i], '!', "\"\\;()");
	return 0;
}

static int field_strings(struct rdata *r, struct dns_text *t)
{
	int err = field_counted(r, 's', t);

	while (!err && r->at < r->end && !dns_text__is_full(t)) {
		dns_text__char(t, ' ');
		err = field_counted(r, 's', t);
	}
	return err;
}

/* RFC 4034, 4.1.2: windows of 256 types, each with the length of its bitmap. */
static int field_bitmap(struct rdata *r, struct dns_text *t)
{
	char text[DNS_SYMBOL_SIZE];
	bool any = false;

	while (r->at < r->end && !dns_text__is_full(t)) {
		const uint8_t *window = rdata_take(r, 1), *p;
		size_t len;

		p = rdata_counted(r, &len);
		if (!p || !len || len > 32)
			return -EBADMSG;
		for (size_t i = 0; i < 8 * len; i++) {
			if (!(p[i / 8] & 0x80 >> i % 8))
				continue;
			if (any)
				dns_text__char(t, ' ');
			any = true;
			dns_text__str(t, dns_type__name(*window << 8 | i, text));
		}
	}
	return 0;
}

static int field_rest(struct rdata *r, char kind, struct dns_text *t)
{
	size_t len = r->end - r->at;
	const uint8_t *p = rdata_take(r, len);

	switch (kind) {
	case 'q':
		dns_text__quoted(t, p, len);
		return 0;
	case 'b':
		dns_text__base64(t, p, len);
		return 0;
	case 'x':
		dns_text__hex(t, p, len);
		return 0;
	default:
		return dns_svcb__text(p, len, t);
	}
}

static int field_text(struct rdata *r, char kind, struct dns_text *t)
{
	switch (kind) {
	case '1':
	case '2':
	case '4':
		return field_number(r, kind - '0', t);
	case 'n':
		return field_name(r, t);
	case 'a':
		return field_ipv4(r, t);
	case '6':
		return field_ipv6(r, t);
	case 't':
		return field_type(r, t);
	case 'T':
		return field_time(r, t);
	case 's':
	case 'c':
	case 'h':
	case 'g':
		return field_counted(r, kind, t);
	case 'S':
		return field_strings(r, t);
	case 'B':
		return field_bitmap(r, t);
	default:
		return field_rest(r, kind, t);
	}
}

static int rdata_fields(struct rdata *r, const char *fields, struct dns_text *t)
{
	for (const char *kind = fields; *kind; kind++) {
		int err;

		/* SVCB's parameters bring their own blanks, and there may be nothing left. */
		if (kind != fields && *kind != 'p' && !(r->at == r->end && strchr("Bbx", *kind)))
			dns_text__char(t, ' ');
		err = field_text(r, *kind, t);
		if (err || dns_text__is_full(t))
			return err;
	}
	return r->at == r->end ? 0 : -EBADMSG;
}

static const char *rdata_format(uint16_t type)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (formats[i].type == type)
			return formats[i].fields;
	return NULL;
}

void dns_rdata__text(const struct dns_msg *msg, const struct dns_rr *rr, struct dns_text *t)
{
	struct rdata r = { msg, rr->data, rr->data + rr->data_len };
	const char *fields = rdata_format(rr->type);
	size_t begin = t->len;

	/* Only in the class IN it is an address. */
	if (fields && rr->class != 1 && (*fields == 'a' || *fields == '6'))
		fields = NULL;
	if (fields && !rdata_fields(&r, fields, t))
		return;
	dns_text__rewind(t, begin);
	dns_text__str(t, "\\# ");
	dns_text__u32(t, rr->data_len);
	if (rr->data_len)
		dns_text__char(t, ' ');
	dns_text__hex(t, msg->data + rr->data, rr->data_len);
}
