/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What libbpf says: kept, and shown only when it helps (a load that failed, --verbose). */
#ifndef SNOOPKIT_LIBBPF_LOG_H
#define SNOOPKIT_LIBBPF_LOG_H

#include <stdbool.h>

void libbpf_log__start(void);
/* Writes the warnings that were kept to stderr; with --verbose they were shown already. */
void libbpf_log__show(void);
/* Whether one of those that were kept has this text. */
bool libbpf_log__says(const char *text);

#endif
