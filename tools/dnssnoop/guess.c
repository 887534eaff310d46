// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/guess.h"

#include <string.h>

/* RFC 8446, 5.1 and 4. */
#define TLS_HEADER 5
#define TLS_RECORD_MAX 16640
#define TLS_FIRST 20 /* change_cipher_spec, alert, handshake, application_data */
#define TLS_HANDSHAKE 22
#define TLS_LAST 23
#define CLIENT_HELLO 1
#define SERVER_HELLO 2
#define HELLO_LEAST 38 /* version, random number, lengths */

#define QUESTION_LEAST 5
#define RECORD_LEAST 11

static unsigned int get16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static bool begins(const uint8_t *bytes, size_t len, const char *text)
{
	size_t n = strlen(text);

	return len >= n && !memcmp(bytes, text, n);
}

/* What DNS's length, number and flags would have to be then, no header has. */
static bool is_hello(const uint8_t *p, size_t len)
{
	return len >= TLS_HEADER + 4 && p[0] == TLS_HANDSHAKE &&
	       (p[TLS_HEADER] == CLIENT_HELLO || p[TLS_HEADER] == SERVER_HELLO) &&
	       !p[TLS_HEADER + 1] && get16(p + TLS_HEADER + 2) >= HELLO_LEAST;
}

static bool is_tls(const uint8_t *p, size_t len, bool middle)
{
	if (len < TLS_HEADER || p[0] < TLS_FIRST || p[0] > TLS_LAST || p[1] != 3 || p[2] > 4 ||
	    !get16(p + 3) || get16(p + 3) > TLS_RECORD_MAX)
		return false;
	return middle || is_hello(p, len);
}

static bool is_http(const uint8_t *bytes, size_t len)
{
	static const char *const begin[] = { "GET ",	"POST ",    "PUT ",    "HEAD ",
					     "DELETE ", "OPTIONS ", "PATCH ",  "CONNECT ",
					     "TRACE ",	"HTTP/1.",  "PRI * H", NULL };

	for (int i = 0; begin[i]; i++)
		if (begins(bytes, len, begin[i]))
			return true;
	return false;
}

enum guess guess__stream(const uint8_t *bytes, size_t len, bool middle)
{
	if (is_tls(bytes, len, middle))
		return GUESS_TLS;
	if (is_http(bytes, len))
		return GUESS_HTTP;
	return begins(bytes, len, "SSH-") ? GUESS_SSH : GUESS_NONE;
}

/* RFC 9147, 4.1: of DTLS 1.0 and 1.2, and what 1.3 says that it is. */
static bool is_dtls(const uint8_t *p, size_t len)
{
	return len >= 13 && p[0] >= TLS_FIRST && p[0] <= 25 && p[1] == 0xfe &&
	       (p[2] == 0xff || p[2] == 0xfd);
}

/* RFC 9000, 17.2; RFC 9369. */
static bool is_quic(const uint8_t *p, size_t len)
{
	uint32_t version;

	if (len < 7 || (p[0] & 0xc0) != 0xc0)
		return false;
	version = (uint32_t)get16(p + 1) << 16 | get16(p + 3);
	return version == 1 || version == 0x6b3343cf || version >> 8 == 0xff0000;
}

/* RFC 8489, 5. */
static bool is_stun(const uint8_t *p, size_t len)
{
	return len >= 20 && p[0] < 4 && get16(p + 4) == 0x2112 && get16(p + 6) == 0xa442;
}

enum guess guess__datagram(const uint8_t *bytes, size_t len)
{
	if (len < DNS_HEADER)
		return GUESS_SHORT;
	if (is_dtls(bytes, len))
		return GUESS_DTLS;
	if (is_quic(bytes, len))
		return GUESS_QUIC;
	if (is_stun(bytes, len))
		return GUESS_STUN;
	return guess__stream(bytes, len, false);
}

bool guess__is_implausible(const struct dns_msg *msg)
{
	size_t least = msg->count[DNS_QUESTION] * QUESTION_LEAST;

	for (int i = DNS_ANSWER; i < DNS_SECTIONS; i++)
		least += msg->count[i] * RECORD_LEAST;
	return least > msg->len - DNS_HEADER;
}

/* What begins with its length of so many bytes is gone past. False: it is not all there. */
static bool skip(const uint8_t **p, const uint8_t *end, size_t width)
{
	size_t len = 0;

	if ((size_t)(end - *p) < width)
		return false;
	while (width--)
		len = len << 8 | *(*p)++;
	if ((size_t)(end - *p) < len)
		return false;
	*p += len;
	return true;
}

/* RFC 6066, 3: a list, the first one of which is a host's name. */
static void server_name(const uint8_t *p, size_t len, struct guess_name *name)
{
	size_t n;

	if (len < 5 || p[2])
		return;
	n = get16(p + 3);
	if (n > len - 5 || n > sizeof(name->bytes))
		return;
	memcpy(name->bytes, p + 5, n);
	name->len = n;
}

void guess__server_name(const uint8_t *bytes, size_t len, struct guess_name *name)
{
	const uint8_t *p = bytes + TLS_HEADER + 4 + 34, *end = bytes + len;

	name->len = 0;
	if (len < TLS_HEADER + 4 + 34 || !is_hello(bytes, len) || bytes[TLS_HEADER] != CLIENT_HELLO)
		return;
	/* Number of the session, ciphers, compressions; the length of the extensions. */
	if (!skip(&p, end, 1) || !skip(&p, end, 2) || !skip(&p, end, 1) || end - p < 2)
		return;
	p += 2;
	while (end - p >= 4) {
		size_t n = get16(p + 2);

		if (n > (size_t)(end - p) - 4)
			return;
		if (!get16(p)) {
			server_name(p + 4, n, name);
			return;
		}
		p += 4 + n;
	}
}

const char *guess__word(enum guess guess)
{
	static const char *const words[GUESSES] = {
		[GUESS_NONE] = "unknown",
		[GUESS_TLS] = "TLS",
		[GUESS_HTTP] = "HTTP",
		[GUESS_SSH] = "SSH",
		[GUESS_DTLS] = "DTLS",
		[GUESS_QUIC] = "QUIC",
		[GUESS_STUN] = "STUN",
		[GUESS_SHORT] = "short",
		[GUESS_INCOMPLETE] = "incomplete",
		[GUESS_UNKNOWN] = "unknown",
	};

	return words[guess];
}
