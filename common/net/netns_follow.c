// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/net/netns_follow.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include "common/base/num.h"
#include "common/base/option.h"
#include "common/base/text.h"
#include "common/kernel/priv.h"
#include "common/net/net.h"
#include "common/net/netns.h"

/* No namespace has it. */
#define NONE UINT32_MAX
/* What no directory tells: a mount over the file, the process in another namespace. */
#define LOOK_NS (NSEC_PER_SEC / 5)
/* The file is there first, and only then the namespace: it is looked at so often at once. */
#define MADE_TRIES 40
#define MADE_GAP_US 1000
/* After so many times of these it is looked at as seldom as others. */
#define MADE_TURNS 40

static struct netns_follow {
	struct run *run;
	char path[PATH_MAX]; /* its file; "": a number, which stays the same */
	const char *given;
	int process; /* the directory of its process, or -1 */
	uint32_t *wanted;
	int epoll, inotify, timer;
	int turns; /* that it has been in the making */
} follow = { .process = -1, .epoll = -1, .inotify = -1, .timer = -1 };

/* ---- which it is ---- */

/* -EINVAL: a file that is no namespace, or not yet. */
static int follow_resolve(const struct netns_follow *f, uint32_t *netns)
{
	struct stat st;
	int err;

	priv__raise(f->run->held, true);
	if (f->process < 0)
		err = netns__resolve(f->path, netns);
	else
		err = fstatat(f->process, "ns/net", &st, 0) ? -errno : 0;
	priv__raise(f->run->held, false);
	if (!err && f->process >= 0)
		*netns = st.st_ino;
	return err;
}

static void follow_use(struct netns_follow *f, uint32_t netns)
{
	uint32_t before = *f->wanted;

	if (before == netns)
		return;
	/* Pairs with netns_wanted(). */
	__atomic_store_n(f->wanted, netns, __ATOMIC_RELAXED);
	if (netns == NONE)
		msg__warn(option__typed("netns"), "'%s' has gone: waiting for the next one",
			  text__quote(f->given));
	else
		msg__verbose("--netns '%s': %u", text__quote(f->given), netns);
}

/* Whether it is in the making. */
static bool follow_look(struct netns_follow *f)
{
	uint32_t netns;
	int err = follow_resolve(f, &netns);

	if (!err)
		follow_use(f, netns);
	/* A process takes no name along: what it was in stays. */
	else if (f->process < 0 && (err == -ENOENT || err == -EINVAL))
		follow_use(f, NONE);
	return err == -EINVAL && f->process < 0;
}

/* ---- when it changes ---- */

/* The directory, or as much of it as is there. */
static void follow_watch(struct netns_follow *f)
{
	const uint32_t what =
		IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE_SELF | IN_MOVE_SELF;
	char dir[PATH_MAX], *end;

	snprintf(dir, sizeof(dir), "%s", f->path);
	while ((end = strrchr(dir, '/'))) {
		end[end == dir] = '\0';
		if (inotify_add_watch(f->inotify, dir, what) >= 0 || end == dir)
			return;
	}
}

static void follow_drain(int fd)
{
	char events[4096];

	while (read(fd, events, sizeof(events)) > 0)
		;
}

static int follow_turn(void *ctx)
{
	struct netns_follow *f = ctx;
	bool making;

	follow_drain(f->timer);
	follow_drain(f->inotify);
	if (f->process < 0)
		follow_watch(f);
	making = follow_look(f);
	for (int i = 0; making && i < MADE_TRIES && f->turns < MADE_TURNS; i++) {
		usleep(MADE_GAP_US);
		making = follow_look(f);
	}
	f->turns = making ? f->turns + (f->turns < MADE_TURNS) : 0;
	return making && f->turns < MADE_TURNS;
}

static int follow_add(struct netns_follow *f, int fd)
{
	struct epoll_event e = { .events = EPOLLIN };

	return fd < 0 || epoll_ctl(f->epoll, EPOLL_CTL_ADD, fd, &e) ? -errno : 0;
}

int netns_follow__begin(struct run *run)
{
	const struct itimerspec each = { { 0, LOOK_NS }, { 0, LOOK_NS } };
	struct netns_follow *f = &follow;
	int err;

	if (!f->given || (!*f->path && f->process < 0))
		return 0;
	f->epoll = epoll_create1(EPOLL_CLOEXEC);
	f->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	f->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	err = f->epoll < 0 ? -errno : follow_add(f, f->timer);
	/* Without inotify (a limit of the user's) it is found a little later. */
	if (!err && f->process < 0)
		follow_add(f, f->inotify);
	if (!err && timerfd_settime(f->timer, 0, &each, NULL))
		err = -errno;
	return err ?: events__beside(run->events, f->epoll, follow_turn, f);
}

void netns_follow__end(void)
{
	int fds[] = { follow.process, follow.epoll, follow.inotify, follow.timer };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

/* ---- what is asked for ---- */

/* A number that is no name: of a process, whose directory another one's with its number is not. */
static int follow_number(struct netns_follow *f, uint64_t number, uint32_t *netns)
{
	char path[64];
	int err = netns__resolve(f->given, netns);

	if (err || number > 1 << 22)
		return err;
	snprintf(path, sizeof(path), "/proc/%llu", (unsigned long long)number);
	f->process = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	f->run->held |= PRIV_SYS_PTRACE;
	return f->process < 0 ? -errno : follow_resolve(f, netns);
}

static int follow_named(struct netns_follow *f, uint32_t *netns)
{
	int err;

	if (!strncmp(f->path, "/proc/", 6))
		f->run->held |= PRIV_SYS_PTRACE;
	err = follow_resolve(f, netns);
	if (err != -ENOENT)
		return err;
	*netns = NONE;
	msg__warn(option__typed("netns"),
		  "waiting for '%s': there is no such network namespace yet",
		  text__quote(f->given));
	return 0;
}

static int follow_first(struct netns_follow *f, uint32_t *netns)
{
	const char *name = f->given;
	uint64_t number;
	bool is_path = strchr(name, '/'), fits;

	fits = snprintf(f->path, sizeof(f->path), "%s%s", is_path ? "" : NETNS_NAMES "/", name) <
	       (int)sizeof(f->path);
	if (!is_path && !num__u64(name, 1, UINT32_MAX, &number) && access(f->path, F_OK)) {
		*f->path = '\0';
		return follow_number(f, number, netns);
	}
	if (!fits || !*name)
		return -ENOENT;
	return follow_named(f, netns);
}

int netns_follow__configure(struct run *run, const char *given, uint32_t *netns)
{
	bool *with_netns = tool__variable(run, "with_netns", sizeof(*with_netns));
	struct netns_follow *f = &follow;
	int err;

	*netns = 0;
	f->wanted = tool__variable(run, "filter_netns", sizeof(*f->wanted));
	if (!given || !with_netns || !f->wanted)
		return 0;
	f->run = run;
	f->given = given;
	err = follow_first(f, netns);
	if (err)
		return net_filter__no_netns(given, err) ? TOOL_TOLD(TOOL_USAGE) : 0;
	*with_netns = true;
	*f->wanted = *netns;
	if (*netns == NONE)
		*netns = 0;
	return 0;
}
