// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/jsonscan.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/unit/tap.h"

static const char *const accepted[] = {
	"null",
	"true",
	"false",
	"0",
	"-0",
	"-1",
	"10",
	"1.5",
	"0.0",
	"1e5",
	"1E+5",
	"1.25e-300",
	"123456789012345678901234567890",
	"\"\"",
	"\"a\"",
	"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
	"\"\\u0041\\uFfFf\"",
	"\"\\ud83d\\ude00\"",
	"\"\\ud83d\"",
	"\"\x7f\"",
	"\"\xc3\xa9\"",
	"[]",
	"[ ]",
	"[1]",
	"[1,2]",
	"[[],{}]",
	" [ 1 , \"a\" ] ",
	"\t\r\n{}\n",
	"{\"a\":1}",
	"{ \"a\" : { \"b\" : [ null ] } , \"\" : false }",
	"{\"a\":1,\"a\":2}",
};

#define ACCEPTED (sizeof(accepted) / sizeof(*accepted))

static const char *const rejected[] = {
	"",
	" ",
	"nul",
	"nulll",
	"True",
	"NaN",
	"Infinity",
	"'a'",
	"+1",
	"-",
	"01",
	"-01",
	"1.",
	".5",
	"1.e5",
	"1e",
	"1e+",
	"0x10",
	"1 2",
	"\"",
	"\"a",
	"\"\\\"",
	"\"\\x41\"",
	"\"\\u12\"",
	"\"\\u12g4\"",
	"\"\\u",
	"\"\n\"",
	"\"\t\"",
	"\"\x01\"",
	"[",
	"]",
	"[1",
	"[1,",
	"[1,]",
	"[,1]",
	"[,]",
	"[1 2]",
	"[1}",
	"[1]]",
	"{",
	"}",
	"{\"a\"",
	"{\"a\":",
	"{\"a\":1",
	"{\"a\":1,",
	"{\"a\":1,}",
	"{\"a\" 1}",
	"{a:1}",
	"{1:1}",
	"{\"a\":1]",
	"{\"a\":1 \"b\":2}",
	"{\"a\",\"b\"}",
	"{:1}",
	"// x\n1",
	"/* x */1",
	("\xef\xbb\xbf"
	 "1"),
};

/* In bytes of its own, so that the sanitizer sees what is read beyond them. */
static struct jsonscan exact(const char *text, size_t len)
{
	char *copy = malloc(len ? len : 1);

	if (!copy) {
		printf("Bail out! no memory\n");
		exit(1);
	}
	memcpy(copy, text, len);
	return (struct jsonscan){ copy, len };
}

static const char *const no_keys[] = { NULL };

/* Whether the whole of it is one value. */
static bool is_json(const char *text, size_t len)
{
	struct jsonscan doc = exact(text, len), value;
	bool fine = !jsonscan__path(doc, no_keys, &value);

	for (const char *p = fine ? value.at + value.len : NULL; fine && p < doc.at + len; p++)
		fine = strchr(" \t\r\n", *p) && *p;
	free((char *)doc.at);
	return fine;
}

static void test_form(void)
{
	for (size_t i = 0; i < ACCEPTED; i++)
		ok(is_json(accepted[i], strlen(accepted[i])), "accept %zu", i);
	for (size_t i = 0; i < sizeof(rejected) / sizeof(*rejected); i++)
		ok(!is_json(rejected[i], strlen(rejected[i])), "reject %zu", i);
	ok(!is_json("[\0]", 3), "reject a zero byte");
	ok(!is_json("\"\0\"", 3), "reject a zero byte in a string");
	ok(!is_json("\"\\\0\"", 4), "reject a zero byte that is escaped");
}

static void test_depth(void)
{
	static char text[1 << 20];

	for (size_t depth = JSONSCAN_DEPTH_MAX; depth <= JSONSCAN_DEPTH_MAX + 1; depth++) {
		memset(text, '[', depth);
		memset(text + depth, ']', depth);
		is_int(is_json(text, 2 * depth), depth == JSONSCAN_DEPTH_MAX, "%zu arrays deep",
		       depth);
	}
	memset(text, '[', sizeof(text));
	ok(!is_json(text, sizeof(text)), "a million brackets");
	for (size_t i = 0; i + 5 <= sizeof(text); i += 5)
		memcpy(text + i, "{\"\":", 5);
	ok(!is_json(text, sizeof(text)), "two hundred thousand objects");
	memset(text, '\\', sizeof(text));
	text[0] = '"';
	ok(!is_json(text, sizeof(text)), "a million backslashes");
}

/* ---- values by key ---- */

static const char tree[] = "{\"a\":{\"b\":{\"c\":\"deep\"},\"b2\":[1,2]},"
			   "\"k\\u0065y\":\"escaped key\",\"key\":\"second\",\"\":\"empty\","
			   "\"n\":null,\"z\":\"last\"}";

static void path_is(const char *text, const char *a, const char *b, const char *c, int want_err,
		    const char *want)
{
	const char *keys[] = { a, b, c, NULL };
	struct jsonscan doc = exact(text, strlen(text)), value;
	char got[64] = "";
	int err = jsonscan__path(doc, keys, &value);

	is_int(err, want_err, "%s.%s.%s", a ? a : "", b ? b : "", c ? c : "");
	if (!err)
		snprintf(got, sizeof(got), "%.*s", (int)value.len, value.at);
	is_str(got, want, "... value");
	free((char *)doc.at);
}

static void test_path(void)
{
	path_is(tree, "a", "b", "c", 0, "\"deep\"");
	path_is(tree, "a", "b2", NULL, 0, "[1,2]");
	path_is(tree, "key", NULL, NULL, 0, "\"escaped key\"");
	path_is(tree, "", NULL, NULL, 0, "\"empty\"");
	path_is(tree, "z", NULL, NULL, 0, "\"last\"");
	path_is(tree, "n", NULL, NULL, 0, "null");
	path_is(tree, "b", NULL, NULL, -ENOENT, "");
	path_is(tree, "a", "c", NULL, -ENOENT, "");
	path_is(tree, "n", "x", NULL, -ENOENT, "");
	path_is(tree, "z", "x", NULL, -ENOENT, "");
	path_is(tree, "a", "b2", "0", -ENOENT, "");
	path_is(tree, "ke", NULL, NULL, -ENOENT, "");
	path_is(tree, "keys", NULL, NULL, -ENOENT, "");
	/* The sanitizer knows where the key looked for ends. */
	path_is("{\"key\\u0000\\u0000\\u0000\":1}", "key", NULL, NULL, -ENOENT, "");
	path_is("", "a", NULL, NULL, -EINVAL, "");
	path_is("[1]", "a", NULL, NULL, -ENOENT, "");
	path_is("{\"b\":[1,,2],\"a\":1}", "a", NULL, NULL, -EINVAL, "");
	path_is("{\"a\":1,\"b\":!}", "a", NULL, NULL, 0, "1");
	path_is("{\"a\":", "a", NULL, NULL, -EINVAL, "");
	path_is("{\"x\":1;\"a\":1}", "a", NULL, NULL, -EINVAL, "");
	is_int(jsonscan__path((struct jsonscan){ NULL, 0 }, no_keys, &(struct jsonscan){ NULL, 0 }),
	       -EINVAL, "no text");
}

static void test_next(void)
{
	static const struct {
		const char *text;
		int count, err;
	} cases[] = {
		{ "[]", 0, -ENOENT },
		{ " [ ] ", 0, -ENOENT },
		{ "[1,\"b\",[3]]", 3, -ENOENT },
		{ "[ 1 , 2 ]", 2, -ENOENT },
		{ "[1,2", 2, -EINVAL },
		{ "[1,]", 1, -EINVAL },
		{ "[1 2]", 1, -EINVAL },
		{ "[,1]", 0, -EINVAL },
		{ "[", 0, -EINVAL },
		{ "", 0, -EINVAL },
		{ "{\"a\":1}", 0, -ENOENT },
		{ "7", 0, -ENOENT },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct jsonscan doc = exact(cases[i].text, strlen(cases[i].text));
		struct jsonscan elem = { NULL, 0 };
		int err, count = 0;

		while (!(err = jsonscan__next(doc, &elem)))
			count++;
		is_int(count, cases[i].count, "elements of %s", cases[i].text);
		is_int(err, cases[i].err, "... end");
		free((char *)doc.at);
	}
}

/* ---- strings ---- */

static void string_is(const char *text, size_t size, int want_err, const char *want)
{
	struct jsonscan doc = exact(text, strlen(text));
	char *buf = malloc(size ? size : 1);

	is_int(jsonscan__string(doc, buf, size), want_err, "%s into %zu", text, size);
	if (size)
		is_str(buf, want, "... text");
	free(buf);
	free((char *)doc.at);
}

static void test_string(void)
{
	string_is("\"\"", 1, 0, "");
	string_is("\"abc\"", 4, 0, "abc");
	string_is("\"abc\"", 3, -ENAMETOOLONG, "");
	string_is("\"abc\"", 0, -ENAMETOOLONG, "");
	string_is("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", 20, 0, "\"\\/\b\f\n\r\t");
	string_is("\"\\u0041\\u00e9\\u20ac\"", 20, 0, "A\xc3\xa9\xe2\x82\xac");
	string_is("\"\\ud83d\\ude00\"", 5, 0, "\xf0\x9f\x98\x80");
	string_is("\"\\ud83d\\ude00\"", 4, -ENAMETOOLONG, "");
	string_is("\"\\ud83dx\"", 20, 0, "\xef\xbf\xbdx");
	string_is("\"\\ude00\\ud83d\"", 20, 0, "\xef\xbf\xbd\xef\xbf\xbd");
	string_is("\"\\ud83d\\u0041\"", 20, 0,
		  "\xef\xbf\xbd"
		  "A");
	string_is("\"\xff\"", 20, 0, "\xff");
	string_is("\"a\\u0000b\"", 20, -EINVAL, "");
	string_is("\"a", 20, -EINVAL, "");
	string_is("\"a\" ", 20, -EINVAL, "");
	string_is("7", 20, -EINVAL, "");
	string_is("null", 20, -EINVAL, "");
}

/* ---- mutations ---- */

static uint64_t random_next(void)
{
	static uint64_t state = 88172645463325252U;

	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

/* Finds and unescapes what it can; the sanitizers judge. */
static bool use_all(struct jsonscan doc)
{
	const char *key[] = { "key", NULL }, *deep[] = { "a", "b", "c", NULL };
	struct jsonscan value, elem = { NULL, 0 };
	char buf[8];
	size_t seen = 0;

	if (!jsonscan__path(doc, key, &value))
		jsonscan__string(value, buf, sizeof(buf));
	if (!jsonscan__path(doc, deep, &value))
		jsonscan__string(value, buf, sizeof(buf));
	while (!jsonscan__next(doc, &elem)) {
		if (elem.at < doc.at || elem.at + elem.len > doc.at + doc.len || seen++ > doc.len)
			return false;
	}
	return !jsonscan__path(doc, no_keys, &value) ? value.len <= doc.len : true;
}

static void test_mutations(void)
{
	static const char likely[] = "{}[]\",:\\u0d8 \n-.e1tfn";
	unsigned int bad = 0;
	char text[256];

	for (int i = 0; i < 200000; i++) {
		const char *from = i % 2 ? tree : accepted[random_next() % ACCEPTED];
		size_t len = strlen(from);

		memcpy(text, from, len);
		for (uint64_t n = random_next() % 4; n; n--)
			text[random_next() % len] =
				random_next() % 3 ? likely[random_next() % (sizeof(likely) - 1)] :
						    (char)random_next();
		struct jsonscan doc = exact(text, random_next() % 2 ? len : random_next() % len);

		bad += !use_all(doc);
		free((char *)doc.at);
	}
	is_int(bad, 0, "200000 mutated texts");
}

int main(void)
{
	test_form();
	test_depth();
	test_path();
	test_next();
	test_string();
	test_mutations();
	return done_testing();
}
