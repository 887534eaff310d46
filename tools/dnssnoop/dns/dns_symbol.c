// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/dns/dns_symbol.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "common/base/num.h"

struct symbol {
	uint16_t number;
	const char *name;
};

/* By number. */
static const struct symbol types[] = {
	{ 1, "A" },	     { 2, "NS" },	   { 3, "MD" },		 { 4, "MF" },
	{ 5, "CNAME" },	     { 6, "SOA" },	   { 7, "MB" },		 { 8, "MG" },
	{ 9, "MR" },	     { 10, "NULL" },	   { 11, "WKS" },	 { 12, "PTR" },
	{ 13, "HINFO" },     { 14, "MINFO" },	   { 15, "MX" },	 { 16, "TXT" },
	{ 17, "RP" },	     { 18, "AFSDB" },	   { 19, "X25" },	 { 20, "ISDN" },
	{ 21, "RT" },	     { 22, "NSAP" },	   { 23, "NSAP-PTR" },	 { 24, "SIG" },
	{ 25, "KEY" },	     { 26, "PX" },	   { 27, "GPOS" },	 { 28, "AAAA" },
	{ 29, "LOC" },	     { 30, "NXT" },	   { 33, "SRV" },	 { 35, "NAPTR" },
	{ 36, "KX" },	     { 37, "CERT" },	   { 38, "A6" },	 { 39, "DNAME" },
	{ 41, "OPT" },	     { 42, "APL" },	   { 43, "DS" },	 { 44, "SSHFP" },
	{ 45, "IPSECKEY" },  { 46, "RRSIG" },	   { 47, "NSEC" },	 { 48, "DNSKEY" },
	{ 49, "DHCID" },     { 50, "NSEC3" },	   { 51, "NSEC3PARAM" }, { 52, "TLSA" },
	{ 53, "SMIMEA" },    { 55, "HIP" },	   { 56, "NINFO" },	 { 59, "CDS" },
	{ 60, "CDNSKEY" },   { 61, "OPENPGPKEY" }, { 62, "CSYNC" },	 { 63, "ZONEMD" },
	{ 64, "SVCB" },	     { 65, "HTTPS" },	   { 99, "SPF" },	 { 103, "UNSPEC" },
	{ 104, "NID" },	     { 105, "L32" },	   { 106, "L64" },	 { 107, "LP" },
	{ 108, "EUI48" },    { 109, "EUI64" },	   { 249, "TKEY" },	 { 250, "TSIG" },
	{ 251, "IXFR" },     { 252, "AXFR" },	   { 253, "MAILB" },	 { 254, "MAILA" },
	{ 255, "ANY" },	     { 256, "URI" },	   { 257, "CAA" },	 { 258, "AVC" },
	{ 260, "AMTRELAY" }, { 32768, "TA" },	   { 32769, "DLV" },
};

static const struct symbol classes[] = {
	{ 1, "IN" }, { 3, "CH" }, { 4, "HS" }, { 254, "NONE" }, { 255, "ANY" },
};

/* 16 is BADSIG too, but that is in TSIG records, not in messages. */
static const struct symbol rcodes[] = {
	{ 0, "NOERROR" },  { 1, "FORMERR" }, { 2, "SERVFAIL" },	 { 3, "NXDOMAIN" },
	{ 4, "NOTIMP" },   { 5, "REFUSED" }, { 6, "YXDOMAIN" },	 { 7, "YXRRSET" },
	{ 8, "NXRRSET" },  { 9, "NOTAUTH" }, { 10, "NOTZONE" },	 { 11, "DSOTYPENI" },
	{ 16, "BADVERS" }, { 17, "BADKEY" }, { 18, "BADTIME" },	 { 19, "BADMODE" },
	{ 20, "BADNAME" }, { 21, "BADALG" }, { 22, "BADTRUNC" }, { 23, "BADCOOKIE" },
};

static const struct symbol opcodes[] = {
	{ 0, "QUERY" },	 { 1, "IQUERY" }, { 2, "STATUS" },
	{ 4, "NOTIFY" }, { 5, "UPDATE" }, { 6, "DSO" },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *symbol_name(const struct symbol *table, size_t count, unsigned int number,
			       const char *prefix, char *text)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (table[middle].number == number)
			return table[middle].name;
		if (table[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	snprintf(text, DNS_SYMBOL_SIZE, "%s%u", prefix, number);
	return text;
}

const char *dns_type__name(uint16_t type, char *text)
{
	return symbol_name(types, COUNT(types), type, "TYPE", text);
}

const char *dns_class__name(uint16_t class, char *text)
{
	return symbol_name(classes, COUNT(classes), class, "CLASS", text);
}

const char *dns_rcode__name(unsigned int rcode, char *text)
{
	return symbol_name(rcodes, COUNT(rcodes), rcode, "RCODE", text);
}

const char *dns_opcode__name(unsigned int opcode, char *text)
{
	return symbol_name(opcodes, COUNT(opcodes), opcode, "OPCODE", text);
}

static int symbol_number(const struct symbol *table, size_t count, const char *name,
			 const char *prefix, uint64_t max, uint64_t *number)
{
	size_t len = strlen(prefix);

	for (size_t i = 0; i < count; i++) {
		if (!strcasecmp(table[i].name, name)) {
			*number = table[i].number;
			return 0;
		}
	}
	if (strncasecmp(name, prefix, len) || num__u64(name + len, 0, max, number))
		return -ENOENT;
	return 0;
}

int dns_type__number(const char *name, uint16_t *type)
{
	uint64_t number;
	int err = symbol_number(types, COUNT(types), name, "TYPE", UINT16_MAX, &number);

	*type = err ? 0 : number;
	return err;
}

int dns_rcode__number(const char *name, unsigned int *rcode)
{
	uint64_t number;
	int err = symbol_number(rcodes, COUNT(rcodes), name, "RCODE", 4095, &number);

	*rcode = err ? 0 : number;
	return err;
}
