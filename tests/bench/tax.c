// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What a system call takes that does next to nothing. Prints the ns of one: the least and the
 * median of many batches.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define BATCHES 4000
#define CALLS 500

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * UINT64_C(1000000000) + t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	static uint64_t ns[BATCHES];

	for (int i = 0; i < BATCHES; i++) {
		uint64_t start = now_ns();

		for (int j = 0; j < CALLS; j++)
			syscall(SYS_getppid);
		ns[i] = now_ns() - start;
	}
	qsort(ns, BATCHES, sizeof(ns[0]), by_value);
	printf("%.1f %.1f\n", (double)ns[0] / CALLS, (double)ns[BATCHES / 2] / CALLS);
	return 0;
}
