/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * DNS messages out of segments of TCP (RFC 1035, 4.2.2: two bytes of length before each), which may
 * come in any order and more than once, or be missed. In bounded memory.
 */
#ifndef DNSSNOOP_TCP_H
#define DNSSNOOP_TCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tcp_streams;

/* One direction of a connection. */
struct tcp_key {
	uint64_t cookie;
	uint64_t out; /* 0 or 1 */
};

/* A whole message; other than 0 ends tcp_streams__segment() with it. */
typedef int (*tcp_message_fn)(void *ctx, const uint8_t *message, size_t len);

/* NULL with errno set. */
struct tcp_streams *tcp_streams__new(void);
void tcp_streams__free(struct tcp_streams *t);

/* There is no room: what had begun of this stream is given up. */
typedef void (*tcp_given_up_fn)(void *ctx, const struct tcp_key *key);
void tcp_streams__tell(struct tcp_streams *t, tcp_given_up_fn fn, void *ctx);

/* `have` bytes of `len` at `seq`. */
struct tcp_segment {
	uint32_t seq;
	bool first; /* the connection's data begin with it */
	bool more;  /* a piece of a packet: the next one follows */
	const uint8_t *bytes;
	size_t have, len;
};

/*
 * A connection that is met in its middle is followed from the first segment on that begins with
 * what may be a message. 0; 1: from here on something is missing, and what was begun is given up,
 * or the segment is skipped; -ENOMEM; or what `fn` returns.
 */
int tcp_streams__segment(struct tcp_streams *t, const struct tcp_key *key,
			 const struct tcp_segment *g, tcp_message_fn fn, void *ctx);

/* It begins with a length and a header that somebody may have written. */
bool tcp__may_be_message(const uint8_t *bytes, size_t len);

/* Whether there has been a message by this connection, in one of its directions. */
bool tcp_streams__spoke(const struct tcp_streams *t, uint64_t cookie);
/* Whether the next sequence number is known. */
bool tcp_streams__follows(const struct tcp_streams *t, const struct tcp_key *key);

/* The sender ends its stream before `seq`. */
void tcp_streams__finish(struct tcp_streams *t, const struct tcp_key *key, uint32_t seq);
/* All of it has come; or, of a connection that is not followed, perhaps. */
bool tcp_streams__is_finished(const struct tcp_streams *t, const struct tcp_key *key);

#endif
