/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The instructions of a pattern while it is being read; pattern_parse.c and pattern_bracket.c read.
 */
#ifndef SNOOPKIT_PATTERN_PARSER_H
#define SNOOPKIT_PATTERN_PARSER_H

#include "common/base/pattern_code.h"

#define PATTERN_NO_LIMIT (-1)

struct pattern_parser {
	struct pattern *p;
	const char *at;
	const char *why; /* it has failed */
	int depth;
	bool fold; /* upper and lower case are the same */
};

static inline bool pattern_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The first reason is the one that is told. */
void pattern_parser__fail(struct pattern_parser *s, const char *why);
void pattern_parser__emit(struct pattern_parser *s, enum pattern_op op, int a, int b);
/* Before what begins at `start`; all that is in there is relative. */
void pattern_parser__insert(struct pattern_parser *s, int start, enum pattern_op op, int a, int b);
/* A byte of the set, which is folded; that byte; any byte. */
void pattern_parser__set(struct pattern_parser *s, struct pattern_set *set);
void pattern_parser__byte(struct pattern_parser *s, char byte);
void pattern_parser__any(struct pattern_parser *s);
/* Once more and at most `limit` times what is at `start`, which is there once. */
void pattern_parser__repeat(struct pattern_parser *s, int start, int least, int limit);
/* The pattern, or NULL and why. */
struct pattern *pattern_parser__end(struct pattern_parser *s, const char **why);

#endif
