// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/shell.h"

#include <stdint.h>
#include <string.h>
#include "common/base/text.h"

#define ALNUM "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/* What a byte is to a shell or a terminal. What has no bit is nothing to any of them. */
enum char_kind {
	SPECIAL = 1,
	QUOTE = 2,
	CONTROL = 4,
	BEYOND = 8, /* not ASCII */
};

static uint8_t kind_of[256];

static void kinds_init(void)
{
	for (int c = 0; c < 256; c++)
		kind_of[c] = c >= 0x80 ? BEYOND : c < 0x20 || c == 0x7f ? CONTROL : SPECIAL;
	for (const char *p = ALNUM "_@%+=:,./-"; *p; p++)
		kind_of[(uint8_t)*p] = 0;
	kind_of['\''] = QUOTE;
}

/* All kinds that there are in the word. Most bytes that a tool shows go through here. */
static unsigned int kinds_in(const char *word, size_t len)
{
	const uint8_t *p = (const uint8_t *)word, *end = p + len;
	unsigned int a = 0, b = 0, c = 0, d = 0;

	for (; end - p >= 4; p += 4) {
		a |= kind_of[p[0]];
		b |= kind_of[p[1]];
		c |= kind_of[p[2]];
		d |= kind_of[p[3]];
	}
	while (p < end)
		a |= kind_of[*p++];
	return a | b | c | d;
}

static bool is_keyword(const char *word, size_t len)
{
	static const char *const keywords[] = {
		"if",	"then", "else",	  "elif",    "fi",     "do",	   "done",
		"case", "esac", "for",	  "in",	     "while",  "until",	   "select",
		"time", "end",	"repeat", "foreach", "coproc", "function", "nocorrect",
	};

	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (strlen(keywords[i]) == len && !memcmp(keywords[i], word, len))
			return true;
	return false;
}

/* Whether it can stand without quotes, which no character of it needs. */
static bool can_stand(const char *word, size_t len, enum shell_word kind)
{
	/* zsh looks up the command that a leading '=' names. */
	if (!len || kind == SHELL_QUOTED || word[0] == '=')
		return false;
	return kind != SHELL_COMMAND || (!memchr(word, '=', len) && !is_keyword(word, len));
}

static void escape(struct buf *out, uint8_t c)
{
	static const char named[] = "\nn\tt\rr\\\\''";

	for (const char *p = named; *p; p += 2) {
		if (c == (uint8_t)p[0]) {
			buf__char(out, '\\');
			buf__char(out, p[1]);
			return;
		}
	}
	buf__printf(out, "\\%03o", c);
}

static void quote_ansi(struct buf *out, const char *word, size_t len)
{
	unsigned int marks = TEXT_MARKS_MAX;

	buf__str(out, "$'");
	while (len) {
		size_t n = text__shown(word, len, &marks);

		if (n && *word != '\\' && *word != '\'')
			buf__add(out, word, n);
		else
			escape(out, *word);
		word += n ?: 1;
		len -= n ?: 1;
	}
	buf__char(out, '\'');
}

/* What '...' would do for. */
static bool all_shown_as_is(const char *word, size_t len)
{
	unsigned int marks = TEXT_MARKS_MAX;

	while (len) {
		size_t n = text__shown(word, len, &marks);

		if (!n)
			return false;
		word += n;
		len -= n;
	}
	return true;
}

void shell__word(struct buf *out, const void *word, size_t len, enum shell_word kind)
{
	unsigned int kinds;

	if (!kind_of[' '])
		kinds_init();
	kinds = kinds_in(word, len);
	if (!kinds && can_stand(word, len, kind)) {
		buf__add(out, word, len);
	} else if (kinds & (CONTROL | QUOTE) || (kinds & BEYOND && !all_shown_as_is(word, len))) {
		quote_ansi(out, word, len);
	} else {
		buf__char(out, '\'');
		buf__add(out, word, len);
		buf__char(out, '\'');
	}
}
