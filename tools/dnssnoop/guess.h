/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What bytes are that came to or from a port of DNS and are no DNS: by how they begin. Nothing of
 * what they say of themselves is believed.
 */
#ifndef DNSSNOOP_GUESS_H
#define DNSSNOOP_GUESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "tools/dnssnoop/dns/dns_msg.h"

enum guess {
	GUESS_NONE, /* it may be DNS */
	GUESS_TLS,
	GUESS_HTTP,
	GUESS_SSH,
	GUESS_DTLS,
	GUESS_QUIC,
	GUESS_STUN,
	GUESS_SHORT,	  /* for a header */
	GUESS_INCOMPLETE, /* a message that did not come to its end */
	GUESS_UNKNOWN,
	GUESSES,
};

/* A name that a client of TLS asks for (RFC 6066), or whatever it has written there. */
struct guess_name {
	size_t len; /* 0: none */
	uint8_t bytes[255];
};

/* Bytes of TCP where something begins; `middle`: of a connection that may be older. */
enum guess guess__stream(const uint8_t *bytes, size_t len, bool middle);
/* A datagram that no message can be read from. */
enum guess guess__datagram(const uint8_t *bytes, size_t len);
/*
 * The header says that there is more than there could be in so many bytes. Of a message that cannot
 * be read: whoever wrote it did not mean DNS.
 */
bool guess__is_implausible(const struct dns_msg *msg);
/* Out of a ClientHello, as far as it is there. */
void guess__server_name(const uint8_t *bytes, size_t len, struct guess_name *name);
/* "TLS", ... as in JSON. */
const char *guess__word(enum guess guess);

#endif
