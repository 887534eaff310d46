/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
#ifndef SNOOPKIT_SIGNAL_NAME_H
#define SNOOPKIT_SIGNAL_NAME_H

#include <stddef.h>

/* "SIGKILL", or "SIG40" for a real-time signal; `size` at least 16. */
const char *signal_name(int sig, char *buf, size_t size);

#endif
