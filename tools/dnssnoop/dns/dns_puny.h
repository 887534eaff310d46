/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Punycode (RFC 3492): characters of any kind as letters, digits and hyphens. */
#ifndef SNOOPKIT_DNS_PUNY_H
#define SNOOPKIT_DNS_PUNY_H

#include <stddef.h>
#include <stdint.h>

/* Of `n` numbers of characters, without "xn--". Its length, or -EINVAL: `size` is too small. */
int dns_puny__encode(const uint32_t *in, size_t n, char *out, size_t size);

#endif
