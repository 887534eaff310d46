// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/msg.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "common/base/sink.h"

/* A reader of stderr that stands still holds up the first message for so long, and no more. */
#define PATIENCE_MS 1000

static const char *msg_tool = "snoopkit";
static bool msg_is_verbose;
static unsigned long long msg_dropped;

void msg__init(const char *tool, bool verbose)
{
	msg_tool = tool;
	msg_is_verbose = verbose;
}

bool msg__is_verbose(void)
{
	return msg_is_verbose;
}

static bool msg_put(struct sink *s, const char *text, size_t len)
{
	size_t taken;

	/* A failure of stderr itself cannot be reported. */
	return !sink__lines(s, text, len, &taken);
}

void msg__write(const char *text, size_t len)
{
	struct sink s;
	char line[128];
	int n;

	sink__init(&s, STDERR_FILENO, msg_dropped ? 0 : PATIENCE_MS);
	if (msg_dropped) {
		n = snprintf(line, sizeof(line), "%s: %llu messages could not be written here\n",
			     msg_tool, msg_dropped);
		if (msg_put(&s, line, n))
			msg_dropped = 0;
	}
	if (msg_dropped || !msg_put(&s, text, len))
		msg_dropped++;
}

bool msg__is_stuck(void)
{
	return msg_dropped;
}

/* One write per line, so that lines of several processes do not mix. */
static void msg_print(const char *object, const char *fmt, va_list ap)
{
	char line[1024];
	int len;

	if (object)
		len = snprintf(line, sizeof(line) - 1, "%s: %s: ", msg_tool, object);
	else
		len = snprintf(line, sizeof(line) - 1, "%s: ", msg_tool);
	if (len < (int)sizeof(line) - 1)
		vsnprintf(line + len, sizeof(line) - 1 - len, fmt, ap);
	len = strnlen(line, sizeof(line) - 2);
	line[len++] = '\n';
	msg__write(line, len);
}
void msg__error(const char *object, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	msg_print(object, fmt, ap);
	va_end(ap);
}

void msg__warn(const char *object, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	msg_print(object, fmt, ap);
	va_end(ap);
}

void msg__verbose(const char *fmt, ...)
{
	va_list ap;

	if (!msg_is_verbose)
		return;
	va_start(ap, fmt);
	msg_print(NULL, fmt, ap);
	va_end(ap);
}
