// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include <arpa/inet.h>
#include <errno.h>
#include "tools/dnssnoop/dns/dns_rdata.h"

/* RFC 9460, 14.3.2; RFC 9461: dohpath; RFC 9540: ohttp. */
static const char *const keys[] = { "mandatory", "alpn",     "no-default-alpn", "port", "ipv4hint",
				    "ech",	 "ipv6hint", "dohpath",		"ohttp" };

enum { MANDATORY, ALPN, NO_DEFAULT_ALPN, PORT, IPV4HINT, ECH, IPV6HINT, DOHPATH, OHTTP, KEYS };

static void svcb_key(unsigned int key, struct dns_text *t)
{
	if (key < KEYS) {
		dns_text__str(t, keys[key]);
		return;
	}
	dns_text__str(t, "key");
	dns_text__u32(t, key);
}

static int svcb_mandatory(const uint8_t *p, size_t len, struct dns_text *t)
{
	if (!len || len % 2)
		return -EBADMSG;
	for (size_t i = 0; i < len; i += 2) {
		if (i)
			dns_text__char(t, ',');
		svcb_key(p[i] << 8 | p[i + 1], t);
	}
	return 0;
}

/* A comma within a protocol's name has a \ before it, which has another one: RFC 9460, A.1. */
static int svcb_alpn(const uint8_t *p, size_t len, struct dns_text *t)
{
	for (size_t i = 0, n; i < len; i += n + 1) {
		n = p[i];
		if (!n || i + 1 + n > len)
			return -EBADMSG;
		if (i)
			dns_text__char(t, ',');
		for (size_t k = i + 1; k <= i + n; k++) {
			if (p[k] == ',' || p[k] == '\\')
				dns_text__str(t, "\\\\");
			dns_text__byte(t, p[k], ' ', "\"\\");
		}
	}
	return len ? 0 : -EBADMSG;
}

static int svcb_hints(const uint8_t *p, size_t len, int family, struct dns_text *t)
{
	size_t each = family == AF_INET ? 4 : 16;
	char text[INET6_ADDRSTRLEN];

	if (!len || len % each)
		return -EBADMSG;
	for (size_t i = 0; i < len; i += each) {
		if (i)
			dns_text__char(t, ',');
		dns_text__str(t, inet_ntop(family, p + i, text, sizeof(text)));
	}
	return 0;
}

static int svcb_value(unsigned int key, const uint8_t *p, size_t len, struct dns_text *t)
{
	switch (key) {
	case MANDATORY:
		return svcb_mandatory(p, len, t);
	case ALPN:
		return svcb_alpn(p, len, t);
	case PORT:
		if (len != 2)
			return -EBADMSG;
		dns_text__u32(t, p[0] << 8 | p[1]);
		return 0;
	case IPV4HINT:
		return svcb_hints(p, len, AF_INET, t);
	case IPV6HINT:
		return svcb_hints(p, len, AF_INET6, t);
	case ECH:
		dns_text__base64(t, p, len);
		return 0;
	default:
		for (size_t i = 0; i < len; i++)
			dns_text__byte(t, p[i], ' ', "\"\\");
		return 0;
	}
}

int dns_svcb__text(const uint8_t *data, size_t len, struct dns_text *t)
{
	for (size_t i = 0, n; i < len && !dns_text__is_full(t); i += 4 + n) {
		unsigned int key;
		int err;

		if (len - i < 4)
			return -EBADMSG;
		key = data[i] << 8 | data[i + 1];
		n = data[i + 2] << 8 | data[i + 3];
		if (n > len - i - 4)
			return -EBADMSG;
		dns_text__char(t, ' ');
		svcb_key(key, t);
		if (!n && (key == NO_DEFAULT_ALPN || key == OHTTP || key >= KEYS))
			continue;
		if (key == NO_DEFAULT_ALPN || key == OHTTP)
			return -EBADMSG;
		dns_text__str(t, "=\"");
		err = svcb_value(key, data + i + 4, n, t);
		if (err)
			return err;
		dns_text__char(t, '"');
	}
	return 0;
}
