// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/clock.h"

#include <stdio.h>
#include <time.h>

static uint64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

uint64_t clock__mono_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

static uint64_t clock_offset_ns(void)
{
	uint64_t before = clock_ns(CLOCK_MONOTONIC);
	uint64_t real = clock_ns(CLOCK_REALTIME);
	uint64_t after = clock_ns(CLOCK_MONOTONIC);

	return real - (before + (after - before) / 2);
}

/* Measured once a second, so that records of one time have one time stamp. */
uint64_t clock__real_ns(uint64_t mono_ns)
{
	static uint64_t offset_ns, measured_ns;
	uint64_t now = clock__mono_ns();

	if (!measured_ns || now - measured_ns >= NSEC_PER_SEC) {
		offset_ns = clock_offset_ns();
		measured_ns = now;
	}
	return offset_ns + mono_ns;
}

void clock__rfc3339(uint64_t mono_ns, char *buf, size_t size)
{
	uint64_t ns = clock__real_ns(mono_ns);
	time_t sec = ns / NSEC_PER_SEC;
	struct tm tm;
	size_t len;

	gmtime_r(&sec, &tm);
	len = strftime(buf, size, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + len, size - len, ".%09uZ", (unsigned int)(ns % NSEC_PER_SEC));
}

void clock__local_time(uint64_t mono_ns, char *buf, size_t size)
{
	time_t sec = clock__real_ns(mono_ns) / NSEC_PER_SEC;
	struct tm tm;

	/* localtime() would open the zone file again for every row. */
	localtime_r(&sec, &tm);
	if (!strftime(buf, size, "%H:%M:%S", &tm))
		buf[0] = '\0';
}

uint64_t clock__jiffy_ns(void)
{
	struct timespec ts;

	/* That of the coarse clocks, whatever the timers of this machine can do. */
	clock_getres(CLOCK_MONOTONIC_COARSE, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}
