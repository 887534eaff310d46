/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Where the dns_ modules write: into the caller's memory, as far as it goes. */
#ifndef SNOOPKIT_DNS_TEXT_H
#define SNOOPKIT_DNS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dns_text {
	char *data; /* `size` bytes at least 1, always ended by NUL */
	size_t size;
	size_t len; /* that all of it would have; at least `size`: it was cut */
};

void dns_text__init(struct dns_text *t, char *data, size_t size);
/* Back to what it was when it had this length. */
void dns_text__rewind(struct dns_text *t, size_t len);
/* What would follow is cut: no need to make it. */
static inline bool dns_text__is_full(const struct dns_text *t)
{
	return t->len >= t->size;
}
void dns_text__char(struct dns_text *t, char c);
void dns_text__str(struct dns_text *t, const char *s);
void dns_text__u32(struct dns_text *t, uint32_t v);
void dns_text__hex(struct dns_text *t, const uint8_t *bytes, size_t len);
void dns_text__base64(struct dns_text *t, const uint8_t *bytes, size_t len);
/* RFC 4648's alphabet "with extended hex", in lower case and without padding, as NSEC3 has it. */
void dns_text__base32hex(struct dns_text *t, const uint8_t *bytes, size_t len);
/*
 * A byte within a name or a string: itself, with a \ before it if it is one of `special`, or as
 * RFC 1035's \DDD, if it is below `lowest` or not ASCII.
 */
void dns_text__byte(struct dns_text *t, uint8_t c, uint8_t lowest, const char *special);
/* As many as there are, printable or as \DDD, in a word. */
void dns_text__bytes(struct dns_text *t, const uint8_t *bytes, size_t len);
/* A character-string in quotes. */
void dns_text__quoted(struct dns_text *t, const uint8_t *bytes, size_t len);

#endif
