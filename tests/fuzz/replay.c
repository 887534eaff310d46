// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* A harness as a unit test: its corpus, and what comes of damaging that a little. */
#include <dirent.h>
#include <stdio.h>
#include "tests/fuzz/fuzz.h"
#include "tests/unit/random.h"
#include "tests/unit/tap.h"

#define INPUT_MAX 65536
#define DAMAGED 200

/* The bytes alone in memory of their own, so that ASan sees a step beyond them. */
static void give(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len ?: 1);

	memcpy(copy, data, len);
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

static void give_damaged(const uint8_t *data, size_t len)
{
	static uint8_t other[INPUT_MAX];
	size_t at, n = len;

	memcpy(other, data, len);
	for (uint64_t i = 1 + random_u64() % 4; i && n; i--) {
		at = random_u64() % n;
		switch (random_u64() % 5) {
		case 0:
			other[at] = random_u64();
			break;
		case 1:
			other[at] ^= 1 << random_u64() % 8;
			break;
		case 2:
			n = at;
			break;
		case 3:
			memmove(other + at, other + at + 1, n - at - 1);
			n--;
			break;
		case 4:
			memmove(other + at, other + random_u64() % n, 1);
			break;
		}
	}
	give(other, n);
}

static void replay(const char *corpus, const char *name)
{
	static uint8_t data[INPUT_MAX];
	char path[1024];
	size_t len = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", corpus, name);
	f = fopen(path, "r");
	if (f) {
		len = fread(data, 1, sizeof(data), f);
		fclose(f);
	}
	give(data, len);
	for (int i = 0; i < DAMAGED; i++)
		give_damaged(data, len);
	ok(f, "%s, and %d damaged ones", name, DAMAGED);
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	char corpus[512];
	struct dirent *e;
	DIR *dir;

	(void)argc;
	snprintf(corpus, sizeof(corpus), "tests/fuzz/corpus/%s", slash ? slash + 1 : argv[0]);
	dir = opendir(corpus);
	ok(dir, "a corpus");
	while (dir && (e = readdir(dir)))
		if (*e->d_name != '.' && !strstr(e->d_name, ".txt"))
			replay(corpus, e->d_name);
	if (dir)
		closedir(dir);
	give((const uint8_t *)"", 0);
	ok(tap_state.done > 3, "more than nothing");
	return done_testing();
}
