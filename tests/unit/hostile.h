/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Bytes that programs under trace may show on purpose, and a UTF-8 decoder to judge what becomes
 * of them, which works by the code point (RFC 3629 section 3) and not by tables of bytes.
 */
#ifndef SNOOPKIT_TESTS_HOSTILE_H
#define SNOOPKIT_TESTS_HOSTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "tests/unit/random.h"

#define HOSTILE_MAX 64

/* The code point at p and its length, or -1 and 1 if no well-formed character begins there. */
static inline int32_t hostile_decode(const uint8_t *p, size_t left, size_t *len)
{
	static const uint32_t lowest[] = { 0, 0x80, 0x800, 0x10000 };
	size_t more = 0;
	uint32_t c;

	*len = 1;
	while (more < 4 && p[0] & (0x80 >> more))
		more++;
	if (more)
		more--;
	else
		return p[0];
	if (!more || more > 3 || left <= more || (p[0] & 0xf8) == 0xf8)
		return -1;
	c = p[0] & (0x3f >> more);
	for (size_t i = 1; i <= more; i++) {
		if (p[i] >> 6 != 2)
			return -1;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < lowest[more] || c > 0x10ffff || c >> 11 == 0x1b)
		return -1;
	*len = more + 1;
	return c;
}

static inline bool hostile_is_utf8(const void *text, size_t len)
{
	const uint8_t *p = text;
	size_t n;

	for (; len; p += n, len -= n)
		if (hostile_decode(p, len, &n) < 0)
			return false;
	return true;
}

/* Moves the cursor, ends a line, turns the direction of what follows, or is not to be seen. */
static inline bool hostile_is_control(int32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff ||
	       (c >= 0xe0000 && c <= 0xe0fff);
}

static const char *const hostile_pieces[] = {
	"\xc0\x80",
	"\xc0\xaf",
	"\xe0\x80\xaf",
	"\xe0\x9f\xbf",
	"\xf0\x80\x80\xaf",
	"\xf0\x8f\xbf\xbf",
	"\xf4\x90\x80\x80",
	"\xf8\x88\x80\x80\x80",
	"\xed\xa0\x80",
	"\xed\xbf\xbf",
	"\xed\x9f\xbf",
	"\xee\x80\x80",
	"\xef\xbf\xbd",
	"\xef\xbf\xbf",
	"\xf4\x8f\xbf\xbf",
	"\xed\xa0\x80\xed\xb0\x80",
	"\xe2\x80\xae",
	"\xe2\x80\xa8",
	"\xe2\x81\xa6",
	"\xe2\x80\x8f",
	"\xe2\x80\x8b",
	"\xc2\xad",
	"\xef\xbb\xbf",
	"\xef\xb8\x8f",
	"\xf3\xa0\x81\x81",
	"\xcc\x81",
	"\xd8\x9c",
	"\xc2\x9b",
	"\xc2\x85",
	"\xc2\xa0",
	"\xe2\x82",
	"\xf0\x9f\x98",
	"\xc3",
	"\xf0\x9f\x98\x80",
	"\xc3\xa9",
	"\xe2\x82\xac",
	"\033[2J",
	"\033]0;x\a",
	"\r\n",
	"\\",
	"\\n",
	"\"",
	"\x7f",
	"\b",
	"\f",
	"%n",
	"</script>",
	"\\u0000",
	"\t",
	"a",
};

#define HOSTILE_PIECES (sizeof(hostile_pieces) / sizeof(hostile_pieces[0]))

typedef void (*hostile_fn)(const uint8_t *bytes, size_t len);

/* The bytes alone in memory of their own, so that ASan sees a step beyond them. */
static inline void hostile_give(hostile_fn fn, const void *bytes, size_t len)
{
	uint8_t *copy = calloc(1, len ?: 1);

	memcpy(copy, bytes, len);
	fn(copy, len);
	free(copy);
}

static inline size_t hostile_random(uint8_t bytes[HOSTILE_MAX])
{
	size_t len = 0, want = random_u64() % HOSTILE_MAX;

	while (len < want) {
		const char *piece = hostile_pieces[random_u64() % HOSTILE_PIECES];
		size_t n = strlen(piece);

		if (random_u64() % 4 && len + n <= want) {
			memcpy(bytes + len, piece, n);
			len += n;
		} else {
			bytes[len++] = random_u64();
		}
	}
	return len;
}

/* Every byte, every pair of bytes, the pieces and their beginnings, mixtures. Some 200000 calls. */
static inline void hostile__each(hostile_fn fn)
{
	uint8_t bytes[HOSTILE_MAX];

	hostile_give(fn, "", 0);
	for (unsigned int c = 0; c < 0x100; c++)
		hostile_give(fn, &(uint8_t){ c }, 1);
	for (unsigned int c = 0; c < 0x10000; c++)
		hostile_give(fn, (uint8_t[]){ c >> 8, c }, 2);
	for (size_t i = 0; i < HOSTILE_PIECES; i++)
		for (size_t n = 1; n <= strlen(hostile_pieces[i]); n++)
			hostile_give(fn, hostile_pieces[i], n);
	for (unsigned int c = 0; c < 0x10000; c++)
		hostile_give(fn, (uint8_t[]){ 0xe0 | c >> 12, c >> 6, c, 'x' }, 4);
	for (unsigned int i = 0; i < 65536; i++)
		hostile_give(fn, bytes, hostile_random(bytes));
}

#endif
