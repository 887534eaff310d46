/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Lookups: queries waiting for their answers, found by what an answer says, and for a while those
 * that are over. In bounded memory.
 */
#ifndef DNSSNOOP_LOOKUP_H
#define DNSSNOOP_LOOKUP_H

#include "tools/dnssnoop/dns/dns_msg.h"
#include "tools/dnssnoop/dnssnoop.h"

enum lookup_end {
	LOOKUP_OPEN,
	LOOKUP_ANSWERED,
	LOOKUP_TIMEOUT,
	LOOKUP_ERROR,	  /* the socket was told of one */
	LOOKUP_UNKNOWN,	  /* perhaps there was an answer */
	LOOKUP_ABANDONED, /* who asked has closed the socket */
	LOOKUP_CLOSED,	  /* the server has closed the connection */
	LOOKUP_ENDS,
};

struct question {
	uint16_t id, type, class;
	uint8_t opcode;
	bool present;
	struct dns_name name;
};

/* From the same socket, or from several: a resolver may take a new one to ask again. */
#define LOOKUP_SOCKETS 4
/* Of more servers than this any one may answer. */
#define LOOKUP_SERVERS 4

struct lookup_list {
	struct lookup *first, *last;
};

struct lookup {
	struct dns_packet
		packet; /* the first query's, or what is known instead; its bytes are not */
	uint64_t cookies[LOOKUP_SOCKETS];
	uint64_t last_ns;     /* of the query that was sent last */
	uint64_t released_ns; /* when the socket was closed; 0: it is open */
	uint64_t lost;	      /* records that had been lost by the time of the first query */
	uint32_t queries;     /* packets */
	uint32_t sends;	      /* to several servers at once is once */
	uint32_t packets;     /* of the equation, that belong to it */
	uint32_t hash;
	uint16_t id, type, class;
	uint8_t opcode, end;
	bool hidden;	/* what is asked is not known */
	bool overtaken; /* of these: an answer has come that may be this one's */
	/* How many were asked the last time, of which how many have answered. */
	uint16_t servers, answers;
	struct net_addr last_server;
	uint16_t last_port, last_rport;
	struct net_addr last_remote;	       /* behind NAT */
	uint64_t endpoints[LOOKUP_SERVERS][2]; /* that were asked: before and behind NAT, hashed */
	uint32_t endpoints_count;	       /* may be more */
	struct lookup *next_question, **prev_question; /* in the same bucket */
	struct lookup *next_socket, **prev_socket;
	struct lookup *prev, *next; /* in one of the lists */
	uint8_t name_len;
	uint8_t name[]; /* as struct dns_name has it */
};

struct lookups;

/* Its packet is to name the server that was asked last. */
void lookup__name_last(struct lookup *l);

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
/* One of which nothing is known but who asks whom, each time a new one. NULL: no memory. */
struct lookup *lookups__hidden(struct lookups *ls, const struct dns_packet *packet, uint64_t lost);
/*
 * The first open one of these by this socket, to which an answer has come that belongs to none of
 * the others. *certain: there is no other that it could belong to. NULL: there is none.
 */
struct lookup *lookups__answer_hidden(struct lookups *ls, uint64_t cookie, bool *certain);
/* What an answer to this socket belongs to: open, or over (l->end). NULL: nothing that is known. */
struct lookup *lookups__answer(struct lookups *ls, uint64_t cookie, const struct question *q);
/* This packet comes from a server that was asked, as far as that can be told. */
bool lookup__has_asked(const struct lookup *l, const struct dns_packet *answer);
/* Other servers that were asked at once have not answered yet. */
bool lookup__awaits_more(const struct lookup *l);
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
/* It is over. Kept until too many others are; valid until the next call. */
void lookups__end(struct lookups *ls, struct lookup *l, enum lookup_end end);

void lookup__name(const struct lookup *l, struct dns_name *name);

#endif
