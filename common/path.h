/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Paths as programs tell them: the names from a file up to the root, each ended by NUL. */
#ifndef SNOOPKIT_PATH_H
#define SNOOPKIT_PATH_H

#include <stdbool.h>
#include <stddef.h>

/* Room for the path of so many bytes of names. */
#define PATH_JOIN_SIZE(len) ((len) + sizeof(".../"))

/* "/" without any names; ".../a/b" if there are more names above (`cut`). */
void path__join(char *path, const char *names, size_t len, bool cut);

#endif
