// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Lone events, aimed at the moment when the reader of a ring buffer falls asleep: 50 ms after it
 * has shown something. Whether an event came before or behind that moment shows by how soon it is
 * seen.
 *
 * wake TRIES <FIFO: the tool's rows come by its standard input; prints "TRIES LOST SLOWEST-MS". An
 * event is an exec that fails, with many arguments.
 */
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MS 1000000ULL
#define RELOOK_NS (50 * MS)
#define PATIENCE_NS (700 * MS)
/* Also on an emulated processor none takes as long. */
#define LOST_NS (400 * MS)

static char *arguments[300];

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static void event(void)
{
	execv("/nowhere/wake", arguments);
}

/* How long until something is shown. */
static uint64_t shown_after(void)
{
	static char rows[1 << 16];
	struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };
	uint64_t begin = now_ns();

	if (poll(&fd, 1, PATIENCE_NS / MS) <= 0)
		return PATIENCE_NS;
	if (read(STDIN_FILENO, rows, sizeof(rows)) <= 0)
		exit(1);
	return now_ns() - begin;
}

static void wait_until(uint64_t at_ns)
{
	struct timespec ts = { at_ns / 1000000000, at_ns % 1000000000 };

	ts.tv_nsec -= ts.tv_nsec > 1000000 ? 1000000 : 0;
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
	while (now_ns() < at_ns)
		;
}

int main(int argc, char **argv)
{
	uint64_t slowest = 0;
	int tries = argc > 1 ? atoi(argv[1]) : 100, lost = 0;

	arguments[0] = "wake";
	for (int i = 1; i < 299; i++)
		arguments[i] = "an-argument-of-some-length-that-fills-the-record";
	for (int i = 0; i < tries; i++) {
		int64_t offset_ns = rand() % 200000 - 50000;
		uint64_t took;

		event();
		if (shown_after() >= PATIENCE_NS)
			return 1;
		wait_until(now_ns() + RELOOK_NS + offset_ns);
		event();
		took = shown_after();
		slowest = took > slowest ? took : slowest;
		lost += took >= LOST_NS;
		if (took == PATIENCE_NS) {
			event();
			shown_after();
		}
	}
	printf("%d %d %llu\n", tries, lost, (unsigned long long)(slowest / MS));
	return 0;
}
