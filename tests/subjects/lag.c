// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * How long events take until a reader has them: lag <JSON-LINES prints "EVENTS MAX-MS LATE", the
 * last how many came behind younger ones, by mono_ns. Those took their time themselves, and are not
 * in the maximum.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static unsigned long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

int main(void)
{
	unsigned long long events = 0, max = 0, late = 0, last = 0;
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, stdin) > 0) {
		const char *time = strstr(line, "\"mono_ns\":");
		unsigned long long ns, lag;

		if (!time || !strstr(line, "\"type\":\"event\""))
			continue;
		ns = strtoull(time + strlen("\"mono_ns\":"), NULL, 10);
		lag = now_ns() - ns;
		events++;
		if (ns < last) {
			late++;
			continue;
		}
		last = ns;
		max = lag > max ? lag : max;
	}
	free(line);
	printf("%llu %llu %llu\n", events, max / 1000000, late);
	return 0;
}
