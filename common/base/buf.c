// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf__free(struct buf *b)
{
	if (!b)
		return;
	free(b->data);
	memset(b, 0, sizeof(*b));
}

static int buf_reserve(struct buf *b, size_t more)
{
	size_t size = b->size ?: 4096;
	char *data;

	if (b->err)
		return b->err;
	if (b->size - b->len >= more)
		return 0;
	/* Doubling would never get there. */
	if (more > SIZE_MAX / 2 - b->len)
		return b->err = -ENOMEM;
	while (size - b->len < more)
		size *= 2;
	data = realloc(b->data, size);
	if (!data)
		return b->err = -ENOMEM;
	b->data = data;
	b->size = size;
	return 0;
}

void buf__add(struct buf *b, const void *data, size_t len)
{
	if (!len || buf_reserve(b, len))
		return;
	memcpy(b->data + b->len, data, len);
	b->len += len;
}

void buf__str(struct buf *b, const char *s)
{
	buf__add(b, s, strlen(s));
}

void buf__char(struct buf *b, char c)
{
	buf__add(b, &c, 1);
}

void buf__fill(struct buf *b, char c, size_t n)
{
	if (!n || buf_reserve(b, n))
		return;
	memset(b->data + b->len, c, n);
	b->len += n;
}

void buf__printf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	int len;

	va_start(ap, fmt);
	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, ap);
	if (len > 0 && !buf_reserve(b, len + 1)) {
		vsnprintf(b->data + b->len, len + 1, fmt, again);
		b->len += len;
	}
	va_end(again);
	va_end(ap);
}
