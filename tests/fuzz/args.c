// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Arguments of an exec: whole from whatever pieces, and as JSON the same again. */
#include "tools/execsnoop/args.c"

#include "tests/fuzz/fuzz.h"
#include "tests/unit/strict_json.h"

#define TIME_NS 1234
#define PID 77

/* A piece of the arguments of a process, as the program sends it ahead. */
static void piece(struct args_ahead *ahead, const uint8_t *bytes, size_t len, uint32_t pid,
		  uint32_t offset)
{
	struct args_record *r = calloc(1, sizeof(*r) + len);

	must(r);
	*r = (struct args_record){ { TIME_NS, EXEC_ARGS, sizeof(*r) + len }, pid, offset };
	memcpy(r + 1, bytes, len);
	must(args__ahead(ahead, r) == 0);
	free(r);
}

/* Some of the bytes ahead, in pieces that another process's come between; returns how many. */
static size_t send_ahead(struct args_ahead *ahead, struct fuzz_input *cuts, const uint8_t *bytes,
			 size_t len)
{
	size_t at = 0;

	for (int pieces = fuzz_u8(cuts) % 8; pieces && at < len; pieces--) {
		size_t n = 1 + fuzz_u8(cuts);

		if (n > len - at)
			n = len - at;
		if (n % 3 == 0)
			piece(ahead, bytes, n, PID + 1, at);
		piece(ahead, bytes + at, n, PID, at);
		at += n;
	}
	return at;
}

static int hex(char c)
{
	return c >= 'a' ? c - 'a' + 10 : c - '0';
}

/* argv_hex, where there is one, is the bytes; where there is none they are UTF-8. */
static void check_hex(const struct args *args, const char *json)
{
	const char *p = strstr(json, "\"argv_hex\":[");
	size_t at = 0;

	if (!p)
		return;
	for (p += strlen("\"argv_hex\":["); *p == '"'; p += *p == ',') {
		for (p++; *p != '"'; p += 2)
			must((uint8_t)args->bytes[at++] == (hex(p[0]) << 4 | hex(p[1])));
		p++;
		must(at == args->len || !args->bytes[at]);
		at += at < args->len;
	}
	must(at == args->len);
}

static void check_json(const struct args *args)
{
	struct buf out = {};
	struct json j = { .buf = &out };

	json__object(&j, NULL);
	args__json(args, &j);
	json__object_end(&j);
	must(!out.err && strict_json__check(out.data, out.len, NULL, NULL));
	buf__char(&out, '\0');
	/* With the bracket: before an argument's own quotes there is a backslash. */
	must(!strstr(out.data, "\"argv_hex\":[") == hostile_is_utf8(args->bytes, args->len));
	check_hex(args, out.data);
	buf__free(&out);
}

static void check_line(const struct args *args)
{
	bool ended = args->len && !args->bytes[args->len - 1];
	size_t first = args->len ? strnlen(args->bytes, args->len) : 0, rest;
	struct buf out = {};

	args__line(args, NULL, &out);
	must(!out.err && out.len == args->len - ended);
	for (size_t i = 0; i < out.len; i++)
		must(out.data[i] == (args->bytes[i] ?: ' '));
	args__line(args, "/x", &out);
	rest = args->len - first;
	must(!out.err && out.len == 2 + rest - (ended && rest) && !memcmp(out.data, "/x", 2));
	buf__free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fuzz_input in = { data, len }, cuts = { .left = 24 };
	struct args_ahead ahead = {};
	struct exec_record r = { .head = { .time_ns = TIME_NS, .kind = EXEC_DONE } };
	struct args args;
	uint64_t limit;
	size_t sent;

	cuts.at = fuzz_bytes(&in, &cuts.left);
	limit = fuzz_u8(&in);
	sent = send_ahead(&ahead, &cuts, in.at, in.left);
	r.who.pid = PID;
	r.args_ahead = sent;
	r.args_len = in.left - sent;
	r.args_total = in.left + limit;
	must(args__collect(&ahead, &r, (const char *)in.at + sent, &args) == 0);
	must(args.len == in.left && args.missing_bytes == limit);
	must(!args.len || !memcmp(args.bytes, in.at, args.len));
	check_json(&args);
	check_line(&args);
	args__limit(&args, limit);
	must(args.len <= in.left && args.len + args.missing_bytes == in.left + limit);
	check_json(&args);
	/* One byte more was told than came. */
	r.args_ahead++;
	must(args__collect(&ahead, &r, (const char *)in.at + sent, &args) == -EINVAL);
	args__ahead_free(&ahead);
	return 0;
}
