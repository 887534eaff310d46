/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What a tool says about itself, on stderr, a line each: `tool: object: reason`. */
#ifndef SNOOPKIT_MSG_H
#define SNOOPKIT_MSG_H

#include <stdbool.h>
#include <stddef.h>

/* Exit codes of every tool. */
enum tool_exit {
	TOOL_OK = 0,
	TOOL_FAILED = 1,      /* at run time */
	TOOL_USAGE = 2,	      /* the command line */
	TOOL_UNSUPPORTED = 3, /* the kernel lacks a feature, or a privilege is missing */
};

void msg__init(const char *tool, bool verbose);
bool msg__is_verbose(void);

/* Text that comes from outside goes through text__quote() first. object may be NULL. */
void msg__error(const char *object, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void msg__warn(const char *object, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void msg__verbose(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Lines as they are. None waits long for a reader that stands still; what is dropped is counted. */
void msg__write(const char *text, size_t len);
/* The last one was dropped. */
bool msg__is_stuck(void);

#endif
