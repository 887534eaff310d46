// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include <stdlib.h>
#include <string.h>
#include "common/base/pattern.h"
#include "common/base/pattern_bracket.h"
#include "common/base/pattern_parser.h"

/* Groups within groups. */
#define DEPTH_MAX 100
/* Of {m,n}. */
#define REPEAT_MAX 32767

static void parse_alternatives(struct pattern_parser *s);

/* Behind (?: what kind of group that is. */
static void parse_group_kind(struct pattern_parser *s)
{
	const char *name = s->at + 2;

	if (*s->at == ':') {
		s->at++;
		return;
	}
	if (s->at[0] != 'P' || s->at[1] != '<') {
		pattern_parser__fail(
			s,
			"only (?:...), (?P<name>...) and (?i) at the beginning are supported of (?...)");
		return;
	}
	while (pattern_is_word((uint8_t)*name))
		name++;
	if (*name != '>')
		pattern_parser__fail(s, "a group's name is not closed");
	else
		s->at = name + 1;
}

static void parse_group(struct pattern_parser *s)
{
	if (++s->depth > DEPTH_MAX)
		pattern_parser__fail(s, "too many nested groups");
	if (*s->at == '?') {
		s->at++;
		parse_group_kind(s);
	}
	if (!s->why)
		parse_alternatives(s);
	s->depth--;
	if (*s->at != ')')
		pattern_parser__fail(s, "a parenthesis ( is not closed");
	else
		s->at++;
}

static void parse_backslash(struct pattern_parser *s)
{
	static const struct {
		char name;
		enum pattern_op op;
	} places[] = {
		{ 'b', PATTERN_BOUNDARY }, { 'B', PATTERN_INSIDE },	{ 'A', PATTERN_BEGIN },
		{ 'Z', PATTERN_END },	   { '<', PATTERN_WORD_BEGIN }, { '>', PATTERN_WORD_END },
	};
	struct pattern_set set = {};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (*s->at != places[i].name)
			continue;
		s->at++;
		pattern_parser__emit(s, places[i].op, 0, 0);
		return;
	}
	if (pattern_set__escape(&set, *s->at)) {
		s->at++;
		pattern_parser__set(s, &set);
		return;
	}
	pattern_parser__byte(s, pattern_parser__escaped(s));
}

/* A character of several bytes is one, for what is behind it. */
static void parse_character(struct pattern_parser *s)
{
	do
		pattern_parser__byte(s, *s->at++);
	while ((*s->at & 0xc0) == 0x80 && s->at[-1] & 0x80);
}

static void parse_atom(struct pattern_parser *s)
{
	switch (*s->at) {
	case '*':
	case '+':
	case '?':
		pattern_parser__fail(s, "nothing stands before *, + or ?");
		return;
	case '(':
		s->at++;
		parse_group(s);
		return;
	case '[':
		s->at++;
		pattern_parser__brackets(s, *s->at == '^');
		return;
	case '.':
		s->at++;
		pattern_parser__any(s);
		return;
	case '^':
	case '$':
		pattern_parser__emit(s, *s->at++ == '^' ? PATTERN_BEGIN : PATTERN_END, 0, 0);
		return;
	case '\\':
		s->at++;
		parse_backslash(s);
		return;
	default:
		parse_character(s);
	}
}

static bool parse_number(const char **at, int *value)
{
	if (!pattern_is_digit(**at))
		return false;
	for (*value = 0; pattern_is_digit(**at); (*at)++)
		*value = *value > REPEAT_MAX ? *value : *value * 10 + **at - '0';
	return true;
}

/* {m}, {m,}, {,n}, {m,n}, {,}. False: it is none of them, and so stands for itself. */
static bool parse_interval(struct pattern_parser *s, int *least, int *limit)
{
	const char *at = s->at + 1;
	bool any = parse_number(&at, least);

	if (!any)
		*least = 0;
	*limit = *least;
	if (*at == ',') {
		at++;
		any = true;
		if (!parse_number(&at, limit))
			*limit = PATTERN_NO_LIMIT;
	}
	if (!any || *at != '}')
		return false;
	s->at = at + 1;
	if (*least > REPEAT_MAX || *limit > REPEAT_MAX)
		pattern_parser__fail(s, "a repetition is above 32767 times");
	else if (*limit != PATTERN_NO_LIMIT && *limit < *least)
		pattern_parser__fail(s, "a repetition's maximum is below its minimum");
	return true;
}

/* How often, if that is said here. */
static bool parse_repetition(struct pattern_parser *s, int *least, int *limit)
{
	char c = *s->at;

	if (c == '{')
		return parse_interval(s, least, limit);
	if (c != '*' && c != '+' && c != '?')
		return false;
	s->at++;
	*least = c == '+';
	*limit = c == '?' ? 1 : PATTERN_NO_LIMIT;
	return true;
}

static void parse_sequence(struct pattern_parser *s)
{
	while (!s->why && *s->at && *s->at != '|' && *s->at != ')') {
		int start = s->p->length, least, limit;

		parse_atom(s);
		while (!s->why && parse_repetition(s, &least, &limit))
			pattern_parser__repeat(s, start, least, limit);
	}
}

static void parse_alternatives(struct pattern_parser *s)
{
	int start = s->p->length, ends = 0, at;

	parse_sequence(s);
	while (!s->why && *s->at == '|') {
		s->at++;
		pattern_parser__insert(s, start, PATTERN_FORK, 1, s->p->length - start + 2);
		/* The last one's number, until all know where the end is. */
		pattern_parser__emit(s, PATTERN_GOTO, ends, 0);
		ends = start = s->p->length;
		parse_sequence(s);
	}
	while (!s->why && ends) {
		at = ends - 1;
		ends = s->p->code[at].a;
		s->p->code[at].a = s->p->length - at;
	}
}

/* -- The whole ----------------------------------------------------------------------------- */

struct pattern *pattern__regex(const char *text, const char **why)
{
	struct pattern_parser s = { .p = calloc(1, sizeof(*s.p)), .at = text };

	*why = "no memory";
	if (!s.p)
		return NULL;
	if (!strncmp(text, "(?i)", 4)) {
		s.fold = true;
		s.at += 4;
	}
	parse_alternatives(&s);
	if (*s.at == ')')
		pattern_parser__fail(&s, "a parenthesis ) was not opened");
	return pattern_parser__end(&s, why);
}

static void glob_parse(struct pattern_parser *s)
{
	char c = *s->at++;
	int start = s->p->length;

	if (c == '?' || c == '*')
		pattern_parser__any(s);
	else if (c == '[' && strchr(s->at + (*s->at != '\0'), ']'))
		pattern_parser__brackets(s, *s->at == '!' || *s->at == '^');
	else
		pattern_parser__byte(s, c == '\\' && *s->at ? *s->at++ : c);
	if (c == '*')
		pattern_parser__repeat(s, start, 0, PATTERN_NO_LIMIT);
}

struct pattern *pattern__glob(const char *text, const char **why)
{
	struct pattern_parser s = { .p = calloc(1, sizeof(*s.p)), .at = text };

	*why = "no memory";
	if (!s.p)
		return NULL;
	pattern_parser__emit(&s, PATTERN_BEGIN, 0, 0);
	while (*s.at && !s.why)
		glob_parse(&s);
	pattern_parser__emit(&s, PATTERN_END, 0, 0);
	return pattern_parser__end(&s, why);
}
