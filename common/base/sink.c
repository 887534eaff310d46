// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "common/base/clock.h"

#define NSEC_PER_MSEC 1000000
/* Room in a pipe cannot be waited for, only looked for. */
#define NAP_MS 5
#define INTERRUPT_NS (100 * NSEC_PER_MSEC)
/* The time of messages and the summary after the time of all other output is over. */
#define LAST_MS 1000

static struct {
	int stop_fd;
	bool wanted;
	uint64_t since_ns, waited_ns;
} end = { .stop_fd = -1 };

void sink__init(struct sink *s, int fd, int patience_ms)
{
	struct stat st;

	*s = (struct sink){ .fd = fd, .patience_ms = patience_ms, .kind = SINK_OTHER };
	if (!fstat(fd, &st) && S_ISREG(st.st_mode))
		s->kind = SINK_FILE;
	else if (!fstat(fd, &st) && S_ISFIFO(st.st_mode))
		s->kind = SINK_PIPE;
}

void sink__stop_by(int fd)
{
	end.stop_fd = fd;
}

void sink__stop(void)
{
	if (end.wanted)
		return;
	end.wanted = true;
	end.since_ns = clock__mono_ns();
}

/* -- Writes that block though poll() said that they would not ----------------------------- */

static void on_interrupt(int sig)
{
	(void)sig;
}

/*
 * Terminals do, and pipes that others write to as well. A timer of our own interrupts them, so
 * that the end is seen. An alarm() of who started us stays what it is.
 */
static timer_t *sink_timer(void)
{
	static timer_t timer;
	static bool tried, there;
	struct sigaction action = { .sa_handler = on_interrupt };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN };
	sigset_t set;

	if (tried)
		return there ? &timer : NULL;
	tried = true;
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	there = !sigaction(SIGRTMIN, &action, NULL) && !sigprocmask(SIG_UNBLOCK, &set, NULL) &&
		!timer_create(CLOCK_MONOTONIC, &event, &timer);
	return there ? &timer : NULL;
}

static void sink_interrupts(const struct sink *s, bool on)
{
	const struct itimerspec spec = { { 0, on ? INTERRUPT_NS : 0 },
					 { 0, on ? INTERRUPT_NS : 0 } };
	timer_t *timer = s->kind == SINK_FILE ? NULL : sink_timer();

	if (timer)
		timer_settime(*timer, 0, &spec, NULL);
}

/* -- Waiting ------------------------------------------------------------------------------ */

/* A reader, and when it last took something. */
struct wait {
	struct sink *s;
	uint64_t still_ns;
	int unread; /* in the pipe */
};

static uint64_t without(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static uint64_t sooner(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* For how long to wait, ms; -1: for ever. */
static int wait_left_ms(const struct wait *w)
{
	uint64_t now_ns = clock__mono_ns(), left_ns = UINT64_MAX, still_ns = now_ns - w->still_ns;
	uint64_t all_ns = (uint64_t)SINK_END_MS * NSEC_PER_MSEC;

	if (w->s->patience_ms >= 0) {
		left_ns = without((uint64_t)w->s->patience_ms * NSEC_PER_MSEC, still_ns);
		all_ns += (uint64_t)LAST_MS * NSEC_PER_MSEC;
	}
	if (end.wanted) {
		still_ns = sooner(still_ns, now_ns - end.since_ns);
		left_ns =
			sooner(left_ns, without((uint64_t)SINK_STILL_MS * NSEC_PER_MSEC, still_ns));
		left_ns = sooner(left_ns, without(all_ns, end.waited_ns));
	}
	return left_ns == UINT64_MAX ? -1 : (int)((left_ns + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC);
}

/* Once the end is wanted, the waits of all sinks add up. */
static int wait_poll(struct pollfd *fds, int timeout_ms)
{
	uint64_t before_ns = clock__mono_ns();
	int n = poll(fds, 2, timeout_ms), err = n < 0 ? -errno : 0;

	if (end.wanted)
		end.waited_ns += clock__mono_ns() - before_ns;
	return err ?: n;
}

/*
 * Waits until PIPE_BUF bytes can be written; with `nap` so long only, whatever can be. 1: nothing
 * can be written any more, which the next write tells.
 */
static int wait_for(struct wait *w, bool nap)
{
	for (;;) {
		struct pollfd fds[2] = {
			{ .fd = nap ? -1 : w->s->fd, .events = POLLOUT },
			{ .fd = end.wanted ? -1 : end.stop_fd, .events = POLLIN },
		};
		int left_ms = wait_left_ms(w);
		int n = wait_poll(fds, nap && left_ms ? NAP_MS : left_ms);

		if (n < 0 && n != -EINTR)
			return n;
		if (n > 0 && fds[1].revents)
			sink__stop();
		if (n > 0 && fds[0].revents)
			return !(fds[0].revents & POLLOUT) || fds[0].revents & POLLERR;
		if (!n)
			return left_ms && nap ? 0 : -ETIMEDOUT;
	}
}

/* The reader has taken something, or we were let in. */
static void wait_moved(struct wait *w)
{
	w->still_ns = clock__mono_ns();
}

/* -- Writing ------------------------------------------------------------------------------ */

static ssize_t put_once(struct wait *w, const char *p, size_t len)
{
	uint64_t before_ns = clock__mono_ns();
	ssize_t n = write(w->s->fd, p, len);
	int err = errno;

	if (n > 0)
		wait_moved(w);
	if (end.wanted && w->s->kind != SINK_FILE)
		end.waited_ns += clock__mono_ns() - before_ns;
	return n < 0 ? -err : n;
}

/* In pieces that fit where poll() says that there is room, or all of it where that is known. */
static int sink_put(struct wait *w, const char *p, size_t len, bool whole, size_t *taken)
{
	const size_t most = whole ? len : PIPE_BUF;

	*taken = 0;
	if (w->s->fd < 0)
		return -EBADF;
	while (*taken < len) {
		size_t left = len - *taken;
		ssize_t n = wait_for(w, false);

		if (n < 0)
			return n;
		n = put_once(w, p + *taken, left < most ? left : most);
		if (n > 0)
			*taken += n;
		else if (n == -EAGAIN)
			n = wait_for(w, true);
		else if (n == -EINTR && !wait_left_ms(w))
			n = -ETIMEDOUT;
		if (n < 0 && n != -EINTR)
			return n;
	}
	return 0;
}

int sink__write(struct sink *s, const void *data, size_t len)
{
	struct wait w = { .s = s, .still_ns = clock__mono_ns() };
	size_t taken;
	int err;

	sink_interrupts(s, true);
	err = sink_put(&w, data, len, s->kind == SINK_FILE, &taken);
	sink_interrupts(s, false);
	return err;
}

/* Up to and with the last newline. */
static size_t whole_lines(const char *p, size_t len)
{
	const char *newline = len ? memrchr(p, '\n', len) : NULL;

	return newline ? newline + 1 - p : 0;
}

/*
 * Bytes that a pipe takes without a wait. It has room for pages, and of two pages in a row at
 * least one is half full. 0 and `empty`: it has no more than it shows.
 */
static size_t pipe_room(struct wait *w, bool *empty)
{
	int unread = 0, size = fcntl(w->s->fd, F_GETPIPE_SZ);
	size_t page = sysconf(_SC_PAGESIZE), used;

	*empty = true;
	if (size < 0 || ioctl(w->s->fd, FIONREAD, &unread))
		return PIPE_BUF;
	if (unread < w->unread)
		wait_moved(w);
	w->unread = unread;
	*empty = !unread;
	used = unread ? 2 * (unread / page) + 2 : 0;
	return used < size / page ? (size / page - used) * page : PIPE_BUF;
}

/* How many bytes, of whole lines where that can be, are written next. */
static int next_lines(struct wait *w, const char *p, size_t len, size_t *next)
{
	const char *newline = memchr(p, '\n', len);
	size_t first = newline ? (size_t)(newline + 1 - p) : len;

	for (;;) {
		int err = wait_for(w, false);
		bool empty = true;
		size_t room = PIPE_BUF;

		if (err < 0)
			return err;
		if (w->s->kind == SINK_PIPE && !err)
			room = pipe_room(w, &empty);
		*next = whole_lines(p, len < room ? len : room);
		if (!*next && empty)
			*next = first;
		if (*next)
			return 0;
		err = wait_for(w, true);
		if (err < 0)
			return err;
	}
}

static int put_lines(struct wait *w, const char *p, size_t len, size_t *taken)
{
	while (*taken < len) {
		size_t next, done = 0;
		int err = next_lines(w, p + *taken, len - *taken, &next);

		if (err)
			return err;
		err = sink_put(w, p + *taken, next, w->s->kind == SINK_PIPE, &done);
		*taken += done;
		if (err)
			return err;
	}
	return 0;
}

/* Nobody has written behind it, so the end of the file is ours. */
static bool file_undo(const struct sink *s, size_t bytes)
{
	off_t at = lseek(s->fd, 0, SEEK_CUR);
	struct stat st;

	if (at < (off_t)bytes || fstat(s->fd, &st) || st.st_size != at)
		return false;
	at -= bytes;
	return !ftruncate(s->fd, at) && lseek(s->fd, at, SEEK_SET) == at;
}

int sink__lines(struct sink *s, const void *data, size_t len, size_t *taken)
{
	struct wait w = { .s = s, .still_ns = clock__mono_ns() };
	size_t whole;
	int err;

	*taken = 0;
	if (!len)
		return 0;
	if (s->kind == SINK_FILE) {
		err = sink_put(&w, data, len, true, taken);
	} else {
		sink_interrupts(s, true);
		err = put_lines(&w, data, len, taken);
		sink_interrupts(s, false);
	}
	if (!err)
		return 0;
	whole = whole_lines(data, *taken);
	if (*taken > whole)
		s->cut = s->kind != SINK_FILE || !file_undo(s, *taken - whole);
	*taken = whole;
	return err;
}
