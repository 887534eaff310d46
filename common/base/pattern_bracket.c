// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/pattern_bracket.h"

#include <string.h>

static int hex_digit(char c)
{
	char lower = c | 0x20;

	return pattern_is_digit(c) ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static int parse_hex(struct pattern_parser *s)
{
	int high = hex_digit(s->at[0]), low = high < 0 ? -1 : hex_digit(s->at[1]);

	if (low < 0) {
		pattern_parser__fail(s, "\\x needs two hexadecimal digits");
		return 0;
	}
	s->at += 2;
	return high * 16 + low;
}

int pattern_parser__escaped(struct pattern_parser *s)
{
	static const char names[] = "ntrfva", bytes[] = "\n\t\r\f\v\a";
	char c = *s->at;
	const char *name;

	if (!c) {
		pattern_parser__fail(s, "it ends with a backslash");
		return 0;
	}
	s->at++;
	name = strchr(names, c);
	if (name)
		return bytes[name - names];
	if (c == 'x')
		return parse_hex(s);
	if (pattern_is_digit(c))
		pattern_parser__fail(s, "it refers back to a group, which is not supported");
	else if (pattern_is_word(c) && c != '_')
		pattern_parser__fail(
			s, "no such escape (\\d \\w \\s \\b \\A \\Z \\n \\t \\r \\f \\v \\xHH)");
	return (uint8_t)c;
}

/* [:alpha:], behind its bracket. */
static void parse_class(struct pattern_parser *s, struct pattern_set *set)
{
	const char *end = strstr(s->at + 1, ":]");

	if (!end || !pattern_set__class(set, s->at + 1, end - s->at - 1))
		pattern_parser__fail(s, "no such class of characters");
	else
		s->at = end + 2;
}

/* A single byte of brackets, or -1: it was a class, which is added. */
static int parse_member(struct pattern_parser *s, struct pattern_set *set)
{
	char c = *s->at++;

	if (c == '[' && *s->at == ':') {
		parse_class(s, set);
		return -1;
	}
	if (c == '[' && (*s->at == '.' || *s->at == '='))
		pattern_parser__fail(s, "collating elements are not supported");
	if (c != '\\')
		return (uint8_t)c;
	if (!pattern_set__escape(set, *s->at))
		return pattern_parser__escaped(s);
	s->at++;
	return -1;
}

void pattern_parser__brackets(struct pattern_parser *s, bool inverted)
{
	struct pattern_set set = {};
	const char *first;

	s->at += inverted;
	first = s->at;
	while (!s->why && (*s->at != ']' || s->at == first)) {
		int from = *s->at ? parse_member(s, &set) : 0, to;

		if (!from) {
			pattern_parser__fail(s, "a bracket [ is not closed");
			return;
		}
		to = from;
		if (from >= 0 && s->at[0] == '-' && s->at[1] && s->at[1] != ']') {
			s->at++;
			to = parse_member(s, &set);
			if (to < from)
				pattern_parser__fail(s,
						     "a range of characters ends before it begins");
		}
		if (from >= 0)
			pattern_set__range(&set, from, to);
	}
	if (s->why)
		return;
	s->at++;
	if (s->fold)
		pattern_set__fold(&set);
	if (inverted)
		pattern_set__invert(&set);
	pattern_parser__set(s, &set);
}
