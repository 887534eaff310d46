/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Patterns for hostile bytes: what a match costs is bounded by the pattern's length times the
 * text's, and by what the caller allows; the memory by the pattern's alone. (regexec() keeps what
 * it has learnt of each text, without a limit, and with back-references its time has none.)
 *
 * An expression is POSIX's extended one with what Python's have besides: \d \w \s \D \W \S, \b \B
 * \A \Z, \n \t \r \f \v \xHH, also in brackets, (?:...), (?P<name>...), (?i) at the begin; and
 * GNU's \< \>. Not there: back-references, look-around, collating elements. It matches anywhere
 * unless anchored, by bytes; `.` is any byte. A glob is a shell's, must match as a whole, and `*`
 * and `?` match `/`, too.
 */
#ifndef SNOOPKIT_PATTERN_H
#define SNOOPKIT_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pattern;

/* Whoever must not miss anything takes all but the first for a match. */
enum pattern_found {
	PATTERN_NO,
	PATTERN_YES,
	PATTERN_GAVE_UP, /* it may match: the allowance is used up */
};

/* NULL: `why` describes the error. */
struct pattern *pattern__regex(const char *text, const char **why);
struct pattern *pattern__glob(const char *text, const char **why);
void pattern__free(struct pattern *p);
/*
 * `allowance` is what it may cost, in units of about a nanosecond, and then what is left of that: a
 * byte is one, where the same has been seen before; else all places are, where the pattern may be.
 */
enum pattern_found pattern__search(struct pattern *p, const void *text, size_t len,
				   uint64_t *allowance);

#endif
