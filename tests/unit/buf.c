// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/buf.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include "tests/unit/random.h"
#include "tests/unit/tap.h"

#define BIG 3000000

static void test_growth(void)
{
	struct buf b = {};

	buf__add(&b, NULL, 0);
	buf__str(&b, "");
	buf__fill(&b, 'x', 0);
	ok(!b.len && !b.err, "nothing added, nothing there");
	buf__str(&b, "ab");
	buf__char(&b, 'c');
	buf__add(&b, "d\0e", 3);
	buf__fill(&b, '-', 3);
	buf__printf(&b, "%d|%s|", -7, "x");
	is_u64(b.len, 14, "length of all pieces");
	ok(b.len == 14 && !memcmp(b.data, "abcd\0e----7|x|", 14), "... and the bytes");
	buf__free(&b);
	ok(!b.data && !b.len && !b.size, "freed");
	buf__free(&b);
	buf__free(NULL);
	buf__str(&b, "again");
	ok(b.len == 5 && !memcmp(b.data, "again", 5), "usable after it was freed");
	buf__free(&b);
}

/* Room for the NUL that vsnprintf() writes, at the edge of what is allocated. */
static void test_printf_edge(void)
{
	unsigned int wrong = 0;

	for (size_t n = 4000; n < 4200; n++) {
		struct buf b = {};

		buf__fill(&b, 'x', n);
		buf__printf(&b, "%s", "12345678");
		wrong += b.len != n + 8 || memcmp(b.data + n, "12345678", 8);
		buf__free(&b);
	}
	is_u64(wrong, 0, "formatted at the edge of the memory");
}

static void add_random(struct buf *b, char *piece, size_t len)
{
	switch (random_u64() % 4) {
	case 0:
		buf__add(b, piece, len);
		break;
	case 1:
		piece[len] = '\0';
		buf__str(b, piece);
		break;
	case 2:
		memset(piece, 'f', len);
		buf__fill(b, 'f', len);
		break;
	case 3:
		piece[len] = '\0';
		buf__printf(b, "%s", piece);
		break;
	}
}

static void test_random(void)
{
	static char want[BIG + 10000], piece[10000];
	struct buf b = {};
	size_t len = 0;

	while (len < BIG) {
		size_t n = random_u64() % (random_u64() % 8 ? 100 : 9999);

		memset(piece, 'a' + random_u64() % 26, n);
		add_random(&b, piece, n);
		memcpy(want + len, piece, n);
		len += n;
	}
	ok(b.len == len && !memcmp(b.data, want, len) && !b.err, "pieces of all sizes, %zu bytes",
	   len);
	ok(b.size < 2 * len + 4096, "... and not much more memory than that");
	buf__free(&b);
}

/* Has ASan's malloc() fail rather than end the test. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

/* A size that nobody has stands for memory that ran out. */
static void test_no_memory(size_t size)
{
	struct buf b = {};

	buf__str(&b, "kept");
	buf__fill(&b, 'x', size);
	is_int(b.err, -ENOMEM, "no memory for %zu bytes", size);
	is_u64(b.len, 4, "... adds nothing");
	buf__str(&b, "later");
	buf__printf(&b, "%d", 1);
	buf__char(&b, 'c');
	is_u64(b.len, 4, "... nor does anything afterwards");
	buf__free(&b);
	buf__str(&b, "new");
	ok(!b.err && b.len == 3, "... until it is freed");
	buf__free(&b);
}

int main(void)
{
	test_growth();
	test_printf_edge();
	test_random();
	test_no_memory(SIZE_MAX / 8);
	test_no_memory(SIZE_MAX / 2 + 1);
	test_no_memory(SIZE_MAX);
	return done_testing();
}
