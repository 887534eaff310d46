/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * All that a tool waits for, in one edge-triggered epoll: records in the ring buffer,
 * interval timers on absolute times, SIGINT, SIGTERM, SIGHUP.
 *
 * While records flow the ring is looked at every 50 ms and nobody is woken; once a look
 * finds it empty, the next record wakes the reader, which sleeps without limit until then.
 */
#ifndef SNOOPKIT_EVENTS_H
#define SNOOPKIT_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct events;
struct bpf_map;

/* Handles a record of the ring. A negative result ends the wait with that error. */
struct events_reader {
	/* `data` is valid during the call only. */
	int (*record)(void *ctx, const void *data, size_t size);
	/* Before and after each look at the ring; may be NULL. */
	int (*begin)(void *ctx);
	/* `emptied`: there was no more. Returns enum events_end. */
	int (*end)(void *ctx, bool emptied);
	void *ctx;
};

enum events_end {
	EVENTS_END_SHOWN = 1, /* something was shown */
	EVENTS_END_HELD = 2,  /* something was kept for the next look, which is due soon */
};

/* What events__wait() returns, or'ed. */
enum events_what {
	EVENTS_TICK = 1,     /* an interval is over */
	EVENTS_DEADLINE = 2, /* the time set by events__deadline() has come */
	EVENTS_SIGNAL = 4,   /* the user wants it to end; a second signal kills */
	EVENTS_RECORDS = 8,  /* records were handed over */
	EVENTS_GONE = 16,    /* the reader of the output has gone */
	EVENTS_CHECK = 32,   /* the time set by events__check() has come again */
	EVENTS_REOPEN = 64,  /* SIGUSR1, after events__reopen() */
};

/* Blocks the signals from here on. NULL with errno set. */
struct events *events__new(void);
void events__free(struct events *ev);
/* `armed` is the program's ring_armed; borrowed as the ring is. 0 or -errno. */
int events__ring(struct events *ev, struct bpf_map *ring, uint32_t *armed,
		 const struct events_reader *reader);

/* Tells of EVENTS_GONE, if fd is something that can be left: a pipe, a socket, a terminal. */
void events__output(struct events *ev, int fd);
/* Ticks at start + n * interval (as clock__mono_ns()); one that was slept over is not repeated. */
int events__interval(struct events *ev, uint64_t start_ns, uint64_t interval_ns);
int events__deadline(struct events *ev, uint64_t at_ns);
/* Beside the interval; the ring is looked at, too. */
int events__check(struct events *ev, uint64_t start_ns, uint64_t interval_ns);
/*
 * Calls `turn` whenever `fd` can be read, and soon again after it has returned other than 0. The
 * ring is looked at, too. A negative result ends the wait with that error. 0 or -errno.
 */
int events__beside(struct events *ev, int fd, int (*turn)(void *ctx), void *ctx);
/* SIGUSR1 is EVENTS_REOPEN from here on, and ends nothing. 0 or -errno. */
int events__reopen(struct events *ev);

/* Waits for something to happen: events_what, or -errno. */
int events__wait(struct events *ev);
/* Hands over all that is in the ring. 0 or -errno. */
int events__drain(struct events *ev);
/* Readable once a signal has come and has not been returned by events__wait(). */
int events__signal_fd(const struct events *ev);
/* Whether the user wants it to end, within so long; takes the signal as events__wait() does. */
bool events__stopped(struct events *ev, int timeout_ms);

#endif
