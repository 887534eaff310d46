/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Lookups: queries waiting for their answers, found by what an answer says, and for a while those
 * that are over. In bounded memory. However many there are of one socket, one question or one id,
 * no search goes through them all.
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
 * What a query sends again: a lookup that is open, or that another server has just answered. NULL:
 * it begins a new one.
 */
struct lookup *lookups__find_again(struct lookups *ls, const struct dns_packet *packet,
				   const struct question *q);
/* It does. 0 or -ENOMEM. */
int lookups__again(struct lookups *ls, struct lookup *l, const struct dns_packet *packet);
/*
 * A new lookup; without a question only its addresses are known. `lost`: records, by that time.
 * NULL: no memory.
 */
struct lookup *lookups__begin(struct lookups *ls, const struct dns_packet *packet,
			      const struct question *q, uint64_t lost);

/*
 * The first open one without a question by this socket, to which an answer has come that belongs to
 * none of the others. *certain: there is no other that it could belong to. NULL: there is none.
 */
struct lookup *lookups__answer_hidden(struct lookups *ls, uint64_t cookie, bool *certain);
/* What an answer to this socket belongs to: open, or over (l->end). NULL: nothing that is known. */
struct lookup *lookups__answer(struct lookups *ls, uint64_t cookie, const struct question *q);
/* Open ones by multicast of this socket and name: the first one, or the next one after `l`. */
struct lookup *lookups__named(struct lookups *ls, uint64_t cookie, const struct dns_name *name,
			      const struct lookup *l);
/* Any of the socket's open lookups may have been answered. */
void lookups__overtake(struct lookups *ls, uint64_t cookie);
/* An answer may have been missed: by this lookup's socket, or as one of several. */
bool lookup__is_overtaken(const struct lookup *l);

/* An open one that this socket has sent last; NULL: there is none. */
struct lookup *lookups__of_socket(struct lookups *ls, uint64_t cookie);
/* All open ones of its socket were sent to the same server. */
bool lookup__asks_one_server(const struct lookup *l);
/* The open one whose last query is the oldest, if that is not after `until_ns`. */
struct lookup *lookups__oldest(struct lookups *ls, uint64_t until_ns);
/* This socket is closed. Who asked may ask the same again from another one. */
void lookups__release(struct lookups *ls, uint64_t cookie, uint64_t time_ns);
/* The open one whose socket was closed first, if that was not after `until_ns`. */
struct lookup *lookups__released(struct lookups *ls, uint64_t until_ns);
/*
 * There is no room for another one: this one should end. Its socket is closed, or more lookups wait
 * for its server than for others, and it for longest. NULL: there is room.
 */
struct lookup *lookups__excess(struct lookups *ls);
/* An answer to it has come, in time or not. */
void lookups__heard(struct lookups *ls, struct lookup *l, const struct dns_packet *answer);
/* An answer has come whose query is not known, or not any more. */
void lookups__strayed(struct lookups *ls, const struct dns_packet *answer);
/* By what its server answers in, an open one will have no answer. */
bool lookup__is_silent(const struct lookup *l, uint64_t now_ns, uint64_t timeout_ns);
/* Ends it. It is kept until too many others have ended; valid until the next call. */
void lookups__end(struct lookups *ls, struct lookup *l, enum lookup_end end);

#endif
