/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The result of a lookup as one word, where it is no response code. */
#ifndef DNSSNOOP_RESULT_H
#define DNSSNOOP_RESULT_H

#include <stdbool.h>
#include "tools/dnssnoop/dnssnoop.h"

/* It is one of these words; in capitals. */
bool result__is_word(const char *text);
/* Of an error that a socket has been told, with IPv4 or IPv6. NULL: it ends no lookup. */
const char *result__of_error(const struct dns_end *e, bool v4);

#endif
