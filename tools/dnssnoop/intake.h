/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What becomes of a message that has come: the beginning or the end of a lookup. */
#ifndef DNSSNOOP_INTAKE_H
#define DNSSNOOP_INTAKE_H

#include "tools/dnssnoop/arrival.h"

/* A tcp_message_fn of a struct arrival. 0 or -ENOMEM. */
int intake__message(void *arrival, const uint8_t *data, size_t len);
/* A query; `q`: NULL if what it asks is hidden. 0 or -ENOMEM. */
int intake__begin(struct arrival *a, const struct question *q);

#endif
