/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* A lookup: one question, the queries with it, and the servers that may answer. */
#ifndef DNSSNOOP_LOOKUP_H
#define DNSSNOOP_LOOKUP_H

#include "tools/dnssnoop/dns/dns_msg.h"
#include "tools/dnssnoop/dnssnoop.h"
#include "tools/dnssnoop/lookup_list.h"

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
	bool mdns; /* answers to it have no id */
	struct dns_name name;
};

/*
 * From the same socket, or from several: a resolver may take a new one to ask again. Of more than
 * these, the one that has not sent it for longest is forgotten.
 */
#define LOOKUP_SOCKETS 16
/* Of more servers than this any one may answer. */
#define LOOKUP_SERVERS 4

/* One of the sockets that have sent a lookup. */
struct lookup_socket {
	struct lookup_node node; /* by cookie and question */
	uint64_t cookie;
	struct lookup *lookup;
	struct lookup_socket *older;
};

struct lookup {
	struct dns_packet
		packet; /* the first query's, or what is known instead; its bytes are not */
	struct lookup_socket first_socket;
	struct lookup_socket *sockets; /* the one that has sent the last query first */
	uint64_t last_ns;	       /* of the query that was sent last */
	uint64_t released_ns;	       /* when the socket was closed; 0: it is open */
	uint64_t lost;	  /* records that had been lost by the time of the first query */
	uint64_t number;  /* in the order in which sockets have sent them */
	uint32_t queries; /* packets */
	uint32_t sends;	  /* to several servers at once is once */
	uint32_t packets; /* of the equation, that belong to it */
	uint16_t id, type, class;
	uint8_t opcode, end;
	bool hidden;	/* the question is not known */
	bool overtaken; /* an answer has come that may belong to this lookup */
	bool mdns;
	bool to_remote; /* it is counted in asking->to_remote */
	/* How many were asked the last time, of which how many have answered. */
	uint16_t servers, answers;
	struct net_addr last_server;
	uint16_t last_port, last_rport;
	struct net_addr last_remote;	       /* behind NAT */
	uint64_t endpoints[LOOKUP_SERVERS][2]; /* that were asked: before and behind NAT, hashed */
	uint32_t endpoints_count;	       /* may be more */
	struct asking *asking;	     /* the socket that has sent it last; NULL: it is over */
	struct server_times *server; /* that was asked last */
	struct link of_asking, of_server;
	struct link age; /* among the open, the released or those that are over */
	/* An open one, by its socket and its id, or without an id by its name. */
	struct lookup_node by_id;
	/* The same question of the same process, in the order of the last query; the first one is
	 * in a table. */
	struct lookup_node by_asker;
	struct link peers;
	uint8_t name_len;
	uint8_t name[]; /* as struct dns_name has it */
};

void lookup__name(const struct lookup *l, struct dns_name *name);
/* The question, as in a message; without type and class there is none. */
void lookup__question(const struct lookup *l, struct question *q);
/* It asks just this. */
bool lookup__asks(const struct lookup *l, const struct question *q);

/* Of the socket that has sent its last query. */
uint64_t lookup__cookie(const struct lookup *l);
/* This socket is one of those that have sent it. */
bool lookup__has_cookie(const struct lookup *l, uint64_t cookie);

/* This query, of the same question and socket, sends it once more. */
bool lookup__is_again(const struct lookup *l, const struct dns_packet *packet);
/* The same of another socket. `open`: so many lookups wait for the server. */
bool lookup__is_again_elsewhere(const struct lookup *l, const struct dns_packet *packet,
				uint32_t open);
/* Its id tells it from others of the same question. Many programs leave it at 0. */
bool lookup__has_id(const struct lookup *l);
/* It is sent again and again, for so long that it is a lookup of its own from now on. */
bool lookup__is_endless(const struct lookup *l, uint64_t time_ns, uint64_t timeout_ns);
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
