// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/pattern_dfa.h"

#include <stdlib.h>
#include <string.h>

/* Splits classes in two by whether their bytes are in the set. */
static void classes_split(struct pattern_dfa *dfa, const struct pattern_set *set)
{
	int with[PATTERN_TEXT_END] = {}, without[PATTERN_TEXT_END] = {};

	for (int byte = 0; byte < PATTERN_TEXT_END; byte++)
		(pattern_set__has(set, byte) ? with : without)[dfa->class_of[byte]]++;
	for (int class = 0, n = dfa->nclasses; class < n; class ++) {
		if (!with[class] || !without[class])
			continue;
		for (int byte = 0; byte < PATTERN_TEXT_END; byte++)
			if (dfa->class_of[byte] == class && pattern_set__has(set, byte))
				dfa->class_of[byte] = dfa->nclasses;
		dfa->nclasses++;
	}
}

static void classes_find(struct pattern_dfa *dfa, const struct pattern *p)
{
	struct pattern_set word = {};

	dfa->nclasses = 1;
	for (int byte = 0; byte < PATTERN_TEXT_END; byte++)
		if (pattern_is_word(byte))
			pattern_set__add(&word, byte);
	classes_split(dfa, &word);
	for (int i = 0; i < p->nsets && dfa->nclasses < PATTERN_TEXT_END; i++)
		classes_split(dfa, &p->sets[i]);
	dfa->nclasses++;
	while (1 << dfa->shift < dfa->nclasses)
		dfa->shift++;
}

static void dfa_forget(struct pattern_dfa *dfa)
{
	/* The begin of the text has no places. */
	dfa->nstates = PATTERN_STATE_BEGIN + 1;
	dfa->nplaces = 0;
	memset(dfa->bucket, 0, sizeof(dfa->bucket));
	memset(dfa->next, 0, dfa->nstates * (sizeof(dfa->next[0]) << dfa->shift));
}

struct pattern_dfa *pattern_dfa__new(const struct pattern *p)
{
	struct pattern_dfa *dfa = malloc(sizeof(*dfa));

	if (!dfa)
		return NULL;
	memset(dfa, 0, offsetof(struct pattern_dfa, found));
	dfa->nwords = p->length / 64 + 1;
	classes_find(dfa, p);
	dfa->next = malloc(PATTERN_STATES_MAX * (sizeof(dfa->next[0]) << dfa->shift));
	if (!dfa->next) {
		free(dfa);
		return NULL;
	}
	dfa_forget(dfa);
	return dfa;
}

void pattern_dfa__free(struct pattern_dfa *dfa)
{
	if (dfa)
		free(dfa->next);
	free(dfa);
}

struct pattern_state pattern_dfa__state(struct pattern_dfa *dfa, int state)
{
	const struct pattern_kept *k = &dfa->kept[state];

	return (struct pattern_state){ dfa->places + k->first, k->count,
				       state == PATTERN_STATE_BEGIN, k->word };
}

void pattern_dfa__clear(struct pattern_dfa *dfa)
{
	memset(dfa->bits, 0, dfa->nwords * sizeof(dfa->bits[0]));
}

static void found_list(struct pattern_dfa *dfa)
{
	dfa->nfound = 0;
	for (int i = 0; i < dfa->nwords; i++)
		for (uint64_t word = dfa->bits[i]; word; word &= word - 1)
			dfa->found[dfa->nfound++] = i * 64 + __builtin_ctzll(word);
}

static uint32_t found_hash(const struct pattern_dfa *dfa, bool word)
{
	uint32_t hash = word;

	for (int i = 0; i < dfa->nfound; i++)
		hash = (hash ^ dfa->found[i]) * 0x9e3779b1U;
	return (hash ^ hash >> 16) % PATTERN_STATES_MAX;
}

static bool is_found(const struct pattern_dfa *dfa, int state, bool word)
{
	const struct pattern_kept *k = &dfa->kept[state];

	return k->word == word && k->count == dfa->nfound &&
	       !memcmp(dfa->places + k->first, dfa->found, k->count * sizeof(int));
}

int pattern_dfa__add(struct pattern_dfa *dfa, bool word)
{
	uint32_t hash;
	int state;

	found_list(dfa);
	hash = found_hash(dfa, word);
	for (state = dfa->bucket[hash]; state; state = dfa->chain[state])
		if (is_found(dfa, state, word))
			return state;
	if (dfa->nstates == PATTERN_STATES_MAX || dfa->nplaces + dfa->nfound > PATTERN_PLACES_MAX) {
		dfa_forget(dfa);
		dfa->forgotten++;
	}
	state = dfa->nstates++;
	dfa->kept[state] = (struct pattern_kept){ dfa->nplaces, dfa->nfound, word };
	memcpy(dfa->places + dfa->nplaces, dfa->found, dfa->nfound * sizeof(int));
	dfa->nplaces += dfa->nfound;
	dfa->chain[state] = dfa->bucket[hash];
	dfa->bucket[hash] = state;
	memset(dfa->next + (state << dfa->shift), 0, sizeof(dfa->next[0]) << dfa->shift);
	return state;
}

size_t pattern_dfa__run(const struct pattern_dfa *dfa, int *state, const uint8_t *bytes, size_t len)
{
	const uint16_t *next = dfa->next;
	int shift = dfa->shift, at = *state;
	size_t i;

	for (i = 0; i < len; i++) {
		int to = next[at << shift | dfa->class_of[bytes[i]]];

		if (to < PATTERN_STATE_BEGIN)
			break;
		at = to;
	}
	*state = at;
	return i;
}
