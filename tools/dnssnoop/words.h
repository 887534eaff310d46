/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The last column: the name in the question, the answer, and remarks. */
#ifndef DNSSNOOP_WORDS_H
#define DNSSNOOP_WORDS_H

#include "common/base/buf.h"
#include "tools/dnssnoop/ended.h"

/* Instead of what `words` had. `name`: as text; NULL: not known. */
void words__write(struct buf *words, const struct ended *e, const char *name);

/* The same of what is not DNS. */
void words__foreign(struct buf *words, const struct ended *e);

#endif
