// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * All places in the pattern where the text read so far may be are followed at once. Which these are
 * is a state; where a byte leads to from it is found once and kept, as long as there is room.
 */
#include "common/base/pattern.h"

#include <stdlib.h>
#include <string.h>
#include "common/base/pattern_code.h"
#include "common/base/pattern_dfa.h"

/* Of an instruction that is followed. */
#define FOLLOW_UNITS 10

void pattern__free(struct pattern *p)
{
	if (p)
		pattern_dfa__free(p->dfa);
	free(p);
}

static bool place_fits(enum pattern_op op, bool begin, bool before, int next)
{
	bool after = pattern_is_word(next);

	switch (op) {
	case PATTERN_BEGIN:
		return begin;
	case PATTERN_END:
		return next == PATTERN_TEXT_END;
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

/* Marks of earlier rounds are none. */
static void round_begin(struct pattern *p)
{
	if (++p->round)
		return;
	memset(p->mark, 0, sizeof(p->mark));
	p->round = 1;
}

/*
 * From the instruction on top of the stack without a byte, or by the byte `next`, behind which it
 * goes on. True: to the end, so it matches.
 */
static bool follow(struct pattern *p, int *depth, const struct pattern_state *from, int next)
{
	int i = p->stack[--*depth];
	const struct pattern_insn *insn = &p->code[i];

	switch (insn->op) {
	case PATTERN_MATCH:
		return true;
	case PATTERN_SET:
		if (next != PATTERN_TEXT_END && pattern_set__has(&p->sets[insn->a], next))
			pattern_dfa__find(p->dfa, i + 1);
		break;
	case PATTERN_FORK:
		stack_push(p, depth, i + insn->b);
		stack_push(p, depth, i + insn->a);
		break;
	case PATTERN_GOTO:
		stack_push(p, depth, i + insn->a);
		break;
	default:
		if (place_fits(insn->op, from->begin, from->word, next))
			stack_push(p, depth, i + 1);
	}
	return false;
}

/* All that comes of a state by `next`, a byte or the text's end; what it costs is taken. */
static bool step(struct pattern *p, const struct pattern_state *from, int next, uint64_t *allowance)
{
	uint64_t steps = 1;
	bool matches = false;
	int depth = 0;

	pattern_dfa__clear(p->dfa);
	round_begin(p);
	/* What begins here, and what has come here before. */
	stack_push(p, &depth, 0);
	for (int n = 0; n < from->count; n++)
		stack_push(p, &depth, from->places[n]);
	for (; depth && !matches; steps++)
		matches = follow(p, &depth, from, next);
	steps *= FOLLOW_UNITS;
	*allowance -= *allowance < steps ? *allowance : steps;
	return matches;
}

/* Where it goes on behind `next`, which is noted unless there was no room but for that. */
static int next_state(struct pattern *p, int state, int next, uint64_t *allowance)
{
	struct pattern_dfa *dfa = p->dfa;
	struct pattern_state from = pattern_dfa__state(dfa, state);
	unsigned int forgotten = dfa->forgotten;
	int to = PATTERN_STATE_NO;

	if (step(p, &from, next, allowance))
		to = PATTERN_STATE_YES;
	else if (next != PATTERN_TEXT_END)
		to = pattern_dfa__add(dfa, pattern_is_word(next));
	if (dfa->forgotten == forgotten)
		*pattern_dfa__next(dfa, state, next) = to;
	return to;
}

enum pattern_found pattern__search(struct pattern *p, const void *text, size_t len,
				   uint64_t *allowance)
{
	const uint8_t *bytes = text;
	int state = PATTERN_STATE_BEGIN;
	size_t i = 0;

	if (!p->dfa)
		p->dfa = pattern_dfa__new(p);
	while (p->dfa && *allowance) {
		size_t left = len - i;
		size_t run = pattern_dfa__run(p->dfa, &state, bytes + i,
					      left < *allowance ? left : *allowance);
		int next, to;

		i += run;
		*allowance -= run;
		next = i < len ? bytes[i] : PATTERN_TEXT_END;
		to = *pattern_dfa__next(p->dfa, state, next) ?:
							       next_state(p, state, next, allowance);
		if (to == PATTERN_STATE_YES)
			return PATTERN_YES;
		if (to == PATTERN_STATE_NO)
			return PATTERN_NO;
		state = to;
		i++;
	}
	return PATTERN_GAVE_UP;
}
