/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* A message, as far as it can be read. */
#ifndef DNSSNOOP_MESSAGE_H
#define DNSSNOOP_MESSAGE_H

#include "tools/dnssnoop/dns/dns_msg.h"
#include "tools/dnssnoop/lookup.h"

struct message {
	struct dns_msg msg;
	struct dns_edns edns;
	struct question question;
	size_t len;
	size_t extra; /* behind the last record */
	uint32_t questions;
	bool readable; /* to its end; else `header`: what is before the bad record is */
	bool header;
};

/* Borrows `data`. `cut`: there was more of it. */
void message__read(struct message *m, const uint8_t *data, size_t len, bool cut);
/* The response code's name, in `text` (DNS_SYMBOL_SIZE) if need be; or "MALFORMED". */
const char *message__result(const struct message *m, char *text);
/* "NODATA", "REFERRAL" of a whole answer to this question; NULL: it is neither. */
const char *message__kind(const struct message *m, const struct question *q);

#endif
