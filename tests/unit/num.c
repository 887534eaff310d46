// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/num.h"

#include <errno.h>
#include "tests/unit/random.h"
#include "tests/unit/tap.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define KEPT 0x5a5a5a5a5a5a5a5aULL
#define S 1000000000ULL

typedef int (*num_fn)(const char *s, uint64_t min, uint64_t max, uint64_t *value);

static void gives(num_fn fn, const char *s, uint64_t want)
{
	uint64_t v = KEPT;

	is_int(fn(s, 0, UINT64_MAX, &v), 0, "'%s'", s);
	is_u64(v, want, "... value");
}

static void fails(num_fn fn, const char *s, int want)
{
	uint64_t v = KEPT;

	is_int(fn(s, 0, UINT64_MAX, &v), want, "'%s' is refused", s);
	is_u64(v, KEPT, "... and leaves the value alone");
}

/* No number of any kind. */
static const char *const garbage[] = {
	"",	     "abc",   "-1",    "+1",  " 1",	      "1 ",  "\t1", "1\n", "1,5", "0x10",
	"1e3",	     "1_000", "1'000", "--1", "1-",	      "-",   "+",   ".",   ".5",  "5.",
	"1..2",	     "1.2.3", "nan",   "inf", "\xef\xbc\x91", /* fullwidth 1 */
	"\xd9\xa1",					      /* Arabic-Indic 1 */
	"1\xc2\xa0", "\xb2",  "1/2",   "1:2", "()",	      "1K1", "1 K", "K",   "s",	  "ms",
	"1iB",	     "1xB",   "1KK",   "1BB", "1sec ",	      "1 s", "1ss", "0b1", "0o7", "%d",
	"*",
};

static void test_garbage(void)
{
	static const num_fn fns[] = { num__u64, num__size, num__duration };
	unsigned int taken = 0, changed = 0;

	for (size_t i = 0; i < COUNT(garbage); i++) {
		for (size_t f = 0; f < COUNT(fns); f++) {
			uint64_t v = KEPT;

			if (fns[f](garbage[i], 0, UINT64_MAX, &v) != -EINVAL) {
				diag("'%s' by function %zu", garbage[i], f);
				taken++;
			}
			changed += v != KEPT;
		}
	}
	is_u64(taken, 0, "what is no number is refused");
	is_u64(changed, 0, "... and leaves the value alone");
}

static void test_u64(void)
{
	gives(num__u64, "0", 0);
	gives(num__u64, "42", 42);
	gives(num__u64, "007", 7);
	gives(num__u64, "00000000000000000000000000000000000001", 1);
	gives(num__u64, "18446744073709551615", UINT64_MAX);
	fails(num__u64, "18446744073709551616", -ERANGE);
	fails(num__u64, "18446744073709551620", -ERANGE);
	fails(num__u64, "99999999999999999999999999", -ERANGE);
	fails(num__u64, "1.5", -EINVAL);
	fails(num__u64, "1K", -EINVAL);
	fails(num__u64, "1s", -EINVAL);
}

static void test_range(num_fn fn, const char *unit, uint64_t factor)
{
	static const struct {
		unsigned int n;
		int want;
	} cases[] = {
		{ 0, -ERANGE }, { 4, -ERANGE }, { 5, 0 }, { 7, 0 }, { 9, 0 }, { 10, -ERANGE }
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint64_t v = KEPT;
		char text[32];

		snprintf(text, sizeof(text), "%u%s", cases[i].n, unit);
		is_int(fn(text, 5 * factor, 9 * factor, &v), cases[i].want, "%s of 5 to 9", text);
		is_u64(v, cases[i].want ? KEPT : cases[i].n * factor, "... value");
	}
}

static void test_size(void)
{
	gives(num__size, "0", 0);
	gives(num__size, "4096", 4096);
	gives(num__size, "100B", 100);
	gives(num__size, "64K", 65536);
	gives(num__size, "64k", 65536);
	gives(num__size, "64KB", 65536);
	gives(num__size, "64KiB", 65536);
	gives(num__size, "64Ki", 65536);
	gives(num__size, "8M", 8 << 20);
	gives(num__size, "3G", 3ULL << 30);
	gives(num__size, "2T", 2ULL << 40);
	gives(num__size, "16777215T", 16777215ULL << 40);
	fails(num__size, "16777216T", -ERANGE);
	fails(num__size, "18446744073709551615K", -ERANGE);
	fails(num__size, "17179869184G", -ERANGE);
	gives(num__size, "17179869183G", 17179869183ULL << 30);
	fails(num__size, "1.5M", -EINVAL);
	fails(num__size, "1P", -EINVAL);
	fails(num__size, "1Kib1", -EINVAL);
	fails(num__size, "1i", -EINVAL);
}

static void test_duration(void)
{
	gives(num__duration, "5", 5 * S);
	gives(num__duration, "0", 0);
	gives(num__duration, "0.5", S / 2);
	gives(num__duration, "1.25s", S + S / 4);
	gives(num__duration, "250ms", S / 4);
	gives(num__duration, "1.5us", 1500);
	gives(num__duration, "7ns", 7);
	gives(num__duration, "0.9ns", 0);
	gives(num__duration, "2m", 120 * S);
	gives(num__duration, "2min", 120 * S);
	gives(num__duration, "1.5h", 5400 * S);
	gives(num__duration, "0.000000001", 1);
	gives(num__duration, "0.123456789", 123456789);
	gives(num__duration, "0.1234567899999", 123456789);
	gives(num__duration, "0.00000000000000000000000000000000000000001h", 0);
	gives(num__duration, "18446744073", 18446744073 * S);
	gives(num__duration, "18446744073709551615ns", UINT64_MAX);
	gives(num__duration, "18446744073.709551615", UINT64_MAX);
	fails(num__duration, "18446744073.709551616", -ERANGE);
	fails(num__duration, "18446744074", -ERANGE);
	fails(num__duration, "5124096h", -ERANGE);
	gives(num__duration, "5124095h", 5124095ULL * 3600 * S);
	fails(num__duration, "1.ms", -EINVAL);
	fails(num__duration, "1M", -EINVAL);
	fails(num__duration, "1d", -EINVAL);
	fails(num__duration, "1.5.5s", -EINVAL);
	fails(num__duration, "1sms", -EINVAL);
}

/* Against numbers that printf() wrote and 128-bit arithmetic. */
static void test_random(void)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = { { "", S },   { "s", S },	    { "ms", 1000000 }, { "us", 1000 },
		      { "ns", 1 }, { "m", 60 * S }, { "min", 60 * S }, { "h", 3600 * S } };
	unsigned int wrong[3] = {};
	char text[64];

	for (unsigned int i = 0; i < 200000; i++) {
		uint64_t n = random_log(), v = KEPT;
		unsigned int shift = random_u64() % 5, u = random_u64() % COUNT(units);
		unsigned int frac = random_u64() % 1000000000;
		unsigned __int128 want = n;
		int err;

		snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
		wrong[0] += num__u64(text, 0, UINT64_MAX, &v) || v != n;
		if (shift)
			snprintf(text, sizeof(text), "%llu%c", (unsigned long long)n,
				 "KMGT"[shift - 1]);
		want <<= 10 * shift;
		err = num__size(text, 0, UINT64_MAX, &v);
		wrong[1] += want > UINT64_MAX ? err != -ERANGE : err || v != want;
		snprintf(text, sizeof(text), "%llu.%09u%s", (unsigned long long)n, frac,
			 units[u].name);
		want = (unsigned __int128)n * units[u].ns +
		       (unsigned __int128)frac * units[u].ns / S;
		err = num__duration(text, 0, UINT64_MAX, &v);
		wrong[2] += want > UINT64_MAX ? err != -ERANGE : err || v != want;
	}
	is_u64(wrong[0], 0, "200000 random numbers");
	is_u64(wrong[1], 0, "... sizes");
	is_u64(wrong[2], 0, "... and durations");
}

int main(void)
{
	test_garbage();
	test_u64();
	test_size();
	test_duration();
	test_range(num__u64, "", 1);
	test_range(num__size, "K", 1024);
	test_range(num__duration, "ms", 1000000);
	test_random();
	return done_testing();
}
