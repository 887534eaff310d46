/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Numbers of the DNS by their names (IANA's registries "DNS Parameters"), and back. */
#ifndef SNOOPKIT_DNS_SYMBOL_H
#define SNOOPKIT_DNS_SYMBOL_H

#include <stdint.h>

#define DNS_TYPE_OPT 41
#define DNS_SYMBOL_SIZE 16

/* Into `text`, DNS_SYMBOL_SIZE; without a name "TYPE65280", "CLASS9", "RCODE12", "OPCODE3". */
const char *dns_type__name(uint16_t type, char *text);
const char *dns_class__name(uint16_t class, char *text);
const char *dns_rcode__name(unsigned int rcode, char *text);
const char *dns_opcode__name(unsigned int opcode, char *text);

/* By name, whatever its case, or "TYPE65280". -ENOENT. */
int dns_type__number(const char *name, uint16_t *type);
/* -ENOENT. */
int dns_rcode__number(const char *name, unsigned int *rcode);

#endif
