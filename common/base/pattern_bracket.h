/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Escapes and brackets of a pattern. */
#ifndef SNOOPKIT_PATTERN_BRACKET_H
#define SNOOPKIT_PATTERN_BRACKET_H

#include "common/base/pattern_parser.h"

/* The byte that is meant by what stands behind a backslash. */
int pattern_parser__escaped(struct pattern_parser *s);
/* Behind the bracket that opens it. */
void pattern_parser__brackets(struct pattern_parser *s, bool inverted);

#endif
