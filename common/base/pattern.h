/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Patterns for hostile bytes: what a match costs is bounded by the pattern's length times the
 * text's, and the memory by the pattern's alone. (regexec() keeps what it has learnt of each text,
 * without a limit, and with back-references its time has none.)
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

struct pattern;

/* NULL: `why` describes the error. */
struct pattern *pattern__regex(const char *text, const char **why);
struct pattern *pattern__glob(const char *text, const char **why);
void pattern__free(struct pattern *p);
bool pattern__matches(struct pattern *p, const void *text, size_t len);

#endif
