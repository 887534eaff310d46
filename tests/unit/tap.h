/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Test output in the Test Anything Protocol, as prove reads it. Every check is a numbered line,
 * returns whether it held, and if not is followed by a # line with the place and what was got.
 *
 * `fmt` and what follows name the check. A check within a loop of many thousand should count its
 * failures and be one line.
 */
#ifndef SNOOPKIT_TESTS_TAP_H
#define SNOOPKIT_TESTS_TAP_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define ok(cond, ...) tap_ok(__FILE__, __LINE__, (cond), __VA_ARGS__)
#define is_int(got, want, ...) tap_int(__FILE__, __LINE__, (got), (want), __VA_ARGS__)
#define is_u64(got, want, ...) tap_u64(__FILE__, __LINE__, (got), (want), __VA_ARGS__)
/* NULL equals NULL only. */
#define is_str(got, want, ...) tap_str(__FILE__, __LINE__, (got), (want), __VA_ARGS__)
/* `got` is at most `percent` of `want` away from it. */
#define is_near(got, want, percent, ...) \
	tap_near(__FILE__, __LINE__, (got), (want), (percent), __VA_ARGS__)
/* Takes the place of a check that cannot be made here; names the reason. */
#define skip(...) tap_skip(__VA_ARGS__)

struct tap_state {
	unsigned int done, failed;
};

static struct tap_state tap_state;

/* Prints text so that no byte of it starts a line, a directive or an escape sequence. */
static inline void tap_text(const char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '#' || c == '\\')
			printf("\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			printf("\\x%02x", c);
		else
			putchar(c);
	}
}

static inline void tap_quoted(const char *label, const char *s)
{
	printf("#   %s: %s", label, s ? "\"" : "NULL");
	tap_text(s ? s : "");
	printf("%s\n", s ? "\"" : "");
}

static inline void __attribute__((format(printf, 1, 0))) tap_format(const char *fmt, va_list ap)
{
	char text[1024];

	vsnprintf(text, sizeof(text), fmt, ap);
	tap_text(text);
}

static inline bool __attribute__((format(printf, 4, 0)))
tap_result(const char *file, int line, bool held, const char *fmt, va_list ap)
{
	if (!tap_state.done)
		setvbuf(stdout, NULL, _IOLBF, 0);
	tap_state.done++;
	printf("%s %u - ", held ? "ok" : "not ok", tap_state.done);
	tap_format(fmt, ap);
	putchar('\n');
	if (!held) {
		tap_state.failed++;
		printf("# at %s:%d\n", file, line);
	}
	return held;
}

static inline bool __attribute__((format(printf, 4, 5)))
tap_ok(const char *file, int line, bool held, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tap_result(file, line, held, fmt, ap);
	va_end(ap);
	return held;
}

static inline bool __attribute__((format(printf, 5, 6)))
tap_int(const char *file, int line, int64_t got, int64_t want, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (!tap_result(file, line, got == want, fmt, ap))
		printf("#   got: %" PRId64 "\n#  want: %" PRId64 "\n", got, want);
	va_end(ap);
	return got == want;
}

static inline bool __attribute__((format(printf, 5, 6)))
tap_u64(const char *file, int line, uint64_t got, uint64_t want, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (!tap_result(file, line, got == want, fmt, ap))
		printf("#   got: %" PRIu64 "\n#  want: %" PRIu64 "\n", got, want);
	va_end(ap);
	return got == want;
}

static inline bool __attribute__((format(printf, 5, 6)))
tap_str(const char *file, int line, const char *got, const char *want, const char *fmt, ...)
{
	bool same = got && want ? !strcmp(got, want) : got == want;
	va_list ap;

	va_start(ap, fmt);
	if (!tap_result(file, line, same, fmt, ap)) {
		tap_quoted(" got", got);
		tap_quoted("want", want);
	}
	va_end(ap);
	return same;
}

static inline bool __attribute__((format(printf, 6, 7)))
tap_near(const char *file, int line, double got, double want, double percent, const char *fmt, ...)
{
	double off = got < want ? want - got : got - want;
	bool near = off <= (want < 0 ? -want : want) * percent / 100;
	va_list ap;

	va_start(ap, fmt);
	if (!tap_result(file, line, near, fmt, ap))
		printf("#   got: %.17g\n#  want: %.17g (%g %%)\n", got, want, percent);
	va_end(ap);
	return near;
}

static inline void __attribute__((format(printf, 1, 2))) tap_skip(const char *fmt, ...)
{
	va_list ap;

	printf("ok %u # SKIP ", ++tap_state.done);
	va_start(ap, fmt);
	tap_format(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static inline void __attribute__((format(printf, 1, 2))) diag(const char *fmt, ...)
{
	va_list ap;

	printf("# ");
	va_start(ap, fmt);
	tap_format(fmt, ap);
	va_end(ap);
	putchar('\n');
}

/* Prints the plan. The exit status of the test program: a run without checks is a failure. */
static inline int done_testing(void)
{
	printf("1..%u\n", tap_state.done);
	if (tap_state.failed)
		diag("%u of %u failed", tap_state.failed, tap_state.done);
	return tap_state.failed || !tap_state.done;
}

#endif
