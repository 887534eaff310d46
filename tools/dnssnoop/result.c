// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include <errno.h>
#include <stdint.h>
#include <stdbool.h>
#include <string.h>
#include "tools/dnssnoop/result.h"

#define REFUSED "ICMP_REFUSED"
#define UNREACHABLE "ICMP_UNREACHABLE"
#define PROHIBITED "ICMP_PROHIBITED"
#define TTL_EXCEEDED "ICMP_TTL_EXCEEDED"
#define TOO_BIG "ICMP_TOO_BIG"
#define BAD_HEADER "ICMP_BAD_HEADER"

static const char *const words[] = {
	"TIMEOUT",
	"ABANDONED",
	"CLOSED",
	"RESET",
	REFUSED,
	UNREACHABLE,
	PROHIBITED,
	TTL_EXCEEDED,
	TOO_BIG,
	BAD_HEADER,
	"UNKNOWN",
	"MALFORMED",
	"NOT_DNS",
	/* Kinds of NOERROR. */
	"NODATA",
	"REFERRAL",
};

bool result__is_word(const char *text)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(text, words[i]))
			return true;
	return false;
}

/* RFC 792, 1122, 1812. */
static const char *icmp_result(uint8_t type, uint8_t code)
{
	if (type == 11)
		return TTL_EXCEEDED;
	if (type == 12)
		return BAD_HEADER;
	if (type != 3)
		return NULL;
	switch (code) {
	case 3:
		return REFUSED;
	case 4:
		return TOO_BIG;
	case 9:
	case 10:
	case 13:
	case 14:
	case 15:
		return PROHIBITED;
	default:
		return UNREACHABLE;
	}
}

/* RFC 4443. */
static const char *icmp6_result(uint8_t type, uint8_t code)
{
	switch (type) {
	case 1:
		if (code == 4)
			return REFUSED;
		return code == 1 || code == 5 || code == 6 ? PROHIBITED : UNREACHABLE;
	case 2:
		return TOO_BIG;
	case 3:
		return TTL_EXCEEDED;
	case 4:
		return BAD_HEADER;
	default:
		return NULL;
	}
}

/*
 * What the kernel makes of ICMP (icmp_err_convert, icmpv6_err_convert), back. A socket of UDP that
 * has not asked for all is not told of routers that know no way: what IPv4 calls unreachable then,
 * somebody has prohibited.
 */
static const char *errno_result(const struct dns_end *e, bool v4)
{
	switch (e->error) {
	case ECONNREFUSED:
		return e->tcp ? "RESET" : REFUSED;
	case ECONNRESET:
	case EPIPE:
		return e->tcp ? "RESET" : NULL;
	case ETIMEDOUT:
		return e->tcp ? "TIMEOUT" : NULL;
	case EACCES:
		return PROHIBITED;
	case EHOSTUNREACH:
	case ENETUNREACH:
		return v4 && !e->tcp ? PROHIBITED : UNREACHABLE;
	case EHOSTDOWN:
	case ENONET:
	case ENOPROTOOPT:
	case EOPNOTSUPP:
		return UNREACHABLE;
	case EMSGSIZE:
		return TOO_BIG;
	case EPROTO:
		return BAD_HEADER;
	default:
		return NULL;
	}
}

const char *result__of_error(const struct dns_end *e, bool v4)
{
	if (e->icmp == DNS_ICMP_V4)
		return icmp_result(e->icmp_type, e->icmp_code);
	if (e->icmp == DNS_ICMP_V6)
		return icmp6_result(e->icmp_type, e->icmp_code);
	return errno_result(e, v4);
}
