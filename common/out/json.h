/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * JSON (RFC 8259) into a buffer. Strings may hold any bytes: what is not UTF-8 becomes
 * U+FFFD, a byte each, so the output always parses; what text.h calls unsafe is escaped, so
 * that it may also be looked at. Keys are the tools' own literals.
 */
#ifndef SNOOPKIT_JSON_H
#define SNOOPKIT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/base/buf.h"

struct json {
	struct buf *buf; /* borrowed */
	bool comma;	 /* the next value needs one before it */
};

/* key is NULL inside an array and for the outermost value. */
void json__object(struct json *j, const char *key);
void json__object_end(struct json *j);
void json__array(struct json *j, const char *key);
void json__array_end(struct json *j);
void json__u64(struct json *j, const char *key, uint64_t v);
void json__i64(struct json *j, const char *key, int64_t v);
/* Fixed point with `digits` decimals; not finite becomes null. */
void json__real(struct json *j, const char *key, double v, int digits);
void json__bool(struct json *j, const char *key, bool v);
void json__null(struct json *j, const char *key);
void json__str(struct json *j, const char *key, const char *s);
void json__bytes(struct json *j, const char *key, const void *s, size_t len);
/* The bytes as hexadecimal digits. */
void json__hex(struct json *j, const char *key, const void *bytes, size_t len);
/*
 * What somebody else has called something: json__str(), and where that is not UTF-8 a second
 * member, `key`_hex, which has the bytes.
 */
void json__text(struct json *j, const char *key, const char *s);

#endif
