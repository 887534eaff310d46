/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The instructions that pattern_parse.c compiles a pattern to, and that pattern.c runs. */
#ifndef SNOOPKIT_PATTERN_CODE_H
#define SNOOPKIT_PATTERN_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Instructions that an expression may become, {m,n} counted out. */
#define PATTERN_MAX 10000

enum pattern_op {
	PATTERN_SET,  /* a byte of sets[a] */
	PATTERN_FORK, /* go on at both, relative to this instruction */
	PATTERN_GOTO, /* on at a, the same */
	PATTERN_BEGIN,
	PATTERN_END,
	PATTERN_BOUNDARY, /* of a word */
	PATTERN_INSIDE,	  /* no boundary */
	PATTERN_WORD_BEGIN,
	PATTERN_WORD_END,
	PATTERN_MATCH,
};

struct pattern_insn {
	enum pattern_op op;
	int a, b;
};

struct pattern_set {
	uint32_t bits[8];
};

struct pattern {
	struct pattern_insn code[PATTERN_MAX];
	struct pattern_set sets[PATTERN_MAX];
	int length, nsets;
	int stack[PATTERN_MAX + 1];
	uint32_t mark[PATTERN_MAX], round;
	struct pattern_dfa *dfa; /* made by the first search */
};

static inline bool pattern_set__has(const struct pattern_set *s, uint8_t byte)
{
	return s->bits[byte / 32] >> byte % 32 & 1;
}

static inline void pattern_set__add(struct pattern_set *s, uint8_t byte)
{
	s->bits[byte / 32] |= UINT32_C(1) << byte % 32;
}

void pattern_set__range(struct pattern_set *set, int from, int to);
void pattern_set__invert(struct pattern_set *set);
/* Adds the other case of each letter. */
void pattern_set__fold(struct pattern_set *set);
/* Adds a class as in [:alpha:], whose name has `count` bytes. False: there is none. */
bool pattern_set__class(struct pattern_set *set, const char *name, size_t count);
/* The same of \d and the like, by its letter. */
bool pattern_set__escape(struct pattern_set *set, char c);

static inline bool pattern_is_word(int byte)
{
	return byte == '_' || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
	       (byte >= 'A' && byte <= 'Z');
}

#endif
