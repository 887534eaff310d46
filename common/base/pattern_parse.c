// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/base/pattern_code.h"

/* Groups within groups. */
#define DEPTH_MAX 100
/* Of {m,n}. */
#define REPEAT_MAX 32767
#define NO_LIMIT (-1)

struct parser {
	struct pattern *p;
	const char *at;
	const char *why; /* it has failed */
	int depth;
	bool fold; /* upper and lower case are the same */
};

static void fail(struct parser *s, const char *why)
{
	if (!s->why)
		s->why = why;
}

static void emit(struct parser *s, enum pattern_op op, int a, int b)
{
	/* The last one is for the end. */
	if (s->p->length == PATTERN_MAX - 1)
		fail(s, "it is too long");
	if (!s->why)
		s->p->code[s->p->length++] = (struct pattern_insn){ op, a, b };
}

/* Before what begins at `start`; all that is in there is relative. */
static void insert(struct parser *s, int start, enum pattern_op op, int a, int b)
{
	struct pattern_insn *code = s->p->code;
	int count = s->p->length - start;

	emit(s, op, a, b);
	if (s->why)
		return;
	memmove(&code[start + 1], &code[start], count * sizeof(*code));
	code[start] = (struct pattern_insn){ op, a, b };
}

static void emit_copy(struct parser *s, int start, int count)
{
	for (int i = 0; i < count && !s->why; i++)
		emit(s, s->p->code[start + i].op, s->p->code[start + i].a, s->p->code[start + i].b);
}

/* -- Bytes --------------------------------------------------------------------------------- */

static void emit_set(struct parser *s, struct pattern_set *set)
{
	struct pattern *p = s->p;

	if (s->fold)
		pattern_set__fold(set);
	if (p->nsets == PATTERN_MAX)
		fail(s, "it is too long");
	if (s->why)
		return;
	p->sets[p->nsets] = *set;
	emit(s, PATTERN_SET, p->nsets++, 0);
}

static void emit_byte(struct parser *s, char byte)
{
	struct pattern_set set = {};

	pattern_set__add(&set, byte);
	emit_set(s, &set);
}

static void emit_any(struct parser *s)
{
	struct pattern_set set = {};

	pattern_set__invert(&set);
	emit_set(s, &set);
}

/* -- Escapes and brackets ------------------------------------------------------------------ */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int hex_digit(char c)
{
	char lower = c | 0x20;

	return is_digit(c) ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static int parse_hex(struct parser *s)
{
	int high = hex_digit(s->at[0]), low = high < 0 ? -1 : hex_digit(s->at[1]);

	if (low < 0) {
		fail(s, "\\x needs two hexadecimal digits");
		return 0;
	}
	s->at += 2;
	return high * 16 + low;
}

/* The byte that is meant by what stands behind a backslash. */
static int parse_escaped(struct parser *s)
{
	static const char names[] = "ntrfva", bytes[] = "\n\t\r\f\v\a";
	char c = *s->at;
	const char *name;

	if (!c) {
		fail(s, "it ends with a backslash");
		return 0;
	}
	s->at++;
	name = strchr(names, c);
	if (name)
		return bytes[name - names];
	if (c == 'x')
		return parse_hex(s);
	if (is_digit(c))
		fail(s, "it refers back to a group, which is not supported");
	else if (pattern_is_word(c) && c != '_')
		fail(s, "no such escape (\\d \\w \\s \\b \\A \\Z \\n \\t \\r \\f \\v \\xHH)");
	return (uint8_t)c;
}

/* [:alpha:], behind its bracket. */
static void parse_class(struct parser *s, struct pattern_set *set)
{
	const char *end = strstr(s->at + 1, ":]");

	if (!end || !pattern_set__class(set, s->at + 1, end - s->at - 1))
		fail(s, "no such class of characters");
	else
		s->at = end + 2;
}

/* A single byte of brackets, or -1: it was a class, which is added. */
static int parse_member(struct parser *s, struct pattern_set *set)
{
	char c = *s->at++;

	if (c == '[' && *s->at == ':') {
		parse_class(s, set);
		return -1;
	}
	if (c == '[' && (*s->at == '.' || *s->at == '='))
		fail(s, "collating elements are not supported");
	if (c != '\\')
		return (uint8_t)c;
	if (!pattern_set__escape(set, *s->at))
		return parse_escaped(s);
	s->at++;
	return -1;
}

/* Behind the bracket that opens it. */
static void parse_brackets(struct parser *s, bool inverted)
{
	struct pattern_set set = {};
	const char *first;

	s->at += inverted;
	first = s->at;
	while (!s->why && (*s->at != ']' || s->at == first)) {
		int from = *s->at ? parse_member(s, &set) : 0, to;

		if (!from) {
			fail(s, "a bracket [ is not closed");
			return;
		}
		to = from;
		if (from >= 0 && s->at[0] == '-' && s->at[1] && s->at[1] != ']') {
			s->at++;
			to = parse_member(s, &set);
			if (to < from)
				fail(s, "a range of characters ends before it begins");
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
	emit_set(s, &set);
}

/* -- Expressions --------------------------------------------------------------------------- */

static void parse_alternatives(struct parser *s);

/* Behind (?: what kind of group that is. */
static void parse_group_kind(struct parser *s)
{
	const char *name = s->at + 2;

	if (*s->at == ':') {
		s->at++;
		return;
	}
	if (s->at[0] != 'P' || s->at[1] != '<') {
		fail(s,
		     "only (?:...), (?P<name>...) and (?i) at the beginning are supported of (?...)");
		return;
	}
	while (pattern_is_word((uint8_t)*name))
		name++;
	if (*name != '>')
		fail(s, "a group's name is not closed");
	else
		s->at = name + 1;
}

static void parse_group(struct parser *s)
{
	if (++s->depth > DEPTH_MAX)
		fail(s, "too many nested groups");
	if (*s->at == '?') {
		s->at++;
		parse_group_kind(s);
	}
	if (!s->why)
		parse_alternatives(s);
	s->depth--;
	if (*s->at != ')')
		fail(s, "a parenthesis ( is not closed");
	else
		s->at++;
}

static void parse_backslash(struct parser *s)
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
		emit(s, places[i].op, 0, 0);
		return;
	}
	if (pattern_set__escape(&set, *s->at)) {
		s->at++;
		emit_set(s, &set);
		return;
	}
	emit_byte(s, parse_escaped(s));
}

/* A character of several bytes is one, for what is behind it. */
static void parse_character(struct parser *s)
{
	do
		emit_byte(s, *s->at++);
	while ((*s->at & 0xc0) == 0x80 && s->at[-1] & 0x80);
}

static void parse_atom(struct parser *s)
{
	switch (*s->at) {
	case '*':
	case '+':
	case '?':
		fail(s, "nothing stands before *, + or ?");
		return;
	case '(':
		s->at++;
		parse_group(s);
		return;
	case '[':
		s->at++;
		parse_brackets(s, *s->at == '^');
		return;
	case '.':
		s->at++;
		emit_any(s);
		return;
	case '^':
	case '$':
		emit(s, *s->at++ == '^' ? PATTERN_BEGIN : PATTERN_END, 0, 0);
		return;
	case '\\':
		s->at++;
		parse_backslash(s);
		return;
	default:
		parse_character(s);
	}
}

/* Once more and at most `limit` times what is at `start`, which is there once. */
static void repeat(struct parser *s, int start, int least, int limit)
{
	int count = s->p->length - start, last = start;

	if (!count)
		return;
	for (int i = 1; i < (limit == NO_LIMIT ? least : limit) && !s->why; i++) {
		last = s->p->length;
		emit_copy(s, start, count);
		if (i >= least)
			insert(s, last, PATTERN_FORK, 1, count + 1);
	}
	if (limit == NO_LIMIT && !s->why)
		emit(s, PATTERN_FORK, last - s->p->length, 1);
	/* The first one may be left out, and all with it. */
	if (!least)
		insert(s, start, PATTERN_FORK, 1, s->p->length - start + 1);
	if (!limit && !s->why)
		s->p->length = start;
}

static bool parse_number(const char **at, int *value)
{
	if (!is_digit(**at))
		return false;
	for (*value = 0; is_digit(**at); (*at)++)
		*value = *value > REPEAT_MAX ? *value : *value * 10 + **at - '0';
	return true;
}

/* {m}, {m,}, {,n}, {m,n}, {,}. False: it is none of them, and so stands for itself. */
static bool parse_interval(struct parser *s, int *least, int *limit)
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
			*limit = NO_LIMIT;
	}
	if (!any || *at != '}')
		return false;
	s->at = at + 1;
	if (*least > REPEAT_MAX || *limit > REPEAT_MAX)
		fail(s, "a repetition is above 32767 times");
	else if (*limit != NO_LIMIT && *limit < *least)
		fail(s, "a repetition's maximum is below its minimum");
	return true;
}

/* How often, if that is said here. */
static bool parse_repetition(struct parser *s, int *least, int *limit)
{
	char c = *s->at;

	if (c == '{')
		return parse_interval(s, least, limit);
	if (c != '*' && c != '+' && c != '?')
		return false;
	s->at++;
	*least = c == '+';
	*limit = c == '?' ? 1 : NO_LIMIT;
	return true;
}

static void parse_sequence(struct parser *s)
{
	while (!s->why && *s->at && *s->at != '|' && *s->at != ')') {
		int start = s->p->length, least, limit;

		parse_atom(s);
		while (!s->why && parse_repetition(s, &least, &limit))
			repeat(s, start, least, limit);
	}
}

static void parse_alternatives(struct parser *s)
{
	int start = s->p->length, ends = 0, at;

	parse_sequence(s);
	while (!s->why && *s->at == '|') {
		s->at++;
		insert(s, start, PATTERN_FORK, 1, s->p->length - start + 2);
		/* The last one's number, until all know where the end is. */
		emit(s, PATTERN_GOTO, ends, 0);
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

static struct pattern *parse_end(struct parser *s, const char **why)
{
	if (s->why) {
		*why = s->why;
		free(s->p);
		return NULL;
	}
	s->p->code[s->p->length++] = (struct pattern_insn){ .op = PATTERN_MATCH };
	return s->p;
}

struct pattern *pattern__regex(const char *text, const char **why)
{
	struct parser s = { .p = calloc(1, sizeof(*s.p)), .at = text };

	*why = "no memory";
	if (!s.p)
		return NULL;
	if (!strncmp(text, "(?i)", 4)) {
		s.fold = true;
		s.at += 4;
	}
	parse_alternatives(&s);
	if (*s.at == ')')
		fail(&s, "a parenthesis ) was not opened");
	return parse_end(&s, why);
}

static void glob_parse(struct parser *s)
{
	char c = *s->at++;
	int start = s->p->length;

	if (c == '?' || c == '*')
		emit_any(s);
	else if (c == '[' && strchr(s->at + (*s->at != '\0'), ']'))
		parse_brackets(s, *s->at == '!' || *s->at == '^');
	else
		emit_byte(s, c == '\\' && *s->at ? *s->at++ : c);
	if (c == '*')
		repeat(s, start, 0, NO_LIMIT);
}

struct pattern *pattern__glob(const char *text, const char **why)
{
	struct parser s = { .p = calloc(1, sizeof(*s.p)), .at = text };

	*why = "no memory";
	if (!s.p)
		return NULL;
	emit(&s, PATTERN_BEGIN, 0, 0);
	while (*s.at && !s.why)
		glob_parse(&s);
	emit(&s, PATTERN_END, 0, 0);
	return parse_end(&s, why);
}
