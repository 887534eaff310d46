// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/stream/events.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include "common/base/clock.h"
#include "common/stream/ring.h"

#define RELOOK_MS 50
/* Signals and timers get their turn after so many records, however fast more come. */
#define RECORDS_A_TURN 16384

enum events_source {
	SOURCE_RING,
	SOURCE_SIGNAL,
	SOURCE_INTERVAL,
	SOURCE_DEADLINE,
	SOURCE_CHECK,
	SOURCE_REOPEN,
	SOURCE_OUTPUT,
	SOURCE_BESIDE,
};

#define BESIDE_MAX 2

struct events_turn {
	int (*fn)(void *ctx);
	void *ctx;
};

struct events {
	int epoll, signal, interval, deadline, check, reopen;
	struct ring *ring;
	uint32_t *armed;
	struct events_reader reader;
	int records; /* of this turn */
	bool more;   /* the turn ended before the ring was empty */
	bool flowing, stopped;
	struct events_turn beside[BESIDE_MAX];
	bool beside_due;
	sigset_t stop, before;
};

static int events_watch(struct events *ev, int fd, enum events_source source)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLET, .data.u32 = source };

	return epoll_ctl(ev->epoll, EPOLL_CTL_ADD, fd, &e) ? -errno : 0;
}

/*
 * SIGINT is taken even where a shell started us with it ignored (`tool &` in a script that
 * later says `kill -INT`); SIGHUP is not, because nohup asks for that.
 */
static int events_signals(struct events *ev)
{
	struct sigaction hup;

	sigemptyset(&ev->stop);
	sigaddset(&ev->stop, SIGINT);
	sigaddset(&ev->stop, SIGTERM);
	if (!sigaction(SIGHUP, NULL, &hup) && hup.sa_handler != SIG_IGN)
		sigaddset(&ev->stop, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &ev->stop, &ev->before))
		return -errno;
	ev->signal = signalfd(-1, &ev->stop, SFD_NONBLOCK | SFD_CLOEXEC);
	return ev->signal < 0 ? -errno : events_watch(ev, ev->signal, SOURCE_SIGNAL);
}

static int events_timer(struct events *ev, int *fd, enum events_source source)
{
	*fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	return *fd < 0 ? -errno : events_watch(ev, *fd, source);
}

struct events *events__new(void)
{
	struct events *ev = calloc(1, sizeof(*ev));
	int err = 0;

	if (!ev)
		return NULL;
	ev->signal = ev->interval = ev->deadline = ev->check = ev->reopen = -1;
	ev->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (ev->epoll < 0)
		err = -errno;
	err = err ?: events_signals(ev);
	err = err ?: events_timer(ev, &ev->interval, SOURCE_INTERVAL);
	err = err ?: events_timer(ev, &ev->deadline, SOURCE_DEADLINE);
	err = err ?: events_timer(ev, &ev->check, SOURCE_CHECK);
	if (!err)
		return ev;
	events__free(ev);
	errno = -err;
	return NULL;
}

static void events_close(int fd)
{
	if (fd >= 0)
		close(fd);
}

void events__free(struct events *ev)
{
	if (!ev)
		return;
	ring__free(ev->ring);
	events_close(ev->reopen);
	events_close(ev->check);
	events_close(ev->deadline);
	events_close(ev->interval);
	events_close(ev->signal);
	events_close(ev->epoll);
	free(ev);
}

static int events_record(void *ctx, const void *data, size_t size)
{
	struct events *ev = ctx;
	int err = ev->reader.record(ev->reader.ctx, data, size);

	if (err < 0)
		return err;
	if (++ev->records < RECORDS_A_TURN)
		return 0;
	ev->more = true;
	return -EAGAIN;
}

int events__ring(struct events *ev, struct bpf_map *ring, uint32_t *armed,
		 const struct events_reader *reader)
{
	ev->armed = armed;
	ev->reader = *reader;
	ev->ring = ring__new(bpf_map__fd(ring), bpf_map__max_entries(ring), events_record, ev);
	if (!ev->ring)
		return -errno;
	ev->flowing = ev->more = true; /* the first look, at once, arms it */
	return events_watch(ev, bpf_map__fd(ring), SOURCE_RING);
}

void events__output(struct events *ev, int fd)
{
	struct epoll_event e = { .events = EPOLLET, .data.u32 = SOURCE_OUTPUT };

	/* Refused for files: they do not go away. */
	epoll_ctl(ev->epoll, EPOLL_CTL_ADD, fd, &e);
}

int events__beside(struct events *ev, int fd, int (*turn)(void *ctx), void *ctx)
{
	size_t i = 0;

	while (i < BESIDE_MAX && ev->beside[i].fn)
		i++;
	if (i == BESIDE_MAX)
		return -ENOSPC;
	ev->beside[i] = (struct events_turn){ turn, ctx };
	ev->beside_due = true;
	return events_watch(ev, fd, SOURCE_BESIDE);
}

static int events_set(int fd, uint64_t at_ns, uint64_t interval_ns)
{
	uint64_t own_ns = clock__own_ns(at_ns);
	struct itimerspec t = {
		.it_value = { own_ns / NSEC_PER_SEC, own_ns % NSEC_PER_SEC },
		.it_interval = { interval_ns / NSEC_PER_SEC, interval_ns % NSEC_PER_SEC },
	};

	return timerfd_settime(fd, TFD_TIMER_ABSTIME, &t, NULL) ? -errno : 0;
}

int events__interval(struct events *ev, uint64_t start_ns, uint64_t interval_ns)
{
	return events_set(ev->interval, start_ns + interval_ns, interval_ns);
}

int events__deadline(struct events *ev, uint64_t at_ns)
{
	return events_set(ev->deadline, at_ns, 0);
}

int events__check(struct events *ev, uint64_t start_ns, uint64_t interval_ns)
{
	return events_set(ev->check, start_ns + interval_ns, interval_ns);
}

int events__reopen(struct events *ev)
{
	sigset_t usr1;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &usr1, NULL))
		return -errno;
	/* Blocked for good: one that comes at the end must not kill. */
	sigaddset(&ev->before, SIGUSR1);
	ev->reopen = signalfd(-1, &usr1, SFD_NONBLOCK | SFD_CLOEXEC);
	return ev->reopen < 0 ? -errno : events_watch(ev, ev->reopen, SOURCE_REOPEN);
}

/* A turn: some records, as a rule all that are there. Returns enum events_end, or -errno. */
static int events_turn(struct events *ev)
{
	const struct events_reader *r = &ev->reader;
	int n, err = r->begin ? r->begin(r->ctx) : 0;

	ev->records = 0;
	ev->more = false;
	if (err)
		return err;
	n = ring__read(ev->ring);
	if (n < 0 && !(n == -EAGAIN && ev->more))
		return n;
	if (r->end)
		return r->end(r->ctx, !ev->more);
	return ev->records ? EVENTS_END_SHOWN : 0;
}

int events__drain(struct events *ev)
{
	int err;

	if (!ev->ring)
		return 0;
	do
		err = events_turn(ev);
	while (err >= 0 && ev->more);
	return err < 0 ? err : 0;
}

/* One look at the ring. Sets `flowing` when another is due without being woken. */
static int events_look(struct events *ev)
{
	int what, again = 0;

	what = events_turn(ev);
	ev->flowing = what < 0 || ev->records > 0;
	if (!ev->flowing) {
		/*
		 * Empty: ask to be woken, and look once more for what came before it was asked.
		 * Pairs with ring_sent() (ring.bpf.h), which asks when the record is there.
		 */
		__atomic_store_n(ev->armed, 1, __ATOMIC_RELAXED);
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		again = events_turn(ev);
		ev->flowing = ev->records > 0;
	}
	if (what < 0 || again < 0)
		return what < 0 ? what : again;
	if ((what | again) & EVENTS_END_HELD)
		ev->flowing = true;
	return (what | again) & EVENTS_END_SHOWN ? EVENTS_RECORDS : 0;
}

/* The next signal of the kind ends the process at once, should its output be stuck. */
static void events_stop(struct events *ev)
{
	struct signalfd_siginfo info;

	while (read(ev->signal, &info, sizeof(info)) > 0)
		;
	ev->stopped = true;
	sigprocmask(SIG_SETMASK, &ev->before, NULL);
	for (int sig = 1; sig < NSIG; sig++)
		if (sigismember(&ev->stop, sig) == 1)
			signal(sig, SIG_DFL);
}

static bool events_take_reopen(struct events *ev)
{
	struct signalfd_siginfo info;

	return read(ev->reopen, &info, sizeof(info)) > 0;
}

static int events_take(struct events *ev, enum events_source source)
{
	uint64_t times;

	switch (source) {
	case SOURCE_SIGNAL:
		events_stop(ev);
		return EVENTS_SIGNAL;
	case SOURCE_INTERVAL:
		return read(ev->interval, &times, sizeof(times)) > 0 ? EVENTS_TICK : 0;
	case SOURCE_DEADLINE:
		return read(ev->deadline, &times, sizeof(times)) > 0 ? EVENTS_DEADLINE : 0;
	case SOURCE_CHECK:
		ev->flowing |= ev->ring != NULL;
		return read(ev->check, &times, sizeof(times)) > 0 ? EVENTS_CHECK : 0;
	case SOURCE_REOPEN:
		return events_take_reopen(ev) ? EVENTS_REOPEN : 0;
	case SOURCE_OUTPUT:
		return EVENTS_GONE;
	case SOURCE_BESIDE:
		ev->beside_due = true;
		ev->flowing |= ev->ring != NULL;
		return 0;
	case SOURCE_RING:
		ev->flowing = true;
		/*
		 * Who filled the ring has woken us without being asked. Pairs with ring_sent(),
		 * which then need not wake; events_look() says it again before the next sleep.
		 */
		__atomic_store_n(ev->armed, 0, __ATOMIC_RELAXED);
	}
	return 0;
}

static int events_timeout(const struct events *ev)
{
	if (!ev->ring || !ev->flowing)
		return ev->beside_due ? RELOOK_MS : -1;
	return ev->more ? 0 : RELOOK_MS;
}

/* All of them, whichever it is for. */
static int events_beside(struct events *ev)
{
	bool due = ev->beside_due;

	ev->beside_due = false;
	for (size_t i = 0; due && i < BESIDE_MAX && ev->beside[i].fn; i++) {
		int again = ev->beside[i].fn(ev->beside[i].ctx);

		if (again < 0)
			return again;
		ev->beside_due |= again > 0;
	}
	return 0;
}

int events__wait(struct events *ev)
{
	struct epoll_event e[8];
	int what = 0, n, err;

	while (!what) {
		n = epoll_wait(ev->epoll, e, 8, events_timeout(ev));
		if (n < 0 && errno != EINTR)
			return -errno;
		for (int i = 0; i < n; i++)
			what |= events_take(ev, e[i].data.u32);
		err = events_beside(ev);
		if (err)
			return err;
		/* Whoever writes must know of the signal first; the end reads what is in the ring.
		 */
		if (ev->flowing && !(what & EVENTS_SIGNAL)) {
			int got = events_look(ev);

			if (got < 0)
				return got;
			what |= got;
		}
	}
	return what;
}

int events__signal_fd(const struct events *ev)
{
	return ev->signal;
}

bool events__stopped(struct events *ev, int timeout_ms)
{
	struct pollfd p = { .fd = ev->signal, .events = POLLIN };

	if (!ev->stopped && poll(&p, 1, timeout_ms) > 0)
		events_stop(ev);
	return ev->stopped;
}
