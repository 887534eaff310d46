// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/dns/dns_idna.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include "common/base/text.h"
#include "common/base/unicode.h"
#include "tools/dnssnoop/dns/dns_puny.h"

#define LABEL_MAX 63
#define PREFIX "xn--"

/* Letters that have a small one. `step` 2: every other one, beginning with the first. */
static const struct {
	uint32_t first, last;
	int32_t by;
	unsigned int step;
} letters[] = {
	{ 'A', 'Z', 32, 1 },
	{ 0xc0, 0xd6, 32, 1 },
	{ 0xd8, 0xde, 32, 1 },
	{ 0x100, 0x12e, 1, 2 },
	{ 0x132, 0x136, 1, 2 },
	{ 0x139, 0x147, 1, 2 },
	{ 0x14a, 0x176, 1, 2 },
	{ 0x178, 0x178, -121, 1 },
	{ 0x179, 0x17d, 1, 2 },
	{ 0x17f, 0x17f, 's' - 0x17f, 1 },
	/* African and Azerbaijani letters */
	{ 0x181, 0x181, 210, 1 },
	{ 0x186, 0x186, 206, 1 },
	{ 0x189, 0x18a, 205, 1 },
	{ 0x18e, 0x18e, 79, 1 },
	{ 0x18f, 0x18f, 202, 1 },
	{ 0x190, 0x190, 203, 1 },
	{ 0x197, 0x197, 209, 1 },
	{ 0x198, 0x198, 1, 1 },
	{ 0x19d, 0x19d, 213, 1 },
	{ 0x1b2, 0x1b2, 217, 1 },
	{ 0x1b3, 0x1b5, 1, 2 },
	{ 0x1a0, 0x1a4, 1, 2 },
	{ 0x1af, 0x1af, 1, 1 },
	{ 0x1cd, 0x1db, 1, 2 },
	{ 0x1de, 0x1ee, 1, 2 },
	{ 0x1f8, 0x21e, 1, 2 },
	{ 0x222, 0x232, 1, 2 },
	{ 0x246, 0x24e, 1, 2 },
	/* Greek */
	{ 0x386, 0x386, 38, 1 },
	{ 0x388, 0x38a, 37, 1 },
	{ 0x38c, 0x38c, 64, 1 },
	{ 0x38e, 0x38f, 63, 1 },
	{ 0x391, 0x3a1, 32, 1 },
	{ 0x3a3, 0x3ab, 32, 1 },
	{ 0x3d8, 0x3ee, 1, 2 },
	/* Cyrillic */
	{ 0x400, 0x40f, 80, 1 },
	{ 0x410, 0x42f, 32, 1 },
	{ 0x460, 0x480, 1, 2 },
	{ 0x48a, 0x4be, 1, 2 },
	{ 0x4c0, 0x4c0, 15, 1 },
	{ 0x4c1, 0x4cd, 1, 2 },
	{ 0x4d0, 0x52e, 1, 2 },
	/* Armenian, Georgian */
	{ 0x531, 0x556, 48, 1 },
	{ 0x10a0, 0x10c5, 7264, 1 },
	{ 0x1c90, 0x1cba, -3008, 1 },
	{ 0x1cbd, 0x1cbf, -3008, 1 },
	/* More Latin, more Greek */
	{ 0x1e00, 0x1e94, 1, 2 },
	{ 0x1e9e, 0x1e9e, 0xdf - 0x1e9e, 1 },
	{ 0x1ea0, 0x1efe, 1, 2 },
	{ 0x1f08, 0x1f0f, -8, 1 },
	{ 0x1f18, 0x1f1d, -8, 1 },
	{ 0x1f28, 0x1f2f, -8, 1 },
	{ 0x1f38, 0x1f3f, -8, 1 },
	{ 0x1f48, 0x1f4d, -8, 1 },
	{ 0x1f68, 0x1f6f, -8, 1 },
	/* Of the width of an ideograph: plain ones. */
	{ 0xff01, 0xff20, '!' - 0xff01, 1 },
	{ 0xff21, 0xff3a, 'a' - 0xff21, 1 },
	{ 0xff3b, 0xff5e, '[' - 0xff3b, 1 },
};

static uint32_t small(uint32_t c)
{
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (c >= letters[i].first && c <= letters[i].last)
			return (c - letters[i].first) % letters[i].step ? c : c + letters[i].by;
	return c;
}

/* UTS #46 leaves them out. */
static bool is_left_out(uint32_t c)
{
	return c == 0xad || c == 0x200b || c == 0x2060 || c == 0xfeff ||
	       (c >= 0xfe00 && c <= 0xfe0f);
}

static bool is_dot(uint32_t c)
{
	return c == 0x3002 || c == 0xff0e || c == 0xff61;
}

/* Joined to letters by Unicode's normal form C. */
static bool is_accent(uint32_t c)
{
	return (c >= 0x300 && c <= 0x345) || c == 0x3099 || c == 0x309a;
}

/* The character at *p of `end - *p` bytes, of which there are some. UINT32_MAX: no UTF-8. */
static uint32_t next_char(const char **p, const char *end)
{
	const uint8_t *b = (const uint8_t *)*p;
	size_t len = text__utf8(b, end - *p);
	uint32_t c = len > 1 ? *b & (0xff >> (len + 1)) : *b;

	for (size_t i = 1; i < len; i++)
		c = c << 6 | (b[i] & 0x3f);
	*p += len ?: 1;
	return len ? c : UINT32_MAX;
}

/* Where the label ends, at a dot of any kind or the end of the name. */
static const char *label_end(const char *p, bool *plain, bool *escaped)
{
	const char *end = p + strlen(p), *next = p;

	*plain = true;
	*escaped = false;
	while (p < end && *p != '.') {
		if (*p == '\\') {
			*escaped = true;
			next = p + (p + 1 < end ? 2 : 1);
		} else if (is_dot(next_char(&next, end))) {
			break;
		}
		*plain = *plain && (uint8_t)*p < 0x80;
		p = next;
	}
	return p;
}

struct encoder {
	char *to;
	size_t len, size;
	const char *why;
};

static int encoder_add(struct encoder *e, const char *text, size_t len)
{
	if (e->len + len >= e->size) {
		e->why = "is too long for a domain name";
		return -EINVAL;
	}
	memcpy(e->to + e->len, text, len);
	e->len += len;
	e->to[e->len] = '\0';
	return 0;
}

/* Their numbers, as they are looked for. */
static int label_chars(struct encoder *e, const char *p, const char *end, uint32_t *to)
{
	int n = 0;

	while (p < end) {
		uint32_t c = next_char(&p, end);

		if (c == UINT32_MAX)
			e->why = "is not UTF-8 (write other bytes as \\DDD)";
		else if (is_accent(c))
			e->why =
				"has a combining mark (write the letter and its mark as one character)";
		else if (c >= 0x80 && !is_left_out(c) &&
			 (unicode__is_unsafe(c) || unicode__is_blank(c)))
			e->why = "has a character that no domain name has";
		else if (n + 2 > LABEL_MAX)
			e->why = "has a label that is too long";
		if (e->why)
			return -EINVAL;
		if (is_left_out(c))
			continue;
		if (c == 0x130) {
			to[n++] = 'i';
			c = 0x307;
		}
		to[n++] = small(c);
	}
	return n;
}

static int encoder_label(struct encoder *e, const char *p, const char *end)
{
	char label[LABEL_MAX + 1] = PREFIX;
	uint32_t chars[LABEL_MAX];
	int n = label_chars(e, p, end, chars), len = 0;

	if (n < 0)
		return n;
	while (len < n && chars[len] < 0x80)
		len++;
	if (len == n) {
		for (int i = 0; i < n; i++)
			label[i] = chars[i];
		return encoder_add(e, label, n);
	}
	len = dns_puny__encode(chars, n, label + strlen(PREFIX), LABEL_MAX - strlen(PREFIX));
	if (len < 0) {
		e->why = "has a label that is too long";
		return len;
	}
	return encoder_add(e, label, strlen(PREFIX) + len);
}

int dns_idna__encode(const char *name, char *to, size_t size, const char **why)
{
	struct encoder e = { .to = to, .size = size };
	int err = encoder_add(&e, "", 0), encoded = 0;

	while (!err && *name) {
		bool plain, escaped;
		const char *end = label_end(name, &plain, &escaped), *next = end;

		if (plain || escaped) {
			err = encoder_add(&e, name, end - name);
		} else {
			err = encoder_label(&e, name, end);
			encoded = 1;
		}
		if (err || !*end)
			break;
		encoded |= next_char(&next, end + strlen(end)) != '.';
		err = encoder_add(&e, ".", 1);
		name = next;
	}
	*why = e.why;
	return err ?: encoded;
}
