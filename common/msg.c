// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/msg.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *msg_tool = "snoopkit";
static bool msg_is_verbose;

void msg__init(const char *tool, bool verbose)
{
	msg_tool = tool;
	msg_is_verbose = verbose;
}

bool msg__is_verbose(void)
{
	return msg_is_verbose;
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
	/* There is nobody left to tell when stderr itself fails. */
	if (write(STDERR_FILENO, line, len) < 0)
		return;
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
