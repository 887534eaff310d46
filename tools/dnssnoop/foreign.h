/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What comes to or from the ports of DNS and is not DNS: a row for each connection, and for each
 * socket and other end of UDP. A row is shown soon after the first packet; what comes later has
 * another one, at the end.
 */
#ifndef DNSSNOOP_FOREIGN_H
#define DNSSNOOP_FOREIGN_H

#include "tools/dnssnoop/arrival.h"

/* A datagram of `len` bytes. 0 or -ENOMEM. */
int foreign__datagram(struct arrival *a, size_t len, enum guess guess);
/*
 * A segment, or a piece of one. 1: its connection is not DNS, and it has been counted with it; 0:
 * it may be DNS; -ENOMEM.
 */
int foreign__segment(struct arrival *a, const uint8_t *bytes);
/* A message of a connection by which no other message came cannot be one. 0 or -ENOMEM. */
int foreign__stream(struct arrival *a, enum guess guess);
/* A segment with no message, by which it cannot be told yet. 0 or -ENOMEM. */
int foreign__undecided(struct arrival *a, const uint8_t *bytes);
/* There has been a message. */
void foreign__is_dns(struct arrival *a);
/* The socket is closed; what is under way may still come. */
void foreign__closed(struct dns_match *match, uint64_t cookie, uint64_t time_ns);
bool foreign__is_due(const struct dns_match *match, uint64_t now_ns);
void foreign__expire(struct dns_match *match, struct run *run, uint64_t now_ns);
/* All that has not been told. */
void foreign__end(struct dns_match *match, struct run *run);

#endif
