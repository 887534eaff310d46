// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The pure parts of dnssnoop: messages out of segments of TCP and of records of UDP, errors. */
#include "tools/dnssnoop/datagram.c"
#include "tools/dnssnoop/result.c"
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
	feed(t, &rest, 1);
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

static void test_bound(void)
{
	struct tcp_streams *t = tcp_streams__new();
	static uint8_t bytes[4096] = { 0xff, 0xff };
	size_t first = 0, most = 0;

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

/* -- Datagrams ---------------------------------------------------------------------------- */

static struct {
	size_t n, bytes, missing, wrong;
} datagrams_got;

static int on_datagram(void *ctx, const uint8_t *bytes, size_t len, size_t whole)
{
	(void)ctx;
	datagrams_got.n++;
	for (size_t i = 0; i < len; i++)
		datagrams_got.wrong += bytes[i] != (uint8_t)(datagrams_got.bytes + i);
	datagrams_got.bytes += len;
	datagrams_got.missing += whole - len;
	return 0;
}

static int feed_datagram(struct datagrams *d, struct dns_packet *p, size_t at, size_t have,
			 size_t whole)
{
	uint8_t *bytes = malloc(have ?: 1);
	int err;

	for (size_t i = 0; i < have; i++)
		bytes[i] = at + i;
	p->seq = at;
	p->len = whole - at;
	p->bytes_len = have;
	p->flags = at + have == whole || have < DNS_BYTES_MAX ? DNS_LAST : 0;
	err = datagrams__record(d, p, bytes, on_datagram, NULL);
	free(bytes);
	return err;
}

/* How many datagrams there are in `whole` bytes, of which `have` come. */
static size_t datagrams_of(size_t whole, size_t have, size_t segment)
{
	struct datagrams d = {};
	struct dns_packet p = { .cookie = 1, .segment = segment };
	struct dns_packet other = { .cookie = 2 };
	int err = 0;

	memset(&datagrams_got, 0, sizeof(datagrams_got));
	for (size_t at = 0; at < have || !at; at += DNS_BYTES_MAX) {
		size_t piece = have - at < DNS_BYTES_MAX ? have - at : DNS_BYTES_MAX;

		err |= feed_datagram(&d, &p, at, piece, whole);
		/* The beginning of another one, of which no more comes. */
		if (!at && piece < have)
			err |= feed_datagram(&d, &other, 0, DNS_BYTES_MAX, 9000);
	}
	datagrams__free(&d);
	return err || datagrams_got.wrong || datagrams_got.bytes != have ? 0 : datagrams_got.n;
}

static void test_datagrams(void)
{
	struct dns_packet lone = { .cookie = 7 };
	struct datagrams d = {};

	is_u64(datagrams_of(100, 100, 0), 1, "a datagram");
	is_u64(datagrams_of(100, 60, 0), 1, "one that was cut");
	is_u64(datagrams_got.missing, 40, "... by so much");
	is_u64(datagrams_of(65507, 65507, 0), 1, "the longest, in pieces");
	is_u64(datagrams_of(120, 120, 40), 3, "three at once");
	is_u64(datagrams_of(130, 130, 40), 4, "the last one is shorter");
	is_u64(datagrams_of(30, 30, 40), 1, "one alone that could be longer");
	is_u64(datagrams_of(64 * 1000, 64 * 1000, 1000), 64, "as many as there may be, in pieces");
	is_u64(datagrams_of(130, 90, 40), 3, "three, of which the third was cut");
	is_u64(datagrams_got.missing, 30, "... by so much");
	memset(&datagrams_got, 0, sizeof(datagrams_got));
	is_int(feed_datagram(&d, &lone, DNS_BYTES_MAX, 100, DNS_BYTES_MAX + 100), 0,
	       "the rest of one whose beginning was lost");
	is_u64(datagrams_got.n, 0, "... is none");
	datagrams__free(&d);
}

/* -- Errors ------------------------------------------------------------------------------- */

static const char *error_of(int error, bool v4, bool tcp)
{
	struct dns_end e = { .error = error, .tcp = tcp };

	return result__of_error(&e, v4) ?: "none";
}

static const char *icmp_of(uint8_t version, uint8_t type, uint8_t code)
{
	struct dns_end e = { .icmp = version, .icmp_type = type, .icmp_code = code };

	return result__of_error(&e, version == DNS_ICMP_V4) ?: "none";
}

static void test_errors(void)
{
	unsigned int unknown = 0;

	is_str(error_of(ECONNREFUSED, true, false), "ICMP_REFUSED", "no port");
	is_str(error_of(EACCES, false, false), "ICMP_PROHIBITED", "IPv6: prohibited");
	is_str(error_of(EHOSTUNREACH, true, false), "ICMP_PROHIBITED",
	       "IPv4: nothing else makes a socket of UDP unreachable that has not asked for more");
	is_str(error_of(EHOSTUNREACH, true, true), "ICMP_UNREACHABLE", "... but one of TCP");
	is_str(error_of(ECONNRESET, true, true), "RESET", "a reset");
	is_str(error_of(ECONNRESET, true, false), "none", "UDP has none");
	is_str(error_of(EAGAIN, true, false), "none", "no end");
	is_str(icmp_of(DNS_ICMP_V4, 3, 4), "ICMP_TOO_BIG", "IPv4: too big");
	is_str(icmp_of(DNS_ICMP_V6, 2, 0), "ICMP_TOO_BIG", "IPv6: too big");
	is_str(icmp_of(DNS_ICMP_V4, 11, 0), "ICMP_TTL_EXCEEDED", "IPv4: too many hops");
	is_str(icmp_of(DNS_ICMP_V6, 3, 0), "ICMP_TTL_EXCEEDED", "IPv6: too many hops");
	is_str(icmp_of(DNS_ICMP_V6, 1, 6), "ICMP_PROHIBITED", "IPv6: the way is refused");
	is_str(icmp_of(DNS_ICMP_V4, 4, 0), "none", "a source quench ends nothing");
	for (int type = 0; type < 256; type++)
		for (int code = 0; code < 256; code++)
			for (int v = DNS_ICMP_V4; v <= DNS_ICMP_V6; v++)
				unknown += strcmp(icmp_of(v, type, code), "none") &&
					   !result__is_word(icmp_of(v, type, code));
	is_u64(unknown, 0, "each word that comes of ICMP can be asked for");
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
	test_datagrams();
	test_errors();
	return done_testing();
}
