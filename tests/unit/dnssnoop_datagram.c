// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Messages of DNS out of records of UDP, and the words for errors. */
#include "tools/dnssnoop/datagram.c"
#include "tools/dnssnoop/result.c"

#include <stdlib.h>
#include <string.h>
#include "tests/unit/tap.h"

/* -- Datagrams ---------------------------------------------------------------------------- */

static struct {
	size_t n, bytes, missing, wrong;
} datagrams_got;

static int on_datagram(void *ctx, const uint8_t *bytes, size_t len, size_t whole)
{
	(void)ctx;
	datagrams_got.n++;
	for (size_t i = 0; i < len; i++)
		datagrams_got.wrong += bytes[i] != (uint8_t)(datagrams_got.bytes + i);
	datagrams_got.bytes += len;
	datagrams_got.missing += whole - len;
	return 0;
}

static int feed_datagram(struct datagrams *d, struct dns_packet *p, size_t at, size_t have,
			 size_t whole)
{
	uint8_t *bytes = malloc(have ?: 1);
	int err;

	for (size_t i = 0; i < have; i++)
		bytes[i] = at + i;
	p->seq = at;
	p->len = whole - at;
	p->bytes_len = have;
	p->flags = at + have == whole || have < DNS_BYTES_MAX ? DNS_LAST : 0;
	err = datagrams__record(d, p, bytes, on_datagram, NULL);
	free(bytes);
	return err;
}

/* How many datagrams there are in `whole` bytes, of which `have` come. */
static size_t datagrams_of(size_t whole, size_t have, size_t segment)
{
	struct datagrams d = {};
	struct dns_packet p = { .cookie = 1, .segment = segment };
	struct dns_packet other = { .cookie = 2 };
	int err = 0;

	memset(&datagrams_got, 0, sizeof(datagrams_got));
	for (size_t at = 0; at < have || !at; at += DNS_BYTES_MAX) {
		size_t piece = have - at < DNS_BYTES_MAX ? have - at : DNS_BYTES_MAX;

		err |= feed_datagram(&d, &p, at, piece, whole);
		/* The beginning of another one, of which no more comes. */
		if (!at && piece < have)
			err |= feed_datagram(&d, &other, 0, DNS_BYTES_MAX, 9000);
	}
	datagrams__free(&d);
	return err || datagrams_got.wrong || datagrams_got.bytes != have ? 0 : datagrams_got.n;
}

static void test_datagrams(void)
{
	struct dns_packet lone = { .cookie = 7 };
	struct datagrams d = {};

	is_u64(datagrams_of(100, 100, 0), 1, "a datagram");
	is_u64(datagrams_of(100, 60, 0), 1, "one that was cut");
	is_u64(datagrams_got.missing, 40, "... by so much");
	is_u64(datagrams_of(65507, 65507, 0), 1, "the longest, in pieces");
	is_u64(datagrams_of(120, 120, 40), 3, "three at once");
	is_u64(datagrams_of(130, 130, 40), 4, "the last one is shorter");
	is_u64(datagrams_of(30, 30, 40), 1, "one alone that could be longer");
	is_u64(datagrams_of(64 * 1000, 64 * 1000, 1000), 64, "as many as there may be, in pieces");
	is_u64(datagrams_of(130, 90, 40), 3, "three, of which the third was cut");
	is_u64(datagrams_got.missing, 30, "... by so much");
	memset(&datagrams_got, 0, sizeof(datagrams_got));
	is_int(feed_datagram(&d, &lone, DNS_BYTES_MAX, 100, DNS_BYTES_MAX + 100), 0,
	       "the rest of one whose beginning was lost");
	is_u64(datagrams_got.n, 0, "... is none");
	datagrams__free(&d);
}

/* -- Errors ------------------------------------------------------------------------------- */

static const char *error_of(int error, bool v4, bool tcp)
{
	struct dns_end e = { .error = error, .tcp = tcp };

	return result__of_error(&e, v4) ?: "none";
}

static const char *icmp_of(uint8_t version, uint8_t type, uint8_t code)
{
	struct dns_end e = { .icmp = version, .icmp_type = type, .icmp_code = code };

	return result__of_error(&e, version == DNS_ICMP_V4) ?: "none";
}

static void test_errors(void)
{
	unsigned int unknown = 0;

	is_str(error_of(ECONNREFUSED, true, false), "ICMP_REFUSED", "no port");
	is_str(error_of(EACCES, false, false), "ICMP_PROHIBITED", "IPv6: prohibited");
	is_str(error_of(EHOSTUNREACH, true, false), "ICMP_PROHIBITED",
	       "IPv4: nothing else makes a socket of UDP unreachable that has not asked for more");
	is_str(error_of(EHOSTUNREACH, true, true), "ICMP_UNREACHABLE", "... but one of TCP");
	is_str(error_of(ECONNRESET, true, true), "RESET", "a reset");
	is_str(error_of(ECONNRESET, true, false), "none", "UDP has none");
	is_str(error_of(EAGAIN, true, false), "none", "no end");
	is_str(icmp_of(DNS_ICMP_V4, 3, 4), "ICMP_TOO_BIG", "IPv4: too big");
	is_str(icmp_of(DNS_ICMP_V6, 2, 0), "ICMP_TOO_BIG", "IPv6: too big");
	is_str(icmp_of(DNS_ICMP_V4, 11, 0), "ICMP_TTL_EXCEEDED", "IPv4: too many hops");
	is_str(icmp_of(DNS_ICMP_V6, 3, 0), "ICMP_TTL_EXCEEDED", "IPv6: too many hops");
	is_str(icmp_of(DNS_ICMP_V6, 1, 6), "ICMP_PROHIBITED", "IPv6: the way is refused");
	is_str(icmp_of(DNS_ICMP_V4, 4, 0), "none", "a source quench ends nothing");
	for (int type = 0; type < 256; type++)
		for (int code = 0; code < 256; code++)
			for (int v = DNS_ICMP_V4; v <= DNS_ICMP_V6; v++)
				unknown += strcmp(icmp_of(v, type, code), "none") &&
					   !result__is_word(icmp_of(v, type, code));
	is_u64(unknown, 0, "each word that comes of ICMP can be asked for");
}

int main(void)
{
	test_datagrams();
	test_errors();
	return done_testing();
}
