// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/jsonscan.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/*
 * Each skip_* takes a position and the end of the text and returns the position after what it
 * skipped, or NULL when the text does not have that there.
 */
static const char *skip_value(const char *p, const char *end, unsigned int depth);

static const char *skip_space(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
		p++;
	return p;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static int hex4(const char *p, const char *end)
{
	int v = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int digit = hex_value(p[i]);

		if (digit < 0)
			return -1;
		v = v << 4 | digit;
	}
	return v;
}

static const char *skip_escape(const char *p, const char *end)
{
	if (p == end)
		return NULL;
	if (*p == 'u')
		return hex4(p + 1, end) < 0 ? NULL : p + 5;
	return *p && strchr("\"\\/bfnrt", *p) ? p + 1 : NULL;
}

static const char *skip_string(const char *p, const char *end)
{
	if (p == end || *p++ != '"')
		return NULL;
	while (p < end && *p != '"') {
		if ((unsigned char)*p < 0x20)
			return NULL;
		if (*p++ != '\\')
			continue;
		p = skip_escape(p, end);
		if (!p)
			return NULL;
	}
	return p < end ? p + 1 : NULL;
}

static const char *skip_digits(const char *p, const char *end)
{
	const char *start = p;

	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return p == start ? NULL : p;
}

static const char *skip_number(const char *p, const char *end)
{
	if (p < end && *p == '-')
		p++;
	if (p < end && *p == '0')
		p++;
	else
		p = skip_digits(p, end);
	if (p && p < end && *p == '.')
		p = skip_digits(p + 1, end);
	if (p && p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		p = skip_digits(p, end);
	}
	return p;
}

static const char *skip_word(const char *p, const char *end, const char *word)
{
	size_t len = strlen(word);

	return (size_t)(end - p) >= len && !memcmp(p, word, len) ? p + len : NULL;
}

static const char *skip_key(const char *p, const char *end)
{
	p = skip_string(skip_space(p, end), end);
	if (!p)
		return NULL;
	p = skip_space(p, end);
	return p < end && *p == ':' ? p + 1 : NULL;
}

/* `p` is after the opening bracket. */
static const char *skip_members(const char *p, const char *end, unsigned int depth, char close)
{
	p = skip_space(p, end);
	if (p < end && *p == close)
		return p + 1;
	for (;;) {
		if (close == '}')
			p = skip_key(p, end);
		p = p ? skip_value(p, end, depth) : NULL;
		if (!p)
			return NULL;
		p = skip_space(p, end);
		if (p == end)
			return NULL;
		if (*p == close)
			return p + 1;
		if (*p++ != ',')
			return NULL;
	}
}

static const char *skip_value(const char *p, const char *end, unsigned int depth)
{
	p = skip_space(p, end);
	if (p == end)
		return NULL;
	switch (*p) {
	case '{':
	case '[':
		if (depth == JSONSCAN_DEPTH_MAX)
			return NULL;
		return skip_members(p + 1, end, depth + 1, *p == '{' ? '}' : ']');
	case '"':
		return skip_string(p, end);
	case 't':
		return skip_word(p, end, "true");
	case 'f':
		return skip_word(p, end, "false");
	case 'n':
		return skip_word(p, end, "null");
	default:
		return skip_number(p, end);
	}
}

static const char *take_value(const char *p, const char *end, struct jsonscan *value)
{
	const char *start = skip_space(p, end);

	p = skip_value(start, end, 0);
	if (p)
		*value = (struct jsonscan){ start, (size_t)(p - start) };
	return p;
}

static int utf8_encode(uint32_t c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* `*p` is after "\u"; it is known that four digits follow. */
static int unescape_unicode(const char **p, const char *end, char out[4])
{
	uint32_t c = (uint32_t)hex4(*p, end);
	int low = -1;

	*p += 4;
	if (c < 0xd800 || c > 0xdfff)
		return utf8_encode(c, out);
	if (c < 0xdc00 && end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u')
		low = hex4(*p + 2, end);
	if (low < 0xdc00 || low > 0xdfff)
		return utf8_encode(0xfffd, out);
	*p += 6;
	return utf8_encode(0x10000 + ((c - 0xd800) << 10) + ((uint32_t)low - 0xdc00), out);
}

/* The bytes of the next character of a string whose form is known to be right. */
static int unescape(const char **p, const char *end, char out[4])
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	const char *known;
	char c = *(*p)++;

	if (c == '\\') {
		c = *(*p)++;
		if (c == 'u')
			return unescape_unicode(p, end, out);
		known = strchr(from, c);
		if (known)
			c = to[known - from];
	}
	out[0] = c;
	return 1;
}

int jsonscan__string(struct jsonscan value, char *buf, size_t size)
{
	const char *p, *end;
	size_t used = 0;
	char out[4];
	int n, err = 0;

	if (!size)
		return -ENAMETOOLONG;
	buf[0] = '\0';
	if (!value.at)
		return -EINVAL;
	p = value.at;
	end = p + value.len;
	if (skip_string(p, end) != end)
		return -EINVAL;
	for (p++, end--; p < end && !err; used += (size_t)n) {
		n = unescape(&p, end, out);
		if (n == 1 && !out[0])
			err = -EINVAL;
		else if ((size_t)n >= size - used)
			err = -ENAMETOOLONG;
		else
			memcpy(buf + used, out, (size_t)n);
	}
	buf[err ? 0 : used] = '\0';
	return err;
}

/* Keys are compared unescaped, however long they are. */
static bool key_is(struct jsonscan quoted, const char *key)
{
	const char *p = quoted.at + 1, *end = quoted.at + quoted.len - 1;
	size_t left = strlen(key);
	char out[4];

	while (p < end) {
		size_t n = (size_t)unescape(&p, end, out);

		if (n > left || memcmp(key, out, n))
			return false;
		key += n;
		left -= n;
	}
	return !left;
}

static int member_find(struct jsonscan object, const char *key, struct jsonscan *value)
{
	const char *p = object.at, *end = object.at + object.len;
	struct jsonscan quoted;

	p = skip_space(p, end);
	if (p == end)
		return -EINVAL;
	if (*p++ != '{')
		return -ENOENT;
	p = skip_space(p, end);
	if (p < end && *p == '}')
		return -ENOENT;
	for (;;) {
		quoted.at = skip_space(p, end);
		p = skip_string(quoted.at, end);
		quoted.len = p ? (size_t)(p - quoted.at) : 0;
		p = p ? skip_key(quoted.at, end) : NULL;
		p = p ? take_value(p, end, value) : NULL;
		if (!p)
			return -EINVAL;
		if (key_is(quoted, key))
			return 0;
		p = skip_space(p, end);
		if (p == end || (*p != ',' && *p != '}'))
			return -EINVAL;
		if (*p++ == '}')
			return -ENOENT;
	}
}

int jsonscan__path(struct jsonscan doc, const char *const *keys, struct jsonscan *value)
{
	struct jsonscan at = doc;
	int err;

	if (!doc.at)
		return -EINVAL;
	if (!*keys)
		return take_value(doc.at, doc.at + doc.len, value) ? 0 : -EINVAL;
	for (; *keys; keys++) {
		err = member_find(at, *keys, &at);
		if (err)
			return err;
	}
	*value = at;
	return 0;
}

int jsonscan__next(struct jsonscan array, struct jsonscan *elem)
{
	const char *p, *end;

	if (!array.at)
		return -EINVAL;
	end = array.at + array.len;
	p = elem->at ? elem->at + elem->len : skip_space(array.at, end);
	if (!elem->at && p < end && *p != '[')
		return -ENOENT;
	if (elem->at)
		p = skip_space(p, end);
	if (p == end || (elem->at && *p != ',' && *p != ']'))
		return -EINVAL;
	if (*p++ == ']')
		return -ENOENT;
	p = skip_space(p, end);
	if (!elem->at && p < end && *p == ']')
		return -ENOENT;
	return take_value(p, end, elem) ? 0 : -EINVAL;
}
