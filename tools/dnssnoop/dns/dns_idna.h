/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * International names (RFC 5890) as people write them, in the form in which resolvers ask for them.
 * Letters become small ones as UTS #46 has it, for the scripts that have two cases. What Unicode
 * composes of several characters has to be composed already.
 */
#ifndef SNOOPKIT_DNS_IDNA_H
#define SNOOPKIT_DNS_IDNA_H

#include <stddef.h>

/*
 * Of a name with dots and escapes, as dns_name__parse() takes it: each label of UTF-8 without
 * escapes becomes "xn--...". 1: some have; 0: there are none, and `to` is the same. -EINVAL: it has
 * none, for a reason that *why says.
 */
int dns_idna__encode(const char *name, char *to, size_t size, const char **why);

#endif
