// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/shell.h"

#include <stdint.h>
#include <string.h>
#include "common/text.h"

#define ALNUM "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

enum char_kind {
	UNSAFE = 0, /* controls, and what is not ASCII */
	PLAIN = 1,  /* nothing to any shell */
	SPECIAL = 2,
	QUOTE = 3,
};

static uint8_t kind_of[256];

static void kinds_init(void)
{
	for (int c = 0x20; c < 0x7f; c++)
		kind_of[c] = SPECIAL;
	for (const char *p = ALNUM "_@%+=:,./-"; *p; p++)
		kind_of[(uint8_t)*p] = PLAIN;
	kind_of['\''] = QUOTE;
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

/* Whether it can stand without quotes; it is made of PLAIN characters. */
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

/* What '...' would not do for: the length at p that can be shown as it is, or 0. */
static size_t shown_as_is(const char *p, size_t left)
{
	size_t n = text__utf8(p, left);

	return n && !text__is_unsafe(p, n) ? n : 0;
}

static void quote_ansi(struct buf *out, const char *word, size_t len)
{
	buf__str(out, "$'");
	while (len) {
		size_t n = shown_as_is(word, len);

		if (n && *word != '\\' && *word != '\'')
			buf__add(out, word, n);
		else
			escape(out, *word);
		word += n ?: 1;
		len -= n ?: 1;
	}
	buf__char(out, '\'');
}

/* The worst kind there is in the word: PLAIN, SPECIAL, QUOTE or UNSAFE. */
static enum char_kind worst_of(const char *word, size_t len)
{
	enum char_kind worst = PLAIN;

	while (len) {
		enum char_kind kind = kind_of[(uint8_t)*word];
		size_t n = 1;

		if (kind == UNSAFE) {
			n = (uint8_t)*word < 0x80 ? 0 : shown_as_is(word, len);
			if (!n)
				return UNSAFE;
			kind = SPECIAL;
		}
		if (kind > worst)
			worst = kind;
		word += n;
		len -= n;
	}
	return worst;
}

void shell__word(struct buf *out, const void *word, size_t len, enum shell_word kind)
{
	enum char_kind worst;

	if (!kind_of['a'])
		kinds_init();
	worst = worst_of(word, len);
	if (worst == PLAIN && can_stand(word, len, kind)) {
		buf__add(out, word, len);
	} else if (worst == UNSAFE || worst == QUOTE) {
		quote_ansi(out, word, len);
	} else {
		buf__char(out, '\'');
		buf__add(out, word, len);
		buf__char(out, '\'');
	}
}
