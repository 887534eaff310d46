/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Reasons that a cause does not tell: of an answer that was not heard, of a failed attempt. */
#ifndef TCPRETRANS_REASON_H
#define TCPRETRANS_REASON_H

#include <stddef.h>
#include <stdint.h>

/* The parts of an event's key beside its cause. */
struct reason_of {
	uint8_t cause, reason, attempt, pad; /* as in struct retrans_record */
	int32_t error;
};

/* In JSON: "accept_queue"; NULL: there is none. */
const char *reason__name(const struct reason_of *r);
/* "EBUSY", "NET_XMIT_DROP"; of other numbers the text, which is in `text`. */
const char *reason__errno(int32_t error, char *text, size_t size);
/* In a table, with what to look at; NULL: there is none. */
const char *reason__text(const struct reason_of *r, char *text, size_t size);

#endif
