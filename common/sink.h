/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * A file, pipe or terminal that output goes to. A reader that stands still may hold up the tool for
 * ever, but not its end.
 */
#ifndef SNOOPKIT_SINK_H
#define SNOOPKIT_SINK_H

#include <stdbool.h>
#include <stddef.h>

struct sink {
	int fd;
	int stop_fd;   /* readable: the user wants it to end, so do not wait for a reader; or -1 */
	bool stopping; /* that was so */
};

/* All of it; goes on after signals. 0 or -errno. -ETIMEDOUT: the user wants it to end. */
int sink__write(struct sink *s, const void *data, size_t len);

#endif
