/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Names of causes. */
#ifndef TCPRETRANS_CAUSE_H
#define TCPRETRANS_CAUSE_H

#include <stdint.h>

/* "fast"; NULL: there is none of that number. */
const char *cause__name(unsigned int cause);
/* A bit for each of a comma-separated list. -EINVAL after a line on stderr; NULL is all. */
int cause__mask(const char *list, uint32_t *mask);

#endif
