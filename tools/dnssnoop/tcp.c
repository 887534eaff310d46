// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/tcp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "common/base/buf.h"
#include "tools/dnssnoop/dns/dns_msg.h"

#define BUCKETS 1024 /* a power of two */
#define STREAMS_MAX 2048
/* Beyond this the stream that was idle longest is forgotten. */
#define BYTES_MAX (8 << 20)
/* Packets that wait for those before them. */
#define EARLY_MAX 8

struct early {
	uint32_t seq;
	bool more; /* of the packet */
	struct buf bytes;
};

struct stream {
	struct tcp_key key;
	bool in_step;  /* `next_seq` and `begun` are right */
	bool amid;     /* a packet, of which the next piece comes at `amid_seq` */
	bool spoke;    /* there has been a message */
	bool finished; /* nothing comes from `finish_seq` on */
	uint32_t next_seq, amid_seq, finish_seq;
	struct buf begun; /* of a message, with its length */
	struct early early[EARLY_MAX];
	size_t bytes; /* that it holds */
	struct stream *next_hash;
	struct stream *newer, *older;
};

struct tcp_streams {
	struct stream *buckets[BUCKETS];
	struct stream *newest, *oldest; /* by the last segment */
	size_t count, bytes;
	tcp_given_up_fn given_up;
	void *ctx;
};

struct tcp_streams *tcp_streams__new(void)
{
	return calloc(1, sizeof(struct tcp_streams));
}

void tcp_streams__tell(struct tcp_streams *t, tcp_given_up_fn fn, void *ctx)
{
	t->given_up = fn;
	t->ctx = ctx;
}

static struct stream **stream_bucket(struct tcp_streams *t, const struct tcp_key *key)
{
	return &t->buckets[(key->cookie * 2 + key->out) * 0x9e3779b97f4a7c15ULL >> 48 &
			   (BUCKETS - 1)];
}

static void stream_unlink(struct tcp_streams *t, struct stream *s)
{
	if (s->newer)
		s->newer->older = s->older;
	else
		t->newest = s->older;
	if (s->older)
		s->older->newer = s->newer;
	else
		t->oldest = s->newer;
}

static void stream_link(struct tcp_streams *t, struct stream *s)
{
	s->newer = NULL;
	s->older = t->newest;
	if (t->newest)
		t->newest->newer = s;
	else
		t->oldest = s;
	t->newest = s;
}

static void stream_forget(struct tcp_streams *t, struct stream *s)
{
	struct stream **p = stream_bucket(t, &s->key);

	if (s->bytes && t->given_up)
		t->given_up(t->ctx, &s->key);
	while (*p != s)
		p = &(*p)->next_hash;
	*p = s->next_hash;
	stream_unlink(t, s);
	t->count--;
	t->bytes -= s->bytes;
	buf__free(&s->begun);
	for (int i = 0; i < EARLY_MAX; i++)
		buf__free(&s->early[i].bytes);
	free(s);
}

void tcp_streams__free(struct tcp_streams *t)
{
	if (t)
		t->given_up = NULL;
	while (t && t->newest)
		stream_forget(t, t->newest);
	free(t);
}

static struct stream *stream_find(const struct tcp_streams *t, const struct tcp_key *key)
{
	struct stream *s = *stream_bucket((struct tcp_streams *)t, key);

	while (s && (s->key.cookie != key->cookie || s->key.out != key->out))
		s = s->next_hash;
	return s;
}

static struct stream *stream_get(struct tcp_streams *t, const struct tcp_key *key)
{
	struct stream **bucket = stream_bucket(t, key), *s = stream_find(t, key);

	if (s) {
		stream_unlink(t, s);
	} else {
		s = calloc(1, sizeof(*s));
		if (!s)
			return NULL;
		s->key = *key;
		s->next_hash = *bucket;
		*bucket = s;
		t->count++;
	}
	stream_link(t, s);
	return s;
}

/* After each change of what the stream holds. */
static void stream_account(struct tcp_streams *t, struct stream *s)
{
	size_t bytes = s->begun.size;

	for (int i = 0; i < EARLY_MAX; i++)
		bytes += s->early[i].bytes.size;
	t->bytes += bytes - s->bytes;
	s->bytes = bytes;
	while (t->oldest != s && (t->count > STREAMS_MAX || t->bytes > BYTES_MAX))
		stream_forget(t, t->oldest);
}

static size_t message_len(const uint8_t *bytes)
{
	return bytes[0] << 8 | bytes[1];
}

/* A length and a header that somebody may have written: known opcode, no reserved bit, few
 * questions. */
bool tcp__may_be_message(const uint8_t *bytes, size_t len)
{
	struct dns_msg msg;

	if (len < 2 + DNS_HEADER || dns_msg__open(&msg, bytes + 2, len - 2))
		return false;
	return message_len(bytes) >= DNS_HEADER && dns_msg__opcode(&msg) <= 6 &&
	       !(msg.flags & 0x40) && msg.count[DNS_QUESTION] <= 1;
}

/* What was begun cannot be ended any more. */
static void stream_out_of_step(struct stream *s)
{
	s->in_step = false;
	buf__free(&s->begun);
	for (int i = 0; i < EARLY_MAX; i++)
		buf__free(&s->early[i].bytes);
}

/* Hands over what is whole, and keeps the rest. What is too short for a header is told once. */
static int stream_messages(struct stream *s, tcp_message_fn fn, void *ctx)
{
	uint8_t *p = (uint8_t *)s->begun.data;
	size_t left = s->begun.len, len;
	int err = s->begun.err;

	while (!err && left >= 2 && left >= (len = message_len(p)) + 2) {
		err = fn(ctx, p + 2, len);
		s->spoke = true;
		if (len < DNS_HEADER) {
			stream_out_of_step(s);
			return err ?: 1;
		}
		p += len + 2;
		left -= len + 2;
	}
	if (!left)
		buf__free(&s->begun);
	else if (p != (uint8_t *)s->begun.data)
		memmove(s->begun.data, p, left);
	s->begun.len = left;
	return err;
}

static int stream_add(struct stream *s, const uint8_t *bytes, size_t len, tcp_message_fn fn,
		      void *ctx)
{
	buf__add(&s->begun, bytes, len);
	s->next_seq += len;
	return stream_messages(s, fn, ctx);
}

/* -1: the segment begins before what is awaited; 0: there; 1: behind it. */
static int seq_compare(uint32_t seq, uint32_t awaited)
{
	int32_t ahead = seq - awaited;

	return ahead < 0 ? -1 : ahead > 0;
}

/* One that waited, and whose time has come, is taken from there. */
static int stream_early(struct stream *s, tcp_message_fn fn, void *ctx)
{
	int err = 0;

	for (int i = 0; i < EARLY_MAX && !err; i++) {
		struct early *e = &s->early[i];
		size_t old = s->next_seq - e->seq;

		if (!e->bytes.len || seq_compare(e->seq, s->next_seq) > 0)
			continue;
		if (old < e->bytes.len)
			err = stream_add(s, (uint8_t *)e->bytes.data + old, e->bytes.len - old, fn,
					 ctx);
		buf__free(&e->bytes);
		i = -1;
	}
	return err;
}

/* Some of it that waits already, or the packet of which it is the next piece. */
static struct early *stream_find_early(struct stream *s, const struct tcp_segment *g)
{
	for (int i = 0; i < EARLY_MAX; i++) {
		struct early *e = &s->early[i];
		uint32_t offset = g->seq - e->seq;

		if (offset + g->have <= e->bytes.len || (e->more && offset == e->bytes.len))
			return e;
	}
	return NULL;
}

/* False: too many wait already. */
static bool stream_hold(struct stream *s, const struct tcp_segment *g)
{
	struct early *e = stream_find_early(s, g);

	for (int i = 0; i < EARLY_MAX && !e; i++)
		if (!s->early[i].bytes.len)
			e = &s->early[i];
	if (!e)
		return false;
	if (!e->bytes.len)
		e->seq = g->seq;
	else if (g->seq - e->seq < e->bytes.len)
		return true;
	buf__add(&e->bytes, g->bytes, g->have);
	e->more = g->more;
	return true;
}

/* Only the first piece of a packet is looked at: a message begins where a send begins. */
static bool is_begin(const struct stream *s, const struct tcp_segment *g)
{
	if (s->amid && g->seq == s->amid_seq)
		return false;
	return g->first || tcp__may_be_message(g->bytes, g->have) ||
	       (g->have == 2 && message_len(g->bytes) >= DNS_HEADER);
}

static int stream_segment(struct stream *s, const struct tcp_segment *g, tcp_message_fn fn,
			  void *ctx)
{
	size_t old;
	int err;

	if (!s->in_step) {
		if (!is_begin(s, g))
			return 1;
		s->in_step = true;
		s->next_seq = g->seq;
	}
	if (seq_compare(g->seq, s->next_seq) > 0) {
		if (stream_hold(s, g))
			return 0;
		stream_out_of_step(s);
		return stream_segment(s, g, fn, ctx) ?: 1;
	}
	old = s->next_seq - g->seq;
	err = old < g->have ? stream_add(s, g->bytes + old, g->have - old, fn, ctx) : 0;
	return err ?: stream_early(s, fn, ctx);
}

int tcp_streams__segment(struct tcp_streams *t, const struct tcp_key *key,
			 const struct tcp_segment *g, tcp_message_fn fn, void *ctx)
{
	struct stream *s = stream_get(t, key);
	int err;

	if (!s)
		return -ENOMEM;
	err = stream_segment(s, g, fn, ctx);
	s->amid = g->more;
	s->amid_seq = g->seq + g->have;
	if (!err && g->have < g->len) {
		stream_out_of_step(s);
		err = 1;
	}
	stream_account(t, s);
	return err;
}

bool tcp_streams__spoke(const struct tcp_streams *t, uint64_t cookie)
{
	for (uint64_t out = 0; out < 2; out++) {
		const struct stream *s = stream_find(t, &(struct tcp_key){ cookie, out });

		if (s && s->spoke)
			return true;
	}
	return false;
}

bool tcp_streams__follows(const struct tcp_streams *t, const struct tcp_key *key)
{
	const struct stream *s = stream_find(t, key);

	return s && s->in_step;
}

/* Without a stream there was no data: there is nothing to wait for. */
void tcp_streams__finish(struct tcp_streams *t, const struct tcp_key *key, uint32_t seq)
{
	struct stream *s = stream_find(t, key);

	if (!s)
		return;
	s->finished = true;
	s->finish_seq = seq;
}

bool tcp_streams__is_finished(const struct tcp_streams *t, const struct tcp_key *key)
{
	const struct stream *s = stream_find(t, key);

	return !s || (s->finished && (!s->in_step || s->finish_seq == s->next_seq));
}
