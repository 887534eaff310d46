// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/clock.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "tests/unit/random.h"
#include "tests/unit/tap.h"

#define SHAPE "dddd-dd-ddTdd:dd:dd.dddddddddZ"

static bool has_shape(const char *s, const char *shape)
{
	if (strlen(s) != strlen(shape))
		return false;
	for (; *s; s++, shape++)
		if (*shape == 'd' ? !isdigit((unsigned char)*s) : *s != *shape)
			return false;
	return true;
}

/* Days since 1970-01-01, counted out (a reference that is not the C library's). */
static uint64_t days_before(unsigned int year, unsigned int month)
{
	static const unsigned int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	uint64_t days = 0;

	for (unsigned int y = 1970; y < year; y++)
		days += 365 + (y % 4 == 0 && (y % 100 || y % 400 == 0));
	for (unsigned int m = 1; m < month; m++)
		days += lengths[m - 1] +
			(m == 2 && year % 4 == 0 && (year % 100 || year % 400 == 0));
	return days;
}

/* ns since 1970 of what clock__rfc3339() wrote. */
static uint64_t parse(const char *s)
{
	unsigned int year, month, day, hour, min, sec, ns;

	if (sscanf(s, "%u-%u-%uT%u:%u:%u.%uZ", &year, &month, &day, &hour, &min, &sec, &ns) != 7)
		return 0;
	return ((((days_before(year, month) + day - 1) * 24 + hour) * 60 + min) * 60 + sec) *
		       NSEC_PER_SEC +
	       ns;
}

static uint64_t now_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a < b ? b - a : a - b;
}

/*
 * Each conversion measures the clocks' distance anew, and may be interrupted while it does. So one
 * in a hundred may be off by more than that.
 */
#define TOLERANCE_NS 10000000ULL
#define IS_RARE(n, of) ((n)*100 <= (of))

static void test_mono(void)
{
	uint64_t before = now_ns(CLOCK_MONOTONIC), got = clock__mono_ns();
	uint64_t after = now_ns(CLOCK_MONOTONIC), last = got;
	unsigned int backward = 0;

	ok(before <= got && got <= after, "the monotonic clock is CLOCK_MONOTONIC in ns");
	for (unsigned int i = 0; i < 100000; i++) {
		uint64_t now = clock__mono_ns();

		backward += now < last;
		last = now;
	}
	is_u64(backward, 0, "... and never goes back");
}

static void test_rfc3339(void)
{
	uint64_t mono = clock__mono_ns(), real = now_ns(CLOCK_REALTIME);
	unsigned int shape = 0, far = 0;
	char text[32];

	for (unsigned int i = 0; i < 20000; i++) {
		/* Up to a year to either side, where leap days and ends of months are. */
		int64_t shift = random_u64() % (366 * 86400 * NSEC_PER_SEC);

		if (i % 2 && (uint64_t)shift < mono)
			shift = -shift;
		memset(text, 'x', sizeof(text));
		clock__rfc3339(mono + shift, text, 31);
		shape += !has_shape(text, SHAPE) || text[31] != 'x';
		far += distance(parse(text), real + shift) > TOLERANCE_NS;
	}
	is_u64(shape, 0, "RFC 3339 with nine digits and Z");
	ok(IS_RARE(far, 20000), "... names the time it is given (%u are off)", far);
	setenv("TZ", "Asia/Kathmandu", 1);
	tzset();
	clock__rfc3339(mono, text, sizeof(text));
	ok(distance(parse(text), real) < 900 * NSEC_PER_SEC, "... in UTC, whatever the zone");
}

/* Nanoseconds carry into seconds and minutes: times a ns apart stay about a ns apart. */
static void test_carry(void)
{
	uint64_t mono = clock__mono_ns();
	unsigned int shape = 0, far = 0;
	char a[32], b[32];

	clock__rfc3339(mono, a, sizeof(a));
	/* To the end of this minute and a little beyond. */
	mono += 60 * NSEC_PER_SEC - parse(a) % (60 * NSEC_PER_SEC);
	for (int64_t step = -1000; step <= 1000; step++) {
		clock__rfc3339(mono + step * 1000000, a, sizeof(a));
		clock__rfc3339(mono + step * 1000000 + 1, b, sizeof(b));
		shape += !has_shape(a, SHAPE) || !has_shape(b, SHAPE);
		far += distance(parse(a), parse(b)) > TOLERANCE_NS;
	}
	is_u64(shape, 0, "the end of a minute keeps the shape");
	ok(IS_RARE(far, 2001), "... and nanoseconds carry (%u are off)", far);
}

static void test_local(const char *zone, int64_t offset_s)
{
	uint64_t mono = clock__mono_ns(), real = now_ns(CLOCK_REALTIME);
	unsigned int shape = 0, far = 0, h, m, s;
	char text[16];

	setenv("TZ", zone, 1);
	tzset();
	for (unsigned int i = 0; i < 2000; i++) {
		uint64_t shift = random_u64() % (86400 * NSEC_PER_SEC), want, got;

		memset(text, 'x', sizeof(text));
		clock__local_time(mono + shift, text, 9);
		shape += !has_shape(text, "dd:dd:dd") || text[9] != 'x';
		want = ((real + shift) / NSEC_PER_SEC + offset_s) % 86400;
		got = sscanf(text, "%u:%u:%u", &h, &m, &s) == 3 ? h * 3600 + m * 60 + s : 1000000;
		far += distance(got, want) > 1 && distance(got, want) != 86399;
	}
	is_u64(shape, 0, "local time in %s has its shape", zone);
	is_u64(far, 0, "... and is right");
	clock__local_time(mono, text, 4);
	is_str(text, "", "... or empty, if it does not fit");
}

int main(void)
{
	test_mono();
	test_rfc3339();
	test_carry();
	test_local("UTC0", 0);
	test_local("XXX-05:45", 5 * 3600 + 45 * 60);
	test_local("YYY8", -8 * 3600);
	return done_testing();
}
