/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Connections of TCP, and datagrams between a socket and one other end, that are not DNS or not yet
 * known to be. In bounded memory.
 */
#ifndef DNSSNOOP_FLOW_H
#define DNSSNOOP_FLOW_H

#include "tools/dnssnoop/dnssnoop.h"
#include "tools/dnssnoop/guess.h"

/* Some 600 bytes each. */
#define FLOWS_MAX 1024
/* Of UDP, which anybody can begin: beyond that they are told together. */
#define FLOWS_UDP_MAX 256

struct flow {
	struct dns_packet packet; /* the first one; its bytes are not */
	uint64_t last_ns, due_ns; /* due: to be told */
	uint64_t packets, bytes;  /* that have not been told */
	uint64_t events;	  /* of the equation, the same */
	uint64_t stream_bytes;	  /* all */
	enum guess guess;	  /* GUESS_NONE: it may be DNS yet */
	bool may_be_message;	  /* as its first bytes look */
	bool told;		  /* its row has been shown */
	bool closed;
	struct guess_name name;
	struct flow *next; /* in the same bucket */
	struct flow *newer, *older;
};

struct flows;

/* NULL with errno set. */
struct flows *flows__new(void);
void flows__free(struct flows *fs);
/* By socket, and of UDP by the other end. NULL: none. */
struct flow *flows__find(const struct flows *fs, const struct dns_packet *p);
/* There is no room for another one of UDP; flows__add() would be too many. */
bool flows__full_of_udp(const struct flows *fs);
/* There is no room for any: this one should be told and forgotten. NULL: there is. */
struct flow *flows__excess(const struct flows *fs);
/* A new one. NULL: no memory. */
struct flow *flows__add(struct flows *fs, const struct dns_packet *p);
void flows__forget(struct flows *fs, struct flow *f);
/* It had a packet: it is the last one to be forgotten. */
void flows__touch(struct flows *fs, struct flow *f);
/* After f->told was set. */
void flows__told(struct flows *fs, struct flow *f);
/* The one that had no packet for longest, and those after it; NULL: none. */
struct flow *flows__first(const struct flows *fs);
struct flow *flow__next(const struct flow *f);

#endif
