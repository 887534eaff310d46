/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Paths as programs tell them: the names from a file up to the root, each ended by NUL. */
#ifndef SNOOPKIT_PATH_H
#define SNOOPKIT_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/bpf/path_wire.h"

/* Room for the path of so many bytes of names. */
#define PATH_JOIN_SIZE(len) ((len) + sizeof(".../"))

/* "/" without any names; ".../a/b" if there are more names above (`cut`). */
void path__join(char *path, const char *names, size_t len, bool cut);

/* What path__show() adds. */
#define PATH_MARKS_SIZE sizeof("(unreachable) (deleted)")

/*
 * With what is to be said of it, as the kernel does in /proc: " (deleted)" behind it,
 * "(unreachable)" before it. A real name can look like that, too.
 */
void path__show(char *text, size_t size, const char *path, uint32_t state);

#endif
