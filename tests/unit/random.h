/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Random numbers that are the same in every run: xorshift64* (Marsaglia, Vigna). */
#ifndef SNOOPKIT_TESTS_RANDOM_H
#define SNOOPKIT_TESTS_RANDOM_H

#include <stdint.h>

static uint64_t random_state = 0x9e3779b97f4a7c15ULL;

static inline uint64_t random_u64(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return random_state * 0x2545f4914f6cdd1dULL;
}

/* All magnitudes alike. */
static inline uint64_t random_log(void)
{
	return random_u64() >> (random_u64() & 63);
}

#endif
