// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/text.h"

#include <stdio.h>
#include "tests/unit/hostile.h"
#include "tests/unit/tap.h"

#define ESCAPED_MAX (4 * HOSTILE_MAX + 1)

/* Of all hostile input, what broke which promise. */
static struct {
	unsigned int inputs, length, utf8, control, restore, terminator, cut, beyond, decode;
} wrong;

static int hex(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* Undoes the escapes, which shows that no two texts look the same. */
static size_t unescape(uint8_t *to, const char *s)
{
	static const char named[] = "\\\\n\nt\tr\r";
	uint8_t *p = to;

	while (*s) {
		if (*s != '\\') {
			*p++ = *s++;
		} else if (s[1] == 'x') {
			*p++ = hex(s[2]) << 4 | hex(s[3]);
			s += 4;
		} else {
			*p++ = strchr(named, s[1])[1];
			s += 2;
		}
	}
	return p - to;
}

static bool has_control(const char *s)
{
	size_t len = strlen(s), n;

	for (const uint8_t *p = (const uint8_t *)s; len; p += n, len -= n)
		if (hostile_is_control(hostile_decode(p, len, &n)))
			return true;
	return false;
}

/* Every size that is too small: ends with NUL, and is the beginning without half a character. */
static void check_cuts(const uint8_t *in, size_t len, const char *full, size_t full_len)
{
	for (size_t size = 0; size <= full_len + 1; size++) {
		char *dst = malloc(size ?: 1);
		size_t got = text__escape(size ? dst : NULL, size, in, len), n;

		wrong.length += got != full_len;
		n = size ? strnlen(dst, size) : 0;
		wrong.terminator += size && n == size;
		if (size && n < size) {
			bool half = n < full_len && ((uint8_t)full[n] & 0xc0) == 0x80;

			wrong.cut += memcmp(dst, full, n) || half || !hostile_is_utf8(dst, n);
			/* An escape is up to 16 bytes; more room than that is not left. */
			wrong.cut += n < full_len && size - n > 16;
			wrong.cut += size == full_len + 1 && n != full_len;
		}
		free(dst);
	}
}

static void check_escape(const uint8_t *in, size_t len)
{
	char full[ESCAPED_MAX];
	uint8_t back[ESCAPED_MAX];
	size_t n;

	wrong.inputs++;
	memset(full, 0x55, sizeof(full));
	n = text__escape(full, sizeof(full), in, len);
	if (n >= sizeof(full) || strnlen(full, sizeof(full)) != n) {
		wrong.length++;
		return;
	}
	wrong.utf8 += !hostile_is_utf8(full, n);
	wrong.control += has_control(full);
	wrong.restore += unescape(back, full) != len || memcmp(back, in, len);
	if (len < 8 || wrong.inputs % 64 == 0)
		check_cuts(in, len, full, n);
}

static void check_utf8(const uint8_t *in, size_t len)
{
	for (size_t at = 0; at <= len; at++) {
		size_t want = 0, got = text__utf8(in + at, len - at);

		if (at < len && hostile_decode(in + at, len - at, &want) < 0)
			want = 0;
		wrong.decode += got != want;
	}
}

static void test_hostile(void)
{
	hostile__each(check_escape);
	ok(wrong.inputs > 190000, "hostile input: %u texts", wrong.inputs);
	is_u64(wrong.length, 0,
	       "... the returned length is that of the whole text, for every size");
	is_u64(wrong.utf8, 0, "... the result is UTF-8");
	is_u64(wrong.control, 0, "... without control characters and overrides of direction");
	is_u64(wrong.restore, 0, "... and different for different input");
	is_u64(wrong.terminator, 0, "... ends with NUL whatever the size");
	is_u64(wrong.cut, 0, "... is cut only between characters and escapes, and not too early");
	hostile__each(check_utf8);
	is_u64(wrong.decode, 0, "... and the length of a character is what the decoder says");
}

static void escapes_to(const char *in, size_t len, const char *want)
{
	char buf[128];

	text__escape(buf, sizeof(buf), in, len);
	is_str(buf, want, "escape %zu bytes", len);
}

#define ESCAPES(in, want) escapes_to(in, sizeof(in) - 1, want)

#define FOUR_MARKS "\xcc\x80\xcc\x80\xcc\x80\xcc\x80"

static void test_escape(void)
{
	char buf[8];

	ESCAPES("", "");
	ESCAPES("plain text", "plain text");
	ESCAPES("a\nb\tc\rd\\e", "a\\nb\\tc\\rd\\\\e");
	ESCAPES("a\0b", "a\\x00b");
	ESCAPES("\033[31m\a\x7f", "\\x1b[31m\\x07\\x7f");
	ESCAPES("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80",
		"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
	ESCAPES("\xff\xc3", "\\xff\\xc3");
	ESCAPES("\xc2\x9b", "\\xc2\\x9b");
	ESCAPES("\xe2\x80\xaetxt", "\\xe2\\x80\\xaetxt");
	ESCAPES("\"'`$%", "\"'`$%");
	/* Soft hyphen, zero width space, mark of the order of bytes, Hangul's fillers. */
	ESCAPES("\xc2\xad\xe2\x80\x8b\xef\xbb\xbf\xe3\x85\xa4\xef\xbe\xa0",
		"\\xc2\\xad\\xe2\\x80\\x8b\\xef\\xbb\\xbf\\xe3\\x85\\xa4\\xef\\xbe\\xa0");
	/* An isolate, a line separator, Arabic's letter mark, a variation selector, a tag. */
	ESCAPES("\xe2\x81\xa6\xe2\x80\xa8\xd8\x9c", "\\xe2\\x81\\xa6\\xe2\\x80\\xa8\\xd8\\x9c");
	ESCAPES("\xef\xb8\x8f\xf3\xa0\x81\xa1", "\\xef\\xb8\\x8f\\xf3\\xa0\\x81\\xa1");
	/* Private use, a noncharacter, a plane without characters. */
	ESCAPES("\xee\x80\x80\xef\xbf\xbf\xf1\x90\x80\x80",
		"\\xee\\x80\\x80\\xef\\xbf\\xbf\\xf1\\x90\\x80\\x80");
	ESCAPES("e\xcc\x81\xcc\xa3o", "e\xcc\x81\xcc\xa3o");
	ESCAPES("\xcc\x81o", "\\xcc\\x81o");
	ESCAPES("e" FOUR_MARKS "\xcc\x81\xcc\x82o\xcc\x81",
		"e" FOUR_MARKS "\\xcc\\x81\\xcc\\x82o\xcc\x81");
	is_u64(text__escape(buf, sizeof(buf), "abc\xe2\x82\xac\xe2\x82\xac", 9), 9, "nine bytes");
	is_str(buf, "abc\xe2\x82\xac", "... of which six fit into eight and no seventh");
	is_u64(text__escape(buf, 4, "ab\nc", 4), 5, "an escape that does not fit");
	is_str(buf, "ab", "... is left out, and what is after it");
}

static void test_quote(void)
{
	char big[2000];

	is_str(text__quote("a\nb"), "a\\nb", "quote");
	is_str(text__quote(""), "", "... nothing");
	memset(big, '\n', sizeof(big));
	big[sizeof(big) - 1] = '\0';
	ok(strlen(text__quote(big)) < 1000 && strlen(text__quote(big)) > 400, "... a long text");
	is_str(text__quote(big) + strlen(text__quote(big)) - 5, "\\n...",
	       "... and that it was cut");
	snprintf(big, sizeof(big), "%s %s %s %s", text__quote("one"), text__quote("two"),
		 text__quote("three"), text__quote("four"));
	is_str(big, "one two three four", "... several in a message");
}

static void test_width(void)
{
	is_u64(text__width("", 0), 0, "width of nothing");
	is_u64(text__width("abc", 3), 3, "... of ASCII");
	is_u64(text__width("caf\xc3\xa9", 5), 4, "... of two bytes");
	is_u64(text__width("\xe2\x82\xac\xf0\x9f\x98\x80", 7), 3, "... of three and four bytes");
	is_u64(text__width("\xe6\xbc\xa2o\xcc\x81", 6), 3, "... of a wide one, and of a mark");
}

static void test_word(void)
{
	char word[64];

	is_u64(text__word(word, sizeof(word), "a b\t-", 5, ""), 9, "a word");
	is_str(word, "a\\x20b\\t-", "... has no blanks");
	text__word(word, sizeof(word), "a\xc2\xa0\xe3\x80\x80\xe2\xa0\x80", 9, "");
	is_str(word, "a\\xc2\\xa0\\xe3\\x80\\x80\\xe2\\xa0\\x80", "... of no kind");
	text__word(word, sizeof(word), "a(1),b", 6, "(),");
	is_str(word, "a\\x281\\x29\\x2cb", "... nor what else it must not have");
}

#define SHORTENS(in, columns, want)                      \
	do {                                             \
		char text[128] = in;                     \
		text__shorten(text, columns);            \
		is_str(text, want, #in " in " #columns); \
	} while (0)

static void test_shorten(void)
{
	SHORTENS("abcdef", 6, "abcdef");
	SHORTENS("abcdefg", 6, "ab..fg");
	SHORTENS("abcdefg", 5, "a..fg");
	SHORTENS("192.168.100.200:45678", 15, "192.16..0:45678");
	SHORTENS("[2001:db8::aaaa:bbbb:1]:443", 15, "[2001:..:1]:443");
	SHORTENS("abc\\x20defg", 7, "ab..efg");
	SHORTENS("a\\x20bcdefg", 7, "a..defg");
	SHORTENS("abcdefgh\\x20i", 8, "abc..i");
	SHORTENS("\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2", 5, "..\xe6\xbc\xa2");
	SHORTENS("\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2", 6, "\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2");
	SHORTENS("abce\xcc\x81\xcc\x82", 3, "..e\xcc\x81\xcc\x82");
	SHORTENS("abcd", 2, "..");
	SHORTENS("abcd", 1, ".");
	SHORTENS("abcd", 0, "");
	SHORTENS("abc\\", 3, "..\\");
}

int main(void)
{
	test_escape();
	test_hostile();
	test_quote();
	test_width();
	test_word();
	test_shorten();
	return done_testing();
}
