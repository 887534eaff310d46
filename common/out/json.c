// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/out/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "common/base/text.h"

static void json_escape(struct json *j, const uint8_t *p, size_t n)
{
	unsigned int c = n == 1 ? p[0] : p[0] & (0xff >> (n + 1));

	for (size_t i = 1; i < n; i++)
		c = c << 6 | (p[i] & 0x3f);
	if (c < 0x10000)
		buf__printf(j->buf, "\\u%04x", c);
	else
		buf__printf(j->buf, "\\u%04x\\u%04x", 0xd7c0 + (c >> 10), 0xdc00 + (c & 0x3ff));
}

/* How many bytes at p stand for themselves. */
static size_t json_plain(const uint8_t *p, size_t len)
{
	size_t n = 0;

	while (n < len && p[n] >= 0x20 && p[n] < 0x7f && p[n] != '"' && p[n] != '\\')
		n++;
	return n;
}

static void json_quote(struct json *j, const uint8_t *p, size_t len)
{
	static const char named[] = "\"\"\\\\\bb\ff\nn\rr\tt";

	buf__char(j->buf, '"');
	while (len) {
		size_t n = json_plain(p, len);
		const char *name;

		buf__add(j->buf, p, n);
		p += n;
		len -= n;
		if (!len)
			break;
		n = text__utf8(p, len);
		name = n == 1 && *p ? strchr(named, *p) : NULL;
		/* Only at even places does `named` hold the character itself. */
		if (name && (name - named) % 2)
			name = NULL;
		if (!n)
			buf__str(j->buf, "\xef\xbf\xbd");
		else if (name)
			buf__printf(j->buf, "\\%c", name[1]);
		else if (text__is_unsafe(p, n))
			json_escape(j, p, n);
		else
			buf__add(j->buf, p, n);
		p += n ?: 1;
		len -= n ?: 1;
	}
	buf__char(j->buf, '"');
}

/* What comes before a value: a comma, the key. */
static void json_lead(struct json *j, const char *key)
{
	if (j->comma)
		buf__char(j->buf, ',');
	j->comma = true;
	if (key) {
		json_quote(j, (const uint8_t *)key, strlen(key));
		buf__char(j->buf, ':');
	}
}

static void json_open(struct json *j, const char *key, char c)
{
	json_lead(j, key);
	buf__char(j->buf, c);
	j->comma = false;
}

static void json_close(struct json *j, char c)
{
	buf__char(j->buf, c);
	j->comma = true;
}

void json__object(struct json *j, const char *key)
{
	json_open(j, key, '{');
}

void json__object_end(struct json *j)
{
	json_close(j, '}');
}

void json__array(struct json *j, const char *key)
{
	json_open(j, key, '[');
}

void json__array_end(struct json *j)
{
	json_close(j, ']');
}

void json__u64(struct json *j, const char *key, uint64_t v)
{
	json_lead(j, key);
	buf__printf(j->buf, "%llu", (unsigned long long)v);
}

void json__i64(struct json *j, const char *key, int64_t v)
{
	json_lead(j, key);
	buf__printf(j->buf, "%lld", (long long)v);
}

void json__real(struct json *j, const char *key, double v, int digits)
{
	json_lead(j, key);
	if (isfinite(v))
		buf__printf(j->buf, "%.*f", digits, v);
	else
		buf__str(j->buf, "null");
}

void json__bool(struct json *j, const char *key, bool v)
{
	json_lead(j, key);
	buf__str(j->buf, v ? "true" : "false");
}

void json__null(struct json *j, const char *key)
{
	json_lead(j, key);
	buf__str(j->buf, "null");
}

void json__str(struct json *j, const char *key, const char *s)
{
	json__bytes(j, key, s, strlen(s));
}

void json__bytes(struct json *j, const char *key, const void *s, size_t len)
{
	json_lead(j, key);
	json_quote(j, s, len);
}

void json__hex(struct json *j, const char *key, const void *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *p = bytes;

	json_lead(j, key);
	buf__char(j->buf, '"');
	for (size_t i = 0; i < len; i++)
		buf__add(j->buf, (char[]){ digits[p[i] >> 4], digits[p[i] & 15] }, 2);
	buf__char(j->buf, '"');
}

void json__text(struct json *j, const char *key, const char *s)
{
	size_t len = strlen(s);
	char hex_key[64];

	json__bytes(j, key, s, len);
	if (text__is_utf8(s, len))
		return;
	snprintf(hex_key, sizeof(hex_key), "%s_hex", key);
	json__hex(j, hex_key, s, len);
}
