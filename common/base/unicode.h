/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* How a terminal shows a character, by its number. */
#ifndef SNOOPKIT_UNICODE_H
#define SNOOPKIT_UNICODE_H

#include <stdbool.h>
#include <stdint.h>

/* It would not be seen, would move the cursor, or end or turn a line. */
bool unicode__is_unsafe(uint32_t c);
/* It looks like a space. */
bool unicode__is_blank(uint32_t c);
/* It is drawn over the character before it. */
bool unicode__is_mark(uint32_t c);
/* Columns: 0 to 2. */
unsigned int unicode__width(uint32_t c);

#endif
