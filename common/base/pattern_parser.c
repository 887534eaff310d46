// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/pattern_parser.h"

#include <stdlib.h>
#include <string.h>

void pattern_parser__fail(struct pattern_parser *s, const char *why)
{
	if (!s->why)
		s->why = why;
}

void pattern_parser__emit(struct pattern_parser *s, enum pattern_op op, int a, int b)
{
	/* The last one is for the end. */
	if (s->p->length == PATTERN_MAX - 1)
		pattern_parser__fail(s, "it is too long");
	if (!s->why)
		s->p->code[s->p->length++] = (struct pattern_insn){ op, a, b };
}

void pattern_parser__insert(struct pattern_parser *s, int start, enum pattern_op op, int a, int b)
{
	struct pattern_insn *code = s->p->code;
	int count = s->p->length - start;

	pattern_parser__emit(s, op, a, b);
	if (s->why)
		return;
	memmove(&code[start + 1], &code[start], count * sizeof(*code));
	code[start] = (struct pattern_insn){ op, a, b };
}

static void emit_copy(struct pattern_parser *s, int start, int count)
{
	for (int i = 0; i < count && !s->why; i++)
		pattern_parser__emit(s, s->p->code[start + i].op, s->p->code[start + i].a,
				     s->p->code[start + i].b);
}

void pattern_parser__set(struct pattern_parser *s, struct pattern_set *set)
{
	struct pattern *p = s->p;

	if (s->fold)
		pattern_set__fold(set);
	if (p->nsets == PATTERN_MAX)
		pattern_parser__fail(s, "it is too long");
	if (s->why)
		return;
	p->sets[p->nsets] = *set;
	pattern_parser__emit(s, PATTERN_SET, p->nsets++, 0);
}

void pattern_parser__byte(struct pattern_parser *s, char byte)
{
	struct pattern_set set = {};

	pattern_set__add(&set, byte);
	pattern_parser__set(s, &set);
}

void pattern_parser__any(struct pattern_parser *s)
{
	struct pattern_set set = {};

	pattern_set__invert(&set);
	pattern_parser__set(s, &set);
}

void pattern_parser__repeat(struct pattern_parser *s, int start, int least, int limit)
{
	int count = s->p->length - start, last = start;

	if (!count)
		return;
	for (int i = 1; i < (limit == PATTERN_NO_LIMIT ? least : limit) && !s->why; i++) {
		last = s->p->length;
		emit_copy(s, start, count);
		if (i >= least)
			pattern_parser__insert(s, last, PATTERN_FORK, 1, count + 1);
	}
	if (limit == PATTERN_NO_LIMIT && !s->why)
		pattern_parser__emit(s, PATTERN_FORK, last - s->p->length, 1);
	/* The first one may be left out, and all with it. */
	if (!least)
		pattern_parser__insert(s, start, PATTERN_FORK, 1, s->p->length - start + 1);
	if (!limit && !s->why)
		s->p->length = start;
}

struct pattern *pattern_parser__end(struct pattern_parser *s, const char **why)
{
	if (s->why) {
		*why = s->why;
		free(s->p);
		return NULL;
	}
	s->p->code[s->p->length++] = (struct pattern_insn){ .op = PATTERN_MATCH };
	return s->p;
}
