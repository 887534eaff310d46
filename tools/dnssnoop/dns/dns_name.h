/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Domain names (RFC 1035): out of messages, where they are compressed, and as text. Case does not
 * count where names are compared, but is kept.
 */
#ifndef SNOOPKIT_DNS_NAME_H
#define SNOOPKIT_DNS_NAME_H

#include <stdbool.h>
#include "tools/dnssnoop/dns/dns_text.h"

#define DNS_NAME_MAX 255
/* Each byte but the last as \DDD, and NUL; of them the lengths are dots. */
#define DNS_NAME_TEXT 1024

/* Labels with a length before each, the last one empty. */
struct dns_name {
	uint8_t len; /* at least 1, unless nothing was read */
	uint8_t wire[DNS_NAME_MAX];
};

/*
 * The name at data[*at] of the `len` bytes that there are of a message; *at is then behind it.
 * -EMSGSIZE: the bytes end within it; -EBADMSG: too long, of a label type that does not exist, or a
 * pointer that does not go back, so that none can loop.
 */
int dns_name__read(const uint8_t *data, size_t len, size_t *at, struct dns_name *name);
/* Only goes behind it: pointers are not looked at. */
int dns_name__skip(const uint8_t *data, size_t len, size_t *at);

/* As in a master file: printable bytes, \. and the like, \DDD; "." for the root, else no last dot.
 */
void dns_name__text(const struct dns_name *name, struct dns_text *t);
/* Reads that back. -EINVAL: no name. */
int dns_name__parse(const char *text, struct dns_name *name);

bool dns_name__equal(const struct dns_name *a, const struct dns_name *b);
/* Whether it is `top` or below it. */
bool dns_name__is_below(const struct dns_name *name, const struct dns_name *top);
/* Equal for equal names; not against an attacker. */
uint32_t dns_name__hash(const struct dns_name *name);

#endif
