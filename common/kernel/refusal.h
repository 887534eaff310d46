/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Why the kernel refuses something: what it lacks, what it forbids, or what there is not enough of.
 */
#ifndef SNOOPKIT_REFUSAL_H
#define SNOOPKIT_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>

/* Whether it is a limit or a shortage of now, and says nothing about the kernel. `err`: -errno. */
bool refusal__is_shortage(int err);
/* The error in words, with the limit that was reached and how to raise it. Valid until the next. */
const char *refusal__text(int err);
/*
 * One line on stderr of what was refused, and before it what libbpf said where that helps. Returns
 * the tool's exit code.
 */
int refusal__tell(const char *what, int err);
/* The soft limit of open files becomes the hard one: there is no select() here that it is for. */
void refusal__raise_limits(void);
/* Whether so many descriptors can be had: 0 or -errno. */
int refusal__need_files(size_t count);

#endif
