/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What harnesses share: libFuzzer's entry, and values taken from the front of the input. */
#ifndef SNOOPKIT_TESTS_FUZZ_H
#define SNOOPKIT_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Stops where the sanitizers do. */
static inline void must(bool held)
{
	if (!held)
		abort();
}

struct fuzz_input {
	const uint8_t *at;
	size_t left;
};

/* At most so many bytes. */
static inline const uint8_t *fuzz_bytes(struct fuzz_input *in, size_t *len)
{
	const uint8_t *at = in->at;

	if (*len > in->left)
		*len = in->left;
	in->at += *len;
	in->left -= *len;
	return at;
}

/* Zeros behind the end. */
static inline uint32_t fuzz_u8(struct fuzz_input *in)
{
	size_t len = 1;
	const uint8_t *p = fuzz_bytes(in, &len);

	return len ? *p : 0;
}

static inline uint32_t fuzz_u16(struct fuzz_input *in)
{
	uint32_t low = fuzz_u8(in);

	return low | fuzz_u8(in) << 8;
}

#endif
