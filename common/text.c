// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

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

/* C0, DEL, C1 (U+0080..9F), and what reorders or ends a line: U+061C, 200E/F, 2028..E, 2066..9. */
bool text__is_unsafe(const void *character, size_t n)
{
	const uint8_t *p = character;

	if (n == 1)
		return p[0] < 0x20 || p[0] == 0x7f;
	if (n == 2)
		return (p[0] == 0xc2 && p[1] < 0xa0) || (p[0] == 0xd8 && p[1] == 0x9c);
	if (n == 3 && p[0] == 0xe2 && p[1] == 0x80)
		return p[2] == 0x8e || p[2] == 0x8f || (p[2] >= 0xa8 && p[2] <= 0xae);
	if (n == 3 && p[0] == 0xe2 && p[1] == 0x81)
		return p[2] >= 0xa6 && p[2] <= 0xa9;
	return false;
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

/* One character of src, escaped if it must be: its length in src, and in piece. */
static size_t escape_one(const uint8_t *p, size_t left, char piece[20], size_t *piece_len)
{
	size_t n = text__utf8(p, left);

	*piece_len = 0;
	if (n && !text__is_unsafe(p, n) && *p != '\\') {
		memcpy(piece, p, n);
		*piece_len = n;
		return n;
	}
	if (!n)
		n = 1;
	for (size_t i = 0; i < n; i++)
		*piece_len += escape_byte(piece + *piece_len, p[i]);
	return n;
}

size_t text__escape(char *dst, size_t size, const void *src, size_t len)
{
	const uint8_t *p = src;
	size_t total = 0, used = 0, piece_len;
	char piece[20];
	bool full = !size;

	while (len) {
		size_t n = escape_one(p, len, piece, &piece_len);

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
	size_t width = 0;

	for (size_t i = 0; i < len; i++)
		width += !is_continuation((uint8_t)s[i]);
	return width;
}
