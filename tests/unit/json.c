// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/out/json.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include "tests/unit/hostile.h"
#include "tests/unit/strict_json.h"
#include "tests/unit/tap.h"

static struct buf out;
static struct json json = { .buf = &out };

/* What was written since the last call; the next value begins anew. */
static const char *written(void)
{
	static char text[4096];

	snprintf(text, sizeof(text), "%.*s", (int)out.len, out.len ? out.data : "");
	out.len = 0;
	json.comma = false;
	return text;
}

#define WRITES(call, want)                            \
	do {                                          \
		call;                                 \
		is_str(written(), want, "%s", #call); \
	} while (0)

/* A judge that finds everything good would not do. */
static void test_validator(void)
{
	static const char *const good[] = { "0",
					    "-0",
					    "1.5e-7",
					    "\"\"",
					    "[]",
					    "{}",
					    "[1,[],{}]",
					    "{\"a\":null}",
					    "true",
					    "\"\\u001b\\\"\"",
					    "\"\xc3\xa9\"",
					    "-12E+3" };
	static const char *const bad[] = {
		"",
		"01",
		"1.",
		".5",
		"-",
		"+1",
		"1e",
		"nan",
		"inf",
		"[1,]",
		"[,1]",
		"{\"a\"}",
		"{a:1}",
		"{\"a\":1,}",
		"[1 2]",
		"\"",
		"\"\n\"",
		"\"\\x\"",
		"\"\\u12\"",
		"\"\xff\"",
		"\"\xc2\x9b\"",
		"'a'",
		"tru",
		"[",
		"]",
		"{\"a\":1]",
		"1,2",
		"\"\\ud800\"",
		"{}{}",
		"\"\x7f\"",
		"{\"a\":1 \"b\":2}",
		"[\"a\":1]",
		"\"\xed\xa0\x80\"",
	};
	unsigned int wrong = 0;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		wrong += !strict_json__check(good[i], strlen(good[i]), NULL, NULL);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		wrong += strict_json__check(bad[i], strlen(bad[i]), NULL, NULL);
	wrong += strict_json__check("1\0", 2, NULL, NULL);
	is_u64(wrong, 0, "the validator tells JSON from what only looks like it");
}

static struct {
	unsigned int inputs, invalid, different, key;
} wrong;

/* What the string must say: the characters, and U+FFFD for each byte that is in none. */
static size_t expected(const uint8_t *in, size_t len, int32_t *chars)
{
	size_t count = 0, n;

	for (; len; in += n, len -= n) {
		int32_t c = hostile_decode(in, len, &n);

		chars[count++] = c < 0 ? 0xfffd : c;
	}
	return count;
}

static void check_bytes(const uint8_t *in, size_t len)
{
	int32_t got[STRICT_STRING_MAX], want[HOSTILE_MAX];
	size_t ngot = 0, nwant = expected(in, len, want);

	wrong.inputs++;
	json__bytes(&json, NULL, in, len);
	if (!strict_json__check(out.data, out.len, got, &ngot))
		wrong.invalid++;
	else
		wrong.different += ngot != nwant || memcmp(got, want, nwant * sizeof(got[0]));
	out.len = 0;
	json.comma = false;
	if (len < 3 && !memchr(in, 0, len)) {
		char key[3] = "";

		memcpy(key, in, len);
		json__object(&json, NULL);
		json__bool(&json, key, true);
		json__object_end(&json);
		wrong.key += !strict_json__check(out.data, out.len, NULL, NULL);
		out.len = 0;
		json.comma = false;
	}
}

static void test_names(void)
{
	WRITES(json__hex(&json, NULL, "\xff\0a", 3), "\"ff0061\"");
	json__object(&json, NULL);
	json__text(&json, "comm", "caf\xc3\xa9");
	json__text(&json, "exe", "/caf\xe9");
	json__text(&json, "cwd", "");
	json__object_end(&json);
	is_str(written(),
	       "{\"comm\":\"caf\xc3\xa9\",\"exe\":\"/caf\xef\xbf\xbd\","
	       "\"exe_hex\":\"2f636166e9\",\"cwd\":\"\"}",
	       "names that are not UTF-8 have their bytes, too");
	WRITES(json__str(&json, NULL, "\xf3\xa0\x81\xa1\xe2\x80\xae"), "\"\\udb40\\udc61\\u202e\"");
}

static void test_hostile(void)
{
	hostile__each(check_bytes);
	ok(wrong.inputs > 190000, "hostile input: %u texts", wrong.inputs);
	is_u64(wrong.invalid, 0, "... all give valid JSON");
	is_u64(wrong.different, 0, "... that says the same, U+FFFD for each wrong byte");
	is_u64(wrong.key, 0, "... as keys too");
}

static void test_strings(void)
{
	WRITES(json__str(&json, NULL, ""), "\"\"");
	WRITES(json__str(&json, NULL, "a\"b\\c/d"), "\"a\\\"b\\\\c/d\"");
	WRITES(json__str(&json, NULL, "\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\"");
	WRITES(json__str(&json, NULL, "bfnrt"), "\"bfnrt\"");
	WRITES(json__str(&json, NULL, "\033\x7f"), "\"\\u001b\\u007f\"");
	WRITES(json__str(&json, NULL, "\xc2\x9b"), "\"\\u009b\"");
	WRITES(json__str(&json, NULL, "\xe2\x80\xae\xe2\x80\xa9"), "\"\\u202e\\u2029\"");
	WRITES(json__str(&json, NULL, "\xc3\xa9"), "\"\xc3\xa9\"");
	WRITES(json__bytes(&json, NULL, "a\0b", 3), "\"a\\u0000b\"");
	WRITES(json__bytes(&json, NULL, NULL, 0), "\"\"");
	WRITES(json__bytes(&json, NULL, "ab\xe2\x82\xac", 3), "\"ab\xef\xbf\xbd\"");
}

static void test_numbers(void)
{
	WRITES(json__u64(&json, NULL, 0), "0");
	WRITES(json__u64(&json, NULL, UINT64_MAX), "18446744073709551615");
	WRITES(json__i64(&json, NULL, INT64_MIN), "-9223372036854775808");
	WRITES(json__i64(&json, NULL, INT64_MAX), "9223372036854775807");
	WRITES(json__i64(&json, NULL, -1), "-1");
	WRITES(json__real(&json, NULL, 0.5, 3), "0.500");
	WRITES(json__real(&json, NULL, 2.5, 0), "2");
	WRITES(json__real(&json, NULL, NAN, 3), "null");
	WRITES(json__real(&json, NULL, -INFINITY, 3), "null");
	WRITES(json__real(&json, NULL, INFINITY, 0), "null");
	WRITES(json__bool(&json, NULL, true), "true");
	WRITES(json__bool(&json, NULL, false), "false");
	WRITES(json__null(&json, NULL), "null");
	json__real(&json, NULL, -DBL_MAX, 6);
	ok(strict_json__check(out.data, out.len, NULL, NULL) && out.len > 300,
	   "the largest double");
	written();
	json__real(&json, NULL, DBL_MIN, 300);
	ok(strict_json__check(out.data, out.len, NULL, NULL), "the smallest double");
	written();
}

static void write_object(void)
{
	json__object(&json, NULL);
	json__str(&json, "schema", "snoopkit.test/1");
	json__array(&json, "argv");
	json__str(&json, NULL, "a");
	json__str(&json, NULL, "b");
	json__array(&json, NULL);
	json__array_end(&json);
	json__array_end(&json);
	json__object(&json, "lost");
	json__object_end(&json);
	json__object(&json, "more");
	json__u64(&json, "n", 1);
	json__array(&json, "list");
	json__object(&json, NULL);
	json__i64(&json, "x", -1);
	json__object_end(&json);
	json__object(&json, NULL);
	json__null(&json, "y");
	json__object_end(&json);
	json__array_end(&json);
	json__object_end(&json);
	json__bool(&json, "last", false);
	json__object_end(&json);
}

static void test_nesting(void)
{
	WRITES(write_object(), "{\"schema\":\"snoopkit.test/1\",\"argv\":[\"a\",\"b\",[]],"
			       "\"lost\":{},\"more\":{\"n\":1,\"list\":[{\"x\":-1},{\"y\":null}]},"
			       "\"last\":false}");
	for (unsigned int i = 0; i < 500; i++) {
		json__object(&json, NULL);
		json__array(&json, "a");
	}
	for (unsigned int i = 0; i < 500; i++) {
		json__array_end(&json);
		json__object_end(&json);
	}
	ok(strict_json__check(out.data, out.len, NULL, NULL), "a thousand levels");
	written();
}

/* Any order of calls that closes what it opens. */
static void random_value(const char *key, unsigned int depth)
{
	uint8_t bytes[HOSTILE_MAX];
	unsigned int what = random_u64() % (depth < 6 ? 8 : 6);

	switch (what) {
	case 0:
		json__u64(&json, key, random_log());
		return;
	case 1:
		json__i64(&json, key, (int64_t)random_log() * -1);
		return;
	case 2:
		json__real(&json, key, ldexp(random_u64(), random_u64() % 2000 - 1000),
			   random_u64() % 10);
		return;
	case 3:
		json__null(&json, key);
		return;
	case 4:
	case 5:
		json__bytes(&json, key, bytes, hostile_random(bytes));
		return;
	}
	if (what == 6)
		json__object(&json, key);
	else
		json__array(&json, key);
	for (unsigned int n = random_u64() % 6; n; n--)
		random_value(what == 6 ? "k\"" : NULL, depth + 1);
	if (what == 6)
		json__object_end(&json);
	else
		json__array_end(&json);
}

static void test_random(void)
{
	unsigned int invalid = 0;

	for (unsigned int i = 0; i < 20000; i++) {
		random_value(NULL, 0);
		invalid += !strict_json__check(out.data, out.len, NULL, NULL);
		out.len = 0;
		json.comma = false;
	}
	is_u64(invalid, 0, "20000 random values are valid");
}

int main(void)
{
	test_validator();
	test_strings();
	test_numbers();
	test_nesting();
	test_names();
	test_hostile();
	test_random();
	is_int(out.err, 0, "no allocation failed");
	buf__free(&out);
	return done_testing();
}
