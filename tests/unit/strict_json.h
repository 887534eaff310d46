/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Whether a text is one JSON value by the grammar of RFC 8259, in UTF-8, without characters that a
 * terminal would act upon. Shares no code with what writes JSON.
 */
#ifndef SNOOPKIT_TESTS_STRICT_JSON_H
#define SNOOPKIT_TESTS_STRICT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "tests/unit/hostile.h"

struct strict {
	const uint8_t *at, *end;
	unsigned int depth;
	/* The last string's characters, at most STRICT_STRING_MAX of them. */
	int32_t *chars;
	size_t nchars;
};

#define STRICT_STRING_MAX 512

static inline bool strict_value(struct strict *s);

static inline int strict_peek(const struct strict *s)
{
	return s->at < s->end ? *s->at : -1;
}

static inline bool strict_take(struct strict *s, char c)
{
	if (strict_peek(s) != c)
		return false;
	s->at++;
	return true;
}

static inline bool strict_word(struct strict *s, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(s->end - s->at) < len || memcmp(s->at, word, len))
		return false;
	s->at += len;
	return true;
}

static inline void strict_char(struct strict *s, int32_t c)
{
	if (s->chars && s->nchars < STRICT_STRING_MAX)
		s->chars[s->nchars] = c;
	s->nchars++;
}

static inline int32_t strict_hex4(struct strict *s)
{
	int32_t c = 0;

	for (int i = 0; i < 4; i++) {
		int digit = strict_peek(s);

		if (digit >= '0' && digit <= '9')
			digit -= '0';
		else if (digit >= 'a' && digit <= 'f')
			digit -= 'a' - 10;
		else
			return -1;
		c = c << 4 | digit;
		s->at++;
	}
	return c;
}

static inline bool strict_escape(struct strict *s)
{
	static const char named[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
	int32_t c;

	if (!strict_take(s, 'u')) {
		for (const char *n = named; *n; n += 2) {
			if (strict_take(s, n[0])) {
				strict_char(s, n[1]);
				return true;
			}
		}
		return false;
	}
	c = strict_hex4(s);
	/* Surrogates come in pairs. */
	if (c >= 0xd800 && c <= 0xdbff) {
		int32_t low = strict_word(s, "\\u") ? strict_hex4(s) : -1;

		c = low < 0xdc00 || low > 0xdfff ? -1 :
						   0x10000 + (c - 0xd800) * 0x400 + low - 0xdc00;
	}
	strict_char(s, c);
	return c >= 0 && (c < 0xd800 || c > 0xdfff);
}

static inline bool strict_string(struct strict *s)
{
	s->nchars = 0;
	if (!strict_take(s, '"'))
		return false;
	while (!strict_take(s, '"')) {
		size_t n;
		int32_t c;

		if (s->at == s->end)
			return false;
		if (strict_take(s, '\\')) {
			if (!strict_escape(s))
				return false;
			continue;
		}
		c = hostile_decode(s->at, s->end - s->at, &n);
		if (c < 0 || hostile_is_control(c))
			return false;
		strict_char(s, c);
		s->at += n;
	}
	return true;
}

static inline bool strict_digits(struct strict *s)
{
	const uint8_t *from = s->at;

	while (strict_peek(s) >= '0' && strict_peek(s) <= '9')
		s->at++;
	return s->at > from;
}

static inline bool strict_number(struct strict *s)
{
	strict_take(s, '-');
	if (!strict_take(s, '0') && !strict_digits(s))
		return false;
	if (strict_take(s, '.') && !strict_digits(s))
		return false;
	if (strict_take(s, 'e') || strict_take(s, 'E')) {
		if (!strict_take(s, '+'))
			strict_take(s, '-');
		return strict_digits(s);
	}
	return true;
}

static inline bool strict_members(struct strict *s, bool object)
{
	char close = object ? '}' : ']';

	if (strict_take(s, close))
		return true;
	do {
		if (object && (!strict_string(s) || !strict_take(s, ':')))
			return false;
		if (!strict_value(s))
			return false;
	} while (strict_take(s, ','));
	return strict_take(s, close);
}

/* No blanks: the writer has no reason for them. */
static inline bool strict_value(struct strict *s)
{
	bool good;

	if (strict_peek(s) == '"')
		return strict_string(s);
	if (strict_word(s, "true") || strict_word(s, "false") || strict_word(s, "null"))
		return true;
	if (strict_peek(s) != '{' && strict_peek(s) != '[')
		return strict_number(s);
	if (++s->depth > 1000)
		return false;
	good = strict_members(s, *s->at++ == '{');
	s->depth--;
	return good;
}

/* `chars` (STRICT_STRING_MAX of them) and `n` get the last string's characters; may be NULL. */
static inline bool strict_json__check(const void *text, size_t len, int32_t *chars, size_t *n)
{
	struct strict s = { text, (const uint8_t *)text + len, 0, chars, 0 };
	bool good = strict_value(&s) && s.at == s.end;

	if (n)
		*n = s.nchars;
	return good;
}

#endif
