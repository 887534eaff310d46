// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/pattern.h"

#include <stdlib.h>
#include <string.h>
#include "common/base/pattern_code.h"

/* A place in the text, between two bytes; -1: there is none. */
struct place {
	int before, after;
};

void pattern__free(struct pattern *p)
{
	free(p);
}

static bool place_fits(enum pattern_op op, struct place at)
{
	bool before = pattern_is_word(at.before), after = pattern_is_word(at.after);

	switch (op) {
	case PATTERN_BEGIN:
		return at.before < 0;
	case PATTERN_END:
		return at.after < 0;
	case PATTERN_BOUNDARY:
		return before != after;
	case PATTERN_INSIDE:
		return before == after;
	case PATTERN_WORD_BEGIN:
		return !before && after;
	case PATTERN_WORD_END:
		return before && !after;
	default:
		return false;
	}
}

static void stack_push(struct pattern *p, int *depth, int to)
{
	if (p->mark[to] == p->round)
		return;
	p->mark[to] = p->round;
	p->stack[(*depth)++] = to;
}

/* Adds where `from` leads to without a byte. True: to the end, so it matches. */
static bool follow(struct pattern *p, int *list, int *count, int from, struct place at)
{
	int depth = 0;

	stack_push(p, &depth, from);
	while (depth) {
		int i = p->stack[--depth];
		const struct pattern_insn *insn = &p->code[i];

		switch (insn->op) {
		case PATTERN_MATCH:
			return true;
		case PATTERN_SET:
			list[(*count)++] = i;
			break;
		case PATTERN_FORK:
			stack_push(p, &depth, i + insn->b);
			stack_push(p, &depth, i + insn->a);
			break;
		case PATTERN_GOTO:
			stack_push(p, &depth, i + insn->a);
			break;
		default:
			if (place_fits(insn->op, at))
				stack_push(p, &depth, i + 1);
		}
	}
	return false;
}

/* Marks of earlier rounds are none. */
static void round_begin(struct pattern *p)
{
	if (++p->round)
		return;
	memset(p->mark, 0, sizeof(p->mark));
	p->round = 1;
}

bool pattern__matches(struct pattern *p, const void *text, size_t len)
{
	const uint8_t *bytes = text;
	int *now = p->now, *next = p->next, count = 0;
	struct place at = { -1, len ? bytes[0] : -1 };

	round_begin(p);
	for (size_t i = 0;; i++) {
		int after = 0;

		/* What has come here before, and what begins here. */
		if (follow(p, now, &count, 0, at))
			return true;
		if (i == len)
			return false;
		at = (struct place){ bytes[i], i + 1 < len ? bytes[i + 1] : -1 };
		round_begin(p);
		for (int n = 0; n < count; n++) {
			const struct pattern_insn *insn = &p->code[now[n]];

			if (pattern_set__has(&p->sets[insn->a], bytes[i]) &&
			    follow(p, next, &after, now[n] + 1, at))
				return true;
		}
		now = next;
		next = now == p->now ? p->next : p->now;
		count = after;
	}
}
