/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The kernel's counters. */
#ifndef SUBJECT_TCP_COUNTER_H
#define SUBJECT_TCP_COUNTER_H

/* From here on do_counted() counts. */
void counters_begin(void);
void do_counted(void);

#endif
