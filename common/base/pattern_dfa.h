/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Where each byte leads to from a state of a pattern, as far as that has been asked. At most 1.4
 * MB; when it is full all is forgotten, and learnt anew.
 */
#ifndef SNOOPKIT_PATTERN_DFA_H
#define SNOOPKIT_PATTERN_DFA_H

#include "common/base/pattern_code.h"

/* Instead of a byte. */
#define PATTERN_TEXT_END 256

#define PATTERN_STATES_MAX 1024
/* Of all states together. */
#define PATTERN_PLACES_MAX (8 * PATTERN_MAX)

enum pattern_state_number {
	PATTERN_STATE_UNKNOWN, /* not asked yet */
	PATTERN_STATE_YES,
	PATTERN_STATE_NO,
	PATTERN_STATE_BEGIN, /* of the text; the others follow */
};

struct pattern_state {
	const int *places; /* instructions, in their order */
	int count;
	bool begin; /* of the text */
	bool word;  /* the byte before it is one of a word */
};

struct pattern_kept {
	int first, count; /* of the places */
	bool word;
};

struct pattern_dfa {
	int nclasses;			    /* that of the text's end is the last one */
	uint8_t class_of[PATTERN_TEXT_END]; /* bytes that no pattern tells apart */
	int shift;			    /* as many classes have room in a row */
	uint16_t *next;			    /* by state, by class */
	struct pattern_kept kept[PATTERN_STATES_MAX];
	uint16_t chain[PATTERN_STATES_MAX], bucket[PATTERN_STATES_MAX];
	int nstates;
	unsigned int forgotten; /* how often: states have other numbers since then */
	int nplaces;
	/* What a step finds: by instruction, as bits and then in their order. */
	uint64_t bits[PATTERN_MAX / 64 + 1];
	int nwords; /* of which so many are in use */
	int nfound;
	/* From here on nothing is there that has not been written. */
	int found[PATTERN_MAX];
	int places[PATTERN_PLACES_MAX];
};

/* NULL: no memory. */
struct pattern_dfa *pattern_dfa__new(const struct pattern *p);
void pattern_dfa__free(struct pattern_dfa *dfa);
/* Nothing is found yet. */
void pattern_dfa__clear(struct pattern_dfa *dfa);
struct pattern_state pattern_dfa__state(struct pattern_dfa *dfa, int state);
/* The state of what was found, behind a byte of this kind. Others may be forgotten for it. */
int pattern_dfa__add(struct pattern_dfa *dfa, bool word);
/* As many of these bytes as lead from state to state by what is known. */
size_t pattern_dfa__run(const struct pattern_dfa *dfa, int *state, const uint8_t *bytes,
			size_t len);

static inline void pattern_dfa__find(struct pattern_dfa *dfa, int place)
{
	dfa->bits[place / 64] |= UINT64_C(1) << place % 64;
}

static inline uint16_t *pattern_dfa__next(const struct pattern_dfa *dfa, int state, int next)
{
	int class = next == PATTERN_TEXT_END ? dfa->nclasses - 1 : dfa->class_of[next];

	return &dfa->next[state << dfa->shift | class];
}

#endif
