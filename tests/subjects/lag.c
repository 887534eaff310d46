// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * How long events take until a reader has them: lag <JSON-LINES prints "EVENTS MAX-MS LATE
 * STALL-MS". LATE is how many came behind younger ones, by mono_ns. Those took their time
 * themselves, and are not in the maximum. STALL-MS is for how long the machine itself has stood
 * still, as a process saw it that only sleeps.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static unsigned long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static void sleep_on(unsigned long long *stall_ns)
{
	struct timespec step = { 0, 5000000 };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (unsigned long long last = now_ns(), now, over;; last = now) {
		nanosleep(&step, NULL);
		now = now_ns();
		over = now - last - step.tv_nsec;
		if (over > *stall_ns)
			__atomic_store_n(stall_ns, over, __ATOMIC_RELAXED);
	}
}

int main(void)
{
	unsigned long long *stall_ns = mmap(NULL, sizeof(*stall_ns), PROT_READ | PROT_WRITE,
					    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned long long events = 0, max = 0, late = 0, last = 0;
	char *line = NULL;
	size_t size = 0;
	pid_t sleeper;

	if (stall_ns == MAP_FAILED || (sleeper = fork()) < 0)
		return 1;
	if (!sleeper)
		sleep_on(stall_ns);

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
	kill(sleeper, SIGKILL);
	printf("%llu %llu %llu %llu\n", events, max / 1000000, late,
	       __atomic_load_n(stall_ns, __ATOMIC_RELAXED) / 1000000);
	return 0;
}
