/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Datagrams out of records: a long one comes in pieces, and those that were handed over at once
 * (UDP_GRO, UDP_SEGMENT) come as one. In bounded memory.
 */
#ifndef DNSSNOOP_DATAGRAM_H
#define DNSSNOOP_DATAGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/base/buf.h"
#include "tools/dnssnoop/dnssnoop.h"

/* Records of several processors may come by turns. */
#define DATAGRAMS_BEGUN 64

struct datagrams {
	struct datagram {
		uint64_t cookie, time_ns;
		bool out;
		struct buf bytes; /* size 0: none */
	} begun[DATAGRAMS_BEGUN];
	unsigned int next; /* to be given up if there is no room */
};

/* `whole`: how many bytes it had; `len`: how many there are of them. Other than 0 ends it. */
typedef int (*datagram_fn)(void *ctx, const uint8_t *bytes, size_t len, size_t whole);

void datagrams__free(struct datagrams *d);
/* Hands over what is whole with this record of UDP. 0, -ENOMEM, or what `fn` returns. */
int datagrams__record(struct datagrams *d, const struct dns_packet *p, const uint8_t *bytes,
		      datagram_fn fn, void *ctx);

#endif
