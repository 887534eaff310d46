/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * A file, pipe or terminal that output goes to. A reader that stands still may hold up the tool for
 * ever, but not its end: once that is wanted, all sinks together have SINK_END_MS.
 */
#ifndef SNOOPKIT_SINK_H
#define SNOOPKIT_SINK_H

#include <stdbool.h>
#include <stddef.h>

/* Once the end is wanted: how long a reader may stand still, and how long all may take. */
#define SINK_STILL_MS 2000
#define SINK_END_MS 5000

enum sink_kind { SINK_FILE, SINK_PIPE, SINK_OTHER };

struct sink {
	int fd;
	int patience_ms; /* how long its reader may stand still at any time; -1: for ever */
	enum sink_kind kind;
	bool cut; /* a line was begun that could not be ended, nor taken back */
};

void sink__init(struct sink *s, int fd, int patience_ms);

/* Readable once the user wants the tool to end; -1: there is none. */
void sink__stop_by(int fd);
/* The end is wanted, from now on. */
void sink__stop(void);

/*
 * All of it; goes on after signals. 0 or -errno. -ETIMEDOUT: the end is wanted, or patience is
 * over, and nobody reads.
 */
int sink__write(struct sink *s, const void *data, size_t len);

/*
 * The same for lines, each with its newline: *taken are whole lines. A line is not begun before
 * there is room for all of it, unless no pipe has so much; of a file it is taken back.
 */
int sink__lines(struct sink *s, const void *data, size_t len, size_t *taken);

#endif
