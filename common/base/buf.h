/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * A growing byte buffer. A failed allocation is remembered in `err`, so that a line is
 * built without a check per piece and tested once.
 */
#ifndef SNOOPKIT_BUF_H
#define SNOOPKIT_BUF_H

#include <stddef.h>

struct buf {
	char *data; /* owned; len bytes are valid, not NUL-terminated */
	size_t len, size;
	int err; /* 0 or -ENOMEM */
};

void buf__free(struct buf *b);
void buf__add(struct buf *b, const void *data, size_t len);
void buf__str(struct buf *b, const char *s);
void buf__char(struct buf *b, char c);
void buf__fill(struct buf *b, char c, size_t n);
void buf__printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
