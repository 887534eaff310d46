/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* A lookup: one question, the queries with it, and the servers that may answer. */
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
	LOOKUP_ABANDONED, /* the asking process has closed the socket */
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
	bool hidden;	/* the question is not known */
	bool overtaken; /* of these: an answer has come that may belong to this lookup */
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

uint32_t question__hash(const struct question *q);

void lookup__name(const struct lookup *l, struct dns_name *name);
/* The question, as in a message; without type and class there is none. */
void lookup__question(const struct lookup *l, struct question *q);
/* It asks just this. */
bool lookup__asks(const struct lookup *l, const struct question *q);

/* Of the socket that has sent its last query. */
uint64_t lookup__cookie(const struct lookup *l);
/* This socket is one of those that have sent it. */
bool lookup__has_cookie(const struct lookup *l, uint64_t cookie);

/* This query, of the same question, sends it once more. */
bool lookup__is_again(const struct lookup *l, const struct dns_packet *packet);
/* It is sent, for the first time or again. */
void lookup__send(struct lookup *l, const struct dns_packet *packet);
/* It is over, and is sent to one more of the servers that are asked at once. */
void lookup__send_beside(struct lookup *l, const struct dns_packet *packet);

/* This packet comes from a server that was asked, as far as that can be told. */
bool lookup__has_asked(const struct lookup *l, const struct dns_packet *answer);
/* Other servers that were asked at once have not answered yet. */
bool lookup__awaits_more(const struct lookup *l);
/* Its packet is to name the server that was asked last. */
void lookup__name_last(struct lookup *l);

#endif
