// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "common/base/unicode.h"

static bool is_continuation(uint8_t c)
{
	return (c & 0xc0) == 0x80;
}

/* RFC 3629 section 4: over-long forms and surrogates are excluded by the second byte. */
static bool second_byte_ok(uint8_t first, uint8_t second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0 && second <= 0xbf;
	case 0xed:
		return second >= 0x80 && second <= 0x9f;
	case 0xf0:
		return second >= 0x90 && second <= 0xbf;
	case 0xf4:
		return second >= 0x80 && second <= 0x8f;
	default:
		return is_continuation(second);
	}
}

size_t text__utf8(const void *src, size_t len)
{
	const uint8_t *p = src;
	size_t n;

	if (!len)
		return 0;
	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (n > len || !second_byte_ok(p[0], p[1]))
		return 0;
	for (size_t i = 2; i < n; i++)
		if (!is_continuation(p[i]))
			return 0;
	return n;
}

/* Of a character that is well-formed. */
static uint32_t decode(const uint8_t *p, size_t n)
{
	uint32_t c = n == 1 ? p[0] : p[0] & (0xff >> (n + 1));

	for (size_t i = 1; i < n; i++)
		c = c << 6 | (p[i] & 0x3f);
	return c;
}

bool text__is_unsafe(const void *character, size_t n)
{
	return unicode__is_unsafe(decode(character, n));
}

size_t text__shown(const void *p, size_t left, unsigned int *marks)
{
	size_t n = text__utf8(p, left);
	uint32_t c;

	if (!n)
		return 0;
	c = decode(p, n);
	if (unicode__is_unsafe(c))
		return 0;
	if (!unicode__is_mark(c))
		*marks = 0;
	else if ((*marks)++ >= TEXT_MARKS_MAX)
		return 0;
	return n;
}

static size_t escape_byte(char *dst, uint8_t c)
{
	static const char named[] = "\\\\\nn\tt\rr";

	for (const char *p = named; *p; p += 2) {
		if (c == (uint8_t)p[0]) {
			dst[0] = '\\';
			dst[1] = p[1];
			return 2;
		}
	}
	return sprintf(dst, "\\x%02x", c);
}

/* What else is escaped: characters of this list, and with a space in it all blanks. */
static bool is_extra(const uint8_t *p, size_t n, const char *extra)
{
	if (!*extra)
		return false;
	return n == 1 ? !!strchr(extra, *p) : *extra == ' ' && unicode__is_blank(decode(p, n));
}

/* One character of src, escaped if it must be: its length in src, and in piece. */
static size_t escape_one(const uint8_t *p, size_t left, const char *extra, unsigned int *marks,
			 char piece[20], size_t *piece_len)
{
	size_t n = text__shown(p, left, marks);

	*piece_len = 0;
	if (n && *p != '\\' && !is_extra(p, n, extra)) {
		memcpy(piece, p, n);
		*piece_len = n;
		return n;
	}
	n = n ?: text__utf8(p, left) ?: 1;
	for (size_t i = 0; i < n; i++)
		*piece_len += escape_byte(piece + *piece_len, p[i]);
	return n;
}

static size_t escape(char *dst, size_t size, const void *src, size_t len, const char *extra)
{
	/* What stands before the text is not for its marks. */
	unsigned int marks = TEXT_MARKS_MAX;
	const uint8_t *p = src;
	size_t total = 0, used = 0, piece_len;
	char piece[20];
	bool full = !size;

	while (len) {
		size_t n = escape_one(p, len, extra, &marks, piece, &piece_len);

		if (!full && used + piece_len < size) {
			memcpy(dst + used, piece, piece_len);
			used += piece_len;
		} else {
			full = true;
		}
		total += piece_len;
		p += n;
		len -= n;
	}
	if (size)
		dst[used] = '\0';
	return total;
}

size_t text__escape(char *dst, size_t size, const void *src, size_t len)
{
	return escape(dst, size, src, len, "");
}

size_t text__word(char *dst, size_t size, const void *src, size_t len, const char *also)
{
	char extra[16];

	snprintf(extra, sizeof(extra), " %s", also);
	return escape(dst, size, src, len, extra);
}

const char *text__quote(const char *s)
{
	static char bufs[TEXT_QUOTES][512];
	static unsigned int next;
	char *buf = bufs[next++ % TEXT_QUOTES];

	if (text__escape(buf, sizeof(bufs[0]), s, strlen(s)) >= sizeof(bufs[0])) {
		text__escape(buf, sizeof(bufs[0]) - strlen("..."), s, strlen(s));
		strcat(buf, "...");
	}
	return buf;
}

bool text__is_utf8(const void *s, size_t len)
{
	const uint8_t *p = s, *end = p + len;

	while (p < end) {
		size_t n = *p < 0x80 ? 1 : text__utf8(p, end - p);

		if (!n)
			return false;
		p += n;
	}
	return true;
}

size_t text__width(const char *s, size_t len)
{
	const uint8_t *p = (const uint8_t *)s;
	size_t width = 0, n;

	for (; len; p += n, len -= n) {
		n = text__utf8(p, len);
		width += n > 1 ? unicode__width(decode(p, n)) : 1;
		n = n ?: 1;
	}
	return width;
}

/* What is not to be cut: an escape, or a character with its marks. */
static size_t piece_at(const char *s, size_t len)
{
	size_t n = text__utf8(s, len) ?: 1, next;

	if (*s == '\\' && len > 1)
		n = s[1] == 'x' && len > 3 ? 4 : 2;
	while (n < len && (next = text__utf8(s + n, len - n)) > 1 && !text__width(s + n, next))
		n += next;
	return n;
}

/* How much of the text's beginning fits into so many columns. */
static size_t head_of(const char *s, size_t len, size_t columns)
{
	size_t at = 0, n;

	for (; at < len; at += n) {
		size_t width;

		n = piece_at(s + at, len - at);
		width = text__width(s + at, n);
		if (width > columns)
			break;
		columns -= width;
	}
	return at;
}

void text__shorten(char *text, size_t columns)
{
	size_t len = strlen(text), width = text__width(text, len), dots, head, tail;

	if (width <= columns)
		return;
	dots = columns < strlen(TEXT_CUT) ? columns : strlen(TEXT_CUT);
	/* The end tells more: a port, a file's name. */
	head = head_of(text, len, (columns - dots) / 2);
	for (tail = head;
	     tail < len &&
	     text__width(text + tail, len - tail) + dots + text__width(text, head) > columns;)
		tail += piece_at(text + tail, len - tail);
	memmove(text + head + dots, text + tail, len - tail + 1);
	memcpy(text + head, TEXT_CUT, dots);
}
