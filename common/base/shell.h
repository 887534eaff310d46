/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Words as a shell reads them: what is written here can be pasted, and read back gives the same
 * bytes. At the same time it is fit for a terminal, as text.h has it.
 */
#ifndef SNOOPKIT_SHELL_H
#define SNOOPKIT_SHELL_H

#include <stdbool.h>
#include <stddef.h>
#include "common/base/buf.h"

enum shell_word {
	SHELL_ARGUMENT,
	SHELL_COMMAND, /* the first word: no assignment, no keyword */
	SHELL_QUOTED,  /* with quotes in any case */
};

/*
 * As it is, in '...', or where that would not be safe in $'...' with \n, \t, \r and three octal
 * digits (bash, zsh, ksh, busybox, POSIX 2024). `word` has no NUL in it.
 */
void shell__word(struct buf *out, const void *word, size_t len, enum shell_word kind);

#endif
