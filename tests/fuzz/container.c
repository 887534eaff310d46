// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The files of runtimes, which are JSON: what is found in one, beside a reader that copies. */
#include "common/base/jsonscan.h"

#include <errno.h>
#include "tests/fuzz/fuzz.h"

#define DEPTH_MAX 60 /* a little less than the scanner's */

struct naive {
	const char *at, *end;
	int depth;
	bool deep;
};

static bool naive_value(struct naive *n);

static void naive_space(struct naive *n)
{
	while (n->at < n->end && memchr(" \t\r\n", *n->at, 4))
		n->at++;
}

static bool naive_take(struct naive *n, char c)
{
	if (n->at == n->end || *n->at != c)
		return false;
	n->at++;
	return true;
}

static bool naive_hex(struct naive *n, uint32_t *c)
{
	*c = 0;
	for (int i = 0; i < 4; i++) {
		static const char digits[] = "0123456789abcdef0123456789ABCDEF";
		const char *d = n->at < n->end && *n->at ? strchr(digits, *n->at) : NULL;

		if (!d)
			return false;
		*c = *c << 4 | (d - digits) % 16;
		n->at++;
	}
	return true;
}

static char *naive_utf8(char *to, uint32_t c)
{
	if (c < 0x80) {
		*to++ = c;
	} else if (c < 0x800) {
		*to++ = 0xc0 | c >> 6;
		*to++ = 0x80 | (c & 63);
	} else if (c < 0x10000) {
		*to++ = 0xe0 | c >> 12;
		*to++ = 0x80 | (c >> 6 & 63);
		*to++ = 0x80 | (c & 63);
	} else {
		*to++ = 0xf0 | c >> 18;
		*to++ = 0x80 | (c >> 12 & 63);
		*to++ = 0x80 | (c >> 6 & 63);
		*to++ = 0x80 | (c & 63);
	}
	return to;
}

static bool naive_escape(struct naive *n, char **to)
{
	static const char named[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
	uint32_t c, low;

	for (const char *p = named; *p; p += 2) {
		if (naive_take(n, *p)) {
			*(*to)++ = p[1];
			return true;
		}
	}
	if (!naive_take(n, 'u') || !naive_hex(n, &c))
		return false;
	if (c >> 10 == 0x36) {
		struct naive ahead = *n;

		if (naive_take(&ahead, '\\') && naive_take(&ahead, 'u') &&
		    naive_hex(&ahead, &low) && low >> 10 == 0x37) {
			*n = ahead;
			c = 0x10000 + ((c & 0x3ff) << 10 | (low & 0x3ff));
		}
	}
	*to = naive_utf8(*to, c >> 11 == 0x1b ? 0xfffd : c);
	return true;
}

/* Its characters; `text` has room for all of the document. */
static bool naive_string(struct naive *n, char *text, size_t *len)
{
	char *to = text;

	if (!naive_take(n, '"'))
		return false;
	while (!naive_take(n, '"')) {
		if (n->at == n->end || (uint8_t)*n->at < 0x20)
			return false;
		if (!naive_take(n, '\\'))
			*to++ = *n->at++;
		else if (!naive_escape(n, &to))
			return false;
	}
	*len = to - text;
	return true;
}

static size_t naive_digits(struct naive *n)
{
	const char *from = n->at;

	while (n->at < n->end && *n->at >= '0' && *n->at <= '9')
		n->at++;
	return n->at - from;
}

static bool naive_number(struct naive *n)
{
	naive_take(n, '-');
	if (!naive_take(n, '0') && !naive_digits(n))
		return false;
	if (naive_take(n, '.') && !naive_digits(n))
		return false;
	if (naive_take(n, 'e') || naive_take(n, 'E')) {
		if (!naive_take(n, '+'))
			naive_take(n, '-');
		return naive_digits(n);
	}
	return true;
}

static bool naive_members(struct naive *n, bool object)
{
	char close = object ? '}' : ']', *text = malloc(2 * (n->end - n->at) + 1);
	bool good = true;
	size_t len;

	must(text);
	n->at++;
	naive_space(n);
	if (naive_take(n, close))
		goto out;
	do {
		naive_space(n);
		if (object) {
			good = naive_string(n, text, &len);
			naive_space(n);
			good = good && naive_take(n, ':');
		}
		good = good && naive_value(n);
		naive_space(n);
	} while (good && naive_take(n, ','));
	good = good && naive_take(n, close);
out:
	free(text);
	return good;
}

static bool naive_word(struct naive *n, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(n->end - n->at) < len || memcmp(n->at, word, len))
		return false;
	n->at += len;
	return true;
}

static bool naive_value(struct naive *n)
{
	char *text;
	size_t len;
	bool good;

	naive_space(n);
	if (n->at == n->end)
		return false;
	if (*n->at == '"') {
		text = malloc(2 * (n->end - n->at) + 1);
		must(text);
		good = naive_string(n, text, &len);
		free(text);
		return good;
	}
	if (*n->at == '{' || *n->at == '[') {
		if (++n->depth > DEPTH_MAX) {
			n->deep = true;
			return false;
		}
		good = naive_members(n, *n->at == '{');
		n->depth--;
		return good;
	}
	return naive_word(n, "true") || naive_word(n, "false") || naive_word(n, "null") ||
	       naive_number(n);
}

/* The value of the first member of an object that has this key, in a document that is JSON. */
static const char *naive_member(struct naive n, const char *key)
{
	char *text = malloc(2 * (n.end - n.at) + 1);
	const char *found = NULL;
	size_t len;

	must(text);
	naive_space(&n);
	if (!naive_take(&n, '{'))
		goto out;
	naive_space(&n);
	while (!found && n.at < n.end && *n.at == '"') {
		must(naive_string(&n, text, &len));
		naive_space(&n);
		must(naive_take(&n, ':'));
		naive_space(&n);
		if (len == strlen(key) && !memcmp(text, key, len))
			found = n.at;
		must(naive_value(&n));
		naive_space(&n);
		naive_take(&n, ',');
		naive_space(&n);
	}
out:
	free(text);
	return found;
}

static void check_string(struct jsonscan value)
{
	struct naive n = { value.at, value.at + value.len, 0, false };
	char *text = malloc(2 * value.len + 1), *buf = malloc(value.len + 1);
	size_t len;
	int err;

	must(text && buf);
	err = jsonscan__string(value, buf, value.len + 1);
	if (naive_string(&n, text, &len) && !memchr(text, '\0', len)) {
		/* One of \u is longer than three bytes only with its partner, which is as long. */
		must(!err && strlen(buf) == len && !memcmp(buf, text, len));
	} else {
		must(err == -EINVAL && !*buf);
	}
	if (!err && len)
		must(jsonscan__string(value, buf, len) == -ENAMETOOLONG && !*buf);
	free(text);
	free(buf);
}

static void check_key(struct jsonscan doc, const char *key, bool good)
{
	struct naive n = { doc.at, doc.at + doc.len, 0, false };
	struct jsonscan value = {};
	int err = jsonscan__path(doc, (const char *[]){ key, NULL }, &value);
	const char *found;

	must(!err || err == -ENOENT || err == -EINVAL);
	if (!err)
		must(value.at >= doc.at && value.at + value.len <= doc.at + doc.len);
	if (!err)
		check_string(value);
	if (!good)
		return;
	found = naive_member(n, key);
	must(found ? !err && value.at == found : err == -ENOENT);
}

/* Elements are within their array, and come to an end. */
static void check_elements(struct jsonscan doc, bool good)
{
	struct jsonscan element = {};
	size_t count = 0;
	int err;

	while (!(err = jsonscan__next(doc, &element))) {
		must(element.at > doc.at && element.at + element.len <= doc.at + doc.len);
		must(count++ < doc.len);
	}
	must(err == -ENOENT || (err == -EINVAL && !good));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct jsonscan doc = { (const char *)data, len };
	struct naive n = { doc.at, doc.at + len, 0, false };
	bool good = naive_value(&n);

	if (n.deep)
		return 0;
	naive_space(&n);
	good = good && n.at == n.end;
	check_key(doc, "Name", good);
	check_key(doc, "", good);
	check_elements(doc, good);
	return 0;
}
