// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Messages of DNS out of segments of TCP. */
#include "tools/dnssnoop/tcp.c"

#include "tests/unit/random.h"
#include "tests/unit/tap.h"

#define MESSAGES 40
#define STREAM_MAX (MESSAGES * 802)
#define SEGMENTS_MAX STREAM_MAX

static uint8_t stream[STREAM_MAX];
static size_t stream_len, starts[MESSAGES + 1];
static struct tcp_segment segments[SEGMENTS_MAX];
static size_t nsegments;

static struct {
	size_t n, wrong;
} got;

static const struct tcp_key key = { 7, 1 };

/* Numbered by its id; the rest may look like a header as well. */
static void make_stream(void)
{
	stream_len = 0;
	for (int i = 0; i < MESSAGES; i++) {
		size_t len = 12 + random_u64() % 789;
		uint8_t *p = stream + stream_len;

		starts[i] = stream_len;
		memset(p, 0, len + 2);
		p[0] = len >> 8;
		p[1] = len;
		p[3] = i;
		p[7] = 1;
		stream_len += len + 2;
	}
	starts[MESSAGES] = stream_len;
}

static void cut(size_t from, size_t longest)
{
	size_t at = from;

	nsegments = 0;
	while (at < stream_len) {
		size_t len = 1 + random_u64() % longest;

		if (len > stream_len - at)
			len = stream_len - at;
		/* Numbers go round in the middle. */
		segments[nsegments++] = (struct tcp_segment){ .seq = at - stream_len / 2,
							      .first = !at,
							      .bytes = stream + at,
							      .have = len,
							      .len = len };
		at += len;
	}
}

static int on_message(void *ctx, const uint8_t *message, size_t len)
{
	size_t first = *(const size_t *)ctx, i = first + got.n++;

	got.wrong += i >= MESSAGES || len != starts[i + 1] - starts[i] - 2 ||
		     memcmp(message, stream + starts[i] + 2, len) != 0;
	return 0;
}

static int feed(struct tcp_streams *t, const struct tcp_segment *g, size_t first)
{
	return tcp_streams__segment(t, &key, g, on_message, &first);
}

static void all_come(const char *how, size_t first)
{
	is_u64(got.n, MESSAGES - first, "%s: all messages", how);
	is_u64(got.wrong, 0, "%s: whole and in order", how);
}

/* Those of a window in any order, some of them twice. */
static void test_window(size_t longest, size_t window, const char *how)
{
	struct tcp_streams *t = tcp_streams__new();
	int err = 0;

	make_stream();
	cut(0, longest);
	memset(&got, 0, sizeof(got));
	/* Nothing tells that a connection begins but its first segment. */
	err |= feed(t, &segments[0], 0);
	for (size_t i = 1; i < nsegments; i += window) {
		size_t n = nsegments - i < window ? nsegments - i : window;

		for (size_t j = n - 1; j; j--) {
			struct tcp_segment *a = &segments[i + j];
			struct tcp_segment *b = &segments[i + random_u64() % (j + 1)], c = *a;

			*a = *b;
			*b = c;
		}
		for (size_t j = 0; j < n; j++) {
			err |= feed(t, &segments[i + j], 0);
			if (random_u64() % 4 == 0)
				err |= feed(t, &segments[i + random_u64() % (j + 1)], 0);
		}
	}
	is_int(err, 0, "%s: nothing is missing", how);
	all_come(how, 0);
	tcp_streams__free(t);
}

/* From the first segment on that begins with a message. */
static void test_middle(void)
{
	struct tcp_streams *t = tcp_streams__new();
	struct tcp_segment rest = { .seq = 5, .bytes = stream + 5 };

	make_stream();
	memset(&got, 0, sizeof(got));
	rest.have = rest.len = starts[1] - 5;
	is_int(feed(t, &rest, 1), 1, "met in its middle: something is missing");
	is_u64(got.n, 0, "met in its middle: the rest of a message is none");
	for (size_t i = 1; i < MESSAGES; i++) {
		struct tcp_segment g = { .seq = starts[i], .bytes = stream + starts[i] };

		g.have = g.len = starts[i + 1] - starts[i];
		feed(t, &g, 1);
	}
	all_come("met in its middle", 1);
	tcp_streams__free(t);
}

static int on_any(void *ctx, const uint8_t *message, size_t len)
{
	(void)ctx;
	got.n++;
	got.wrong +=
		message[1] >= MESSAGES || len != starts[message[1] + 1] - starts[message[1]] - 2;
	return 0;
}

/* One that never comes is waited for until eight others have, which are given up with it. */
static void test_missing(void)
{
	struct tcp_streams *t = tcp_streams__new();
	size_t told = 0;

	make_stream();
	memset(&got, 0, sizeof(got));
	for (size_t i = 0; i < MESSAGES; i++) {
		struct tcp_segment g = { .seq = starts[i],
					 .bytes = stream + starts[i],
					 .first = !i };

		g.have = g.len = starts[i + 1] - starts[i];
		if (i != 3)
			told += tcp_streams__segment(t, &key, &g, on_any, NULL);
	}
	is_u64(told, 1, "one is missing: that is told once");
	is_u64(got.n, MESSAGES - 1 - EARLY_MAX, "... and costs those that waited for it");
	is_u64(got.wrong, 0, "... the others are whole");
	tcp_streams__free(t);
}

/* A packet in more pieces than may wait comes before the one that precedes it. */
static void test_pieces(void)
{
	struct tcp_streams *t = tcp_streams__new();
	size_t half, first = 0;

	make_stream();
	cut(0, 300);
	memset(&got, 0, sizeof(got));
	half = nsegments / 2;
	for (size_t i = 0; i < nsegments; i++)
		segments[i].more = i + 1 != half && i + 1 != nsegments;
	feed(t, &segments[0], first);
	for (size_t i = half; i < nsegments; i++)
		feed(t, &segments[i], first);
	for (size_t i = 1; i < half; i++)
		feed(t, &segments[i], first);
	all_come("two packets of many pieces, the later one first", 0);
	tcp_streams__free(t);
}

/* Nothing but lengths of 0: a segment of them is one message at most. */
static void test_empty(void)
{
	struct tcp_streams *t = tcp_streams__new();
	static uint8_t zeros[4096];
	struct tcp_segment g = {
		.bytes = zeros, .have = sizeof(zeros), .len = sizeof(zeros), .first = true
	};

	memset(&got, 0, sizeof(got));
	make_stream();
	for (int i = 0; i < 4; i++, g.seq += g.len, g.first = false)
		tcp_streams__segment(t, &key, &g, on_any, NULL);
	is_u64(got.n, 1, "messages without a header: told once");
	got.n = 0;
	for (int i = 0; i < 3; i++) {
		g.bytes = stream + starts[i];
		g.have = g.len = starts[i + 1] - starts[i];
		tcp_streams__segment(t, &key, &g, on_any, NULL);
		g.seq += g.len;
	}
	is_u64(got.n, 3, "... and what comes then is read");
	tcp_streams__free(t);
}

static void on_given_up(void *ctx, const struct tcp_key *k)
{
	(void)k;
	++*(size_t *)ctx;
}

static void test_bound(void)
{
	struct tcp_streams *t = tcp_streams__new();
	size_t given_up = 0;
	static uint8_t bytes[4096] = { 0xff, 0xff };
	size_t first = 0, most = 0;

	tcp_streams__tell(t, on_given_up, &given_up);
	for (uint64_t i = 0; i < 10000; i++) {
		struct tcp_key k = { i, 0 };
		struct tcp_segment g = { 0, true, false, bytes, sizeof(bytes), sizeof(bytes) };

		tcp_streams__segment(t, &k, &g, on_message, &first);
		if (t->bytes > most)
			most = t->bytes;
	}
	ok(most <= BYTES_MAX + 2 * sizeof(bytes),
	   "messages that are never whole: %zu bytes at most", most);
	ok(t->count <= STREAMS_MAX, "of %zu connections", t->count);
	is_u64(given_up + t->count, 10000, "... and of each of the others it is told");
	tcp_streams__free(t);
}

/* -- The end of a connection -------------------------------------------------------------- */

static bool finished_after(const size_t *order, size_t n, size_t last)
{
	struct tcp_streams *t = tcp_streams__new();
	size_t first = 0;
	bool finished, early = false;

	make_stream();
	for (size_t i = 0; i < n; i++) {
		struct tcp_segment g = { .seq = starts[order[i]],
					 .first = !order[i],
					 .bytes = stream + starts[order[i]] };

		g.have = g.len = starts[order[i] + 1] - starts[order[i]];
		/* The end is told before the last segment comes. */
		if (i == n - 1) {
			/* One that somebody has made up. */
			tcp_streams__finish(t, &key, starts[last] - 0x70000000);
			early = tcp_streams__is_finished(t, &key);
			tcp_streams__finish(t, &key, starts[last]);
			early |= tcp_streams__is_finished(t, &key);
		}
		tcp_streams__segment(t, &key, &g, on_any, &first);
	}
	finished = tcp_streams__is_finished(t, &key);
	tcp_streams__free(t);
	return finished && !early;
}

static void test_finish(void)
{
	struct tcp_streams *t = tcp_streams__new();

	ok(finished_after((const size_t[]){ 0, 1, 2 }, 3, 3), "an end that is told too early");
	ok(finished_after((const size_t[]){ 0, 2, 1 }, 3, 3), "... with segments out of order");
	ok(!finished_after((const size_t[]){ 0, 1 }, 2, 3), "something is missing before the end");
	ok(tcp_streams__is_finished(t, &key),
	   "a connection without any data has nothing to wait for");
	ok(!tcp_streams__follows(t, &key), "... and nobody knows what comes next");
	tcp_streams__free(t);
}

int main(void)
{
	test_window(1, 1, "a byte a segment");
	test_window(1400, 1, "large segments");
	test_window(20000, 1, "many messages a segment");
	test_window(1, 6, "bytes in any order");
	test_window(900, 6, "segments in any order");
	test_middle();
	test_missing();
	test_pieces();
	test_empty();
	test_bound();
	test_finish();
	return done_testing();
}
