// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/dns/dns_text.h"

#include <string.h>

void dns_text__init(struct dns_text *t, char *data, size_t size)
{
	*t = (struct dns_text){ data, size, 0 };
	data[0] = '\0';
}

void dns_text__rewind(struct dns_text *t, size_t len)
{
	t->len = len;
	if (len < t->size)
		t->data[len] = '\0';
}

void dns_text__char(struct dns_text *t, char c)
{
	if (t->len + 1 < t->size) {
		t->data[t->len] = c;
		t->data[t->len + 1] = '\0';
	}
	t->len++;
}

void dns_text__str(struct dns_text *t, const char *s)
{
	while (*s)
		dns_text__char(t, *s++);
}

void dns_text__u32(struct dns_text *t, uint32_t v)
{
	char digits[11];
	size_t i = sizeof(digits) - 1;

	digits[i] = '\0';
	do
		digits[--i] = '0' + v % 10;
	while (v /= 10);
	dns_text__str(t, digits + i);
}

void dns_text__hex(struct dns_text *t, const uint8_t *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		dns_text__char(t, digits[bytes[i] >> 4]);
		dns_text__char(t, digits[bytes[i] & 15]);
	}
}

/* `width` bits a character, those missing at the end taken as 0. */
static void text_base(struct dns_text *t, const uint8_t *bytes, size_t len, const char *alphabet,
		      unsigned int width)
{
	uint32_t have = 0, bits = 0;

	for (size_t i = 0; i < len; i++) {
		have = (have << 8 | bytes[i]) & 0xffff;
		for (bits += 8; bits >= width; bits -= width)
			dns_text__char(t, alphabet[have >> (bits - width) & ((1 << width) - 1)]);
	}
	if (bits)
		dns_text__char(t, alphabet[have << (width - bits) & ((1 << width) - 1)]);
}

void dns_text__base64(struct dns_text *t, const uint8_t *bytes, size_t len)
{
	text_base(t, bytes, len, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
		  6);
	for (size_t i = len; i % 3; i++)
		dns_text__char(t, '=');
}

void dns_text__base32hex(struct dns_text *t, const uint8_t *bytes, size_t len)
{
	text_base(t, bytes, len, "0123456789abcdefghijklmnopqrstuv", 5);
}

void dns_text__byte(struct dns_text *t, uint8_t c, uint8_t lowest, const char *special)
{
	if (c < lowest || c >= 0x7f) {
		dns_text__char(t, '\\');
		dns_text__char(t, '0' + c / 100);
		dns_text__char(t, '0' + c / 10 % 10);
		dns_text__char(t, '0' + c % 10);
		return;
	}
	if (strchr(special, c))
		dns_text__char(t, '\\');
	dns_text__char(t, c);
}

void dns_text__bytes(struct dns_text *t, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		dns_text__byte(t, bytes[i], '!', "\\");
}

void dns_text__quoted(struct dns_text *t, const uint8_t *bytes, size_t len)
{
	dns_text__char(t, '"');
	for (size_t i = 0; i < len; i++)
		dns_text__byte(t, bytes[i], ' ', "\"\\");
	dns_text__char(t, '"');
}
