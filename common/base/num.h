/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Numbers from the command line: whole strings only, no sign, no blanks, with their
 * unit and range. All return 0, -EINVAL (not such a number) or -ERANGE.
 */
#ifndef SNOOPKIT_NUM_H
#define SNOOPKIT_NUM_H

#include <stdint.h>

int num__u64(const char *s, uint64_t min, uint64_t max, uint64_t *value);
/* 4096, 64K, 8M, 1G (powers of 1024; an i and a B may follow). Value in bytes. */
int num__size(const char *s, uint64_t min, uint64_t max, uint64_t *bytes);
/* 5, 0.5, 250ms, 10s, 2m, 1h; without a unit seconds. Value in ns. */
int num__duration(const char *s, uint64_t min, uint64_t max, uint64_t *ns);
/* The same; without a unit in that of `bare_ns`. */
int num__duration_in(const char *s, uint64_t bare_ns, uint64_t min, uint64_t max, uint64_t *ns);

#endif
