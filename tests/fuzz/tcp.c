// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Messages out of TCP's segments, in whatever order and however often these come: all of them, each
 * once; and of segments that are any bytes at all, nothing that is not there. Each message is a
 * query or an answer of a lookup.
 */
#include "tools/dnssnoop/tcp.c"
#undef BUCKETS
#undef BYTES_MAX
#include "tools/dnssnoop/lookup.c"
#include "tools/dnssnoop/server_times.c"
#include "tools/dnssnoop/lookups.c"

#include "tests/fuzz/fuzz.h"

#define STREAM_MAX 8192
#define SEGMENTS_MAX 256
/* So many may wait for those before them. */
#define WINDOW 8

static struct lookups *lookups;
static const struct tcp_key key = { 7, 1 };

struct expected {
	const uint8_t *bytes; /* of the stream; NULL: anything may come */
	size_t len, at;
	uint64_t messages;
};

/* A lookup is found by what was asked, while it is open, and not when it is over. */
static void check_lookup(const uint8_t *message, size_t len, uint64_t time_ns)
{
	struct dns_packet packet = { .head = { .time_ns = time_ns },
				     .cookie = 1 + message[0] % 4,
				     .flags = DNS_OUT | DNS_TCP };
	struct question q = { .id = message[0] << 8 | message[1],
			      .type = message[2] % 4,
			      .class = 1,
			      .present = true };
	struct lookup *l, *found, *excess;
	size_t at = DNS_HEADER;

	if (dns_name__read(message, len, &at, &q.name))
		return;
	l = lookups__find_again(lookups, &packet, &q);
	if (l)
		must(!lookups__again(lookups, l, &packet));
	else
		l = lookups__begin(lookups, &packet, &q, 0);
	must(l && l->id == q.id && l->type == q.type);
	found = lookups__answer(lookups, packet.cookie, &q);
	must(found && found->id == q.id && found->type == q.type && found->end == LOOKUP_OPEN);
	must(lookups__oldest(lookups, UINT64_MAX));
	if (message[3] & 1)
		lookups__end(lookups, found, LOOKUP_ANSWERED);
	excess = lookups__excess(lookups);
	if (excess)
		lookups__end(lookups, excess, LOOKUP_TIMEOUT);
}

static int on_message(void *ctx, const uint8_t *message, size_t len)
{
	struct expected *e = ctx;

	/* To see a step beyond its end. */
	uint8_t *copy = malloc(len ?: 1);

	must(copy);
	memcpy(copy, message, len);
	e->messages++;
	if (e->bytes) {
		must(e->at + 2 + len <= e->len);
		must(message_len(e->bytes + e->at) == len);
		must(!memcmp(e->bytes + e->at + 2, message, len));
		e->at += 2 + len;
	}
	if (len >= DNS_HEADER)
		check_lookup(copy, len, e->messages);
	free(copy);
	return 0;
}

/* Messages of the input's bytes, no shorter than a header. */
static size_t make_stream(struct fuzz_input *in, uint8_t *stream)
{
	size_t at = 0;

	while (in->left > 1 && at < STREAM_MAX - 2 - 512) {
		size_t len = DNS_HEADER + fuzz_u8(in), have = len;
		const uint8_t *bytes = fuzz_bytes(in, &have);

		stream[at] = len >> 8;
		stream[at + 1] = len;
		memset(stream + at + 2, 0, len);
		memcpy(stream + at + 2, bytes, have);
		at += 2 + len;
	}
	return at;
}

static size_t cut(struct fuzz_input *cuts, const uint8_t *stream, size_t len, uint32_t base,
		  struct tcp_segment *segments)
{
	size_t n = 0, at = 0;

	while (at < len) {
		size_t have = 1 + fuzz_u8(cuts) * 2;

		if (have > len - at || n == SEGMENTS_MAX - 1)
			have = len - at;
		segments[n++] = (struct tcp_segment){ .seq = base + at,
						      .first = !at,
						      .bytes = stream + at,
						      .have = have,
						      .len = have };
		at += have;
	}
	return n;
}

/* The first segment, which says where the stream begins, comes first. */
static void shuffle(struct fuzz_input *cuts, struct tcp_segment *segments, size_t n)
{
	for (size_t begin = 1; begin < n; begin += WINDOW) {
		size_t count = n - begin < WINDOW ? n - begin : WINDOW;

		for (size_t i = 0; i < count; i++) {
			size_t j = fuzz_u8(cuts) % count;
			struct tcp_segment swap = segments[begin + i];

			segments[begin + i] = segments[begin + j];
			segments[begin + j] = swap;
		}
	}
}

static void check_stream(struct fuzz_input *cuts, struct fuzz_input *in)
{
	static uint8_t stream[STREAM_MAX];
	static struct tcp_segment segments[SEGMENTS_MAX];
	struct tcp_streams *t = tcp_streams__new();
	struct expected e = { .bytes = stream };
	uint32_t base = fuzz_u16(cuts) << 16 | fuzz_u16(cuts);
	size_t n;

	must(t);
	e.len = make_stream(in, stream);
	n = cut(cuts, stream, e.len, base, segments);
	shuffle(cuts, segments, n);
	for (size_t i = 0; i < n; i++) {
		must(tcp_streams__segment(t, &key, &segments[i], on_message, &e) == 0);
		/* Once more. */
		if (fuzz_u8(cuts) & 1)
			must(tcp_streams__segment(t, &key, &segments[i], on_message, &e) == 0);
	}
	must(e.at == e.len);
	tcp_streams__free(t);
}

/* Whatever comes. */
static void check_any(struct fuzz_input *in)
{
	struct tcp_streams *t = tcp_streams__new();
	struct expected e = {};

	must(t);
	while (in->left) {
		struct tcp_key other = { fuzz_u8(in) % 3, fuzz_u8(in) & 1 };
		struct tcp_segment g = { .seq = fuzz_u16(in), .have = fuzz_u8(in) };
		uint32_t flags = fuzz_u8(in);
		int err;

		g.bytes = fuzz_bytes(in, &g.have);
		g.first = flags & 1;
		g.more = flags & 2;
		g.len = g.have + (flags & 4 ? flags : 0);
		err = tcp_streams__segment(t, &other, &g, on_message, &e);
		must(err == 0 || err == 1);
	}
	must(t->bytes <= BYTES_MAX + STREAM_MAX * 16 && t->count <= 6);
	tcp_streams__free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fuzz_input in = { data, len }, cuts = { .left = 64 };

	lookups = lookups__new();
	must(lookups);
	if (fuzz_u8(&in) & 1) {
		cuts.at = fuzz_bytes(&in, &cuts.left);
		check_stream(&cuts, &in);
	} else {
		check_any(&in);
	}
	lookups__free(lookups);
	return 0;
}
