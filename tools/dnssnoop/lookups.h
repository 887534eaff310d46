/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Lookups: queries waiting for their answers, found by what an answer says, and for a while those
 * that are over. In bounded memory.
 */
#ifndef DNSSNOOP_LOOKUPS_H
#define DNSSNOOP_LOOKUPS_H

#include "tools/dnssnoop/lookup.h"

struct lookups;

/* NULL with errno set. */
struct lookups *lookups__new(void);
void lookups__free(struct lookups *ls);

/*
 * packet->cookie is the socket, and for queries that come in from many clients to one also whose
 * they are.
 *
 * A query of `packet`: a new lookup, or one that is open and is sent again, or one that another
 * server has just answered. NULL: no memory. `lost` is for a new one.
 */
struct lookup *lookups__query(struct lookups *ls, const struct dns_packet *packet,
			      const struct question *q, uint64_t lost);
/* A new lookup, of which only the addresses are known. NULL: no memory. */
struct lookup *lookups__hidden(struct lookups *ls, const struct dns_packet *packet, uint64_t lost);
/*
 * The first open one of these by this socket, to which an answer has come that belongs to none of
 * the others. *certain: there is no other that it could belong to. NULL: there is none.
 */
struct lookup *lookups__answer_hidden(struct lookups *ls, uint64_t cookie, bool *certain);
/* What an answer to this socket belongs to: open, or over (l->end). NULL: nothing that is known. */
struct lookup *lookups__answer(struct lookups *ls, uint64_t cookie, const struct question *q);
/* An open one that this socket has sent last; NULL: there is none. */
struct lookup *lookups__of_socket(struct lookups *ls, uint64_t cookie);
/* The next one after it. */
struct lookup *lookup__next_of_socket(const struct lookup *l);
/* The open one whose last query is the oldest, if that is not after `until_ns`. */
struct lookup *lookups__oldest(struct lookups *ls, uint64_t until_ns);
/* This socket is closed. Who asked may ask the same again from another one. */
void lookups__release(struct lookups *ls, uint64_t cookie, uint64_t time_ns);
/* The open one whose socket was closed first, if that was not after `until_ns`. */
struct lookup *lookups__released(struct lookups *ls, uint64_t until_ns);
/* There is no room for another one: the oldest should end. */
bool lookups__full(const struct lookups *ls);
/* Ends it. It is kept until too many others have ended; valid until the next call. */
void lookups__end(struct lookups *ls, struct lookup *l, enum lookup_end end);

#endif
