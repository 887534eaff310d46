// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/owner/process_number.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "common/base/msg.h"
#include "common/base/option.h"

/* include/linux/proc_ns.h: the numbers of the initial namespaces. */
#define INITIAL_PID_NS 0xeffffffcU
#define INITIAL_TIME_NS 0xeffffffaU
/* include/linux/pid_namespace.h: MAX_PID_NS_LEVEL, and the initial one. */
#define DEPTH_MAX 33
/* include/linux/sched.h */
#define PF_KTHREAD 0x200000
/* Of what is needed of /proc/PID/stat. */
#define STAT_SIZE 1024

/* Of /proc/PID/status. Numbers are those of the namespace that /proc is of. */
struct status {
	uint64_t tgid;
	uint32_t numbers[DEPTH_MAX]; /* NSpid: from that namespace down to the process's own */
	int depth;		     /* how many of these there are */
};

/* What /proc and this process are to each other. */
struct home {
	struct status self;
	uint64_t own_ns; /* 0: not known */
	bool proc;	 /* there is a /proc that shows this process */
	bool initial;	 /* that has the initial namespace's numbers */
};

static uint64_t namespace_of(const char *pid, const char *kind)
{
	char name[64];
	struct stat st;

	snprintf(name, sizeof(name), "/proc/%.16s/ns/%.16s", pid, kind);
	return stat(name, &st) ? 0 : st.st_ino;
}

static void status_numbers(struct status *s, char *text)
{
	char *at, *word = strtok_r(text, " \t\n", &at);

	for (; word && s->depth < DEPTH_MAX; word = strtok_r(NULL, " \t\n", &at))
		s->numbers[s->depth++] = strtoul(word, NULL, 10);
}

/* A field of /proc/PID/stat, behind the second one: a name in parentheses that may be anything. */
static const char *stat_field(const char *pid, int field, char text[STAT_SIZE])
{
	char name[64], *at;
	ssize_t n;
	int fd;

	snprintf(name, sizeof(name), "/proc/%.16s/stat", pid);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, STAT_SIZE - 1);
	if (fd >= 0)
		close(fd);
	text[n < 0 ? 0 : n] = '\0';
	at = strrchr(text, ')');
	for (int i = 2; at && i < field; i++)
		at = strchr(at + 1, ' ');
	return at ? at + 1 : NULL;
}

/* 0, or -errno: -ENOENT, there is no such process or thread. */
static int status_read(const char *pid, struct status *s)
{
	char name[64], line[1024];
	FILE *f;

	*s = (struct status){};
	snprintf(name, sizeof(name), "/proc/%.16s/status", pid);
	f = fopen(name, "re");
	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f)) {
		if (!strncmp(line, "Tgid:", 5))
			s->tgid = strtoul(line + 5, NULL, 10);
		else if (!strncmp(line, "NSpid:", 6))
			status_numbers(s, line + 6);
	}
	fclose(f);
	return s->tgid ? 0 : -ENOENT;
}

/*
 * Kernel threads are in the initial namespace only, where the one that makes the others is 2.
 * Another process's namespace may be hidden, but not this.
 */
static bool proc_is_initial(void)
{
	const char *flags = stat_field("2", 9, (char[STAT_SIZE]){});

	return flags && strtoul(flags, NULL, 10) & PF_KTHREAD;
}

static struct home home_find(void)
{
	struct home h = { .proc = !status_read("self", &h.self) };

	h.own_ns = h.proc ? namespace_of("self", "pid") : 0;
	if (h.proc && h.self.depth <= 1 && h.own_ns)
		h.initial = h.own_ns == INITIAL_PID_NS;
	else
		h.initial = h.proc && proc_is_initial();
	return h;
}

/* Is the process's namespace, so many levels up, this process's own? */
static bool is_of_home(const struct home *h, const char *pid, int levels)
{
	char name[64];
	struct stat st;
	int fd, up;

	snprintf(name, sizeof(name), "/proc/%.16s/ns/pid", pid);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	for (; fd >= 0 && levels > 0; levels--) {
		up = ioctl(fd, NS_GET_PARENT);
		close(fd);
		fd = up;
	}
	if (fd < 0)
		return false;
	up = fstat(fd, &st);
	close(fd);
	return !up && st.st_ino == h->own_ns;
}

/* The process that has this number in this process's own namespace, as /proc knows it, or 0. */
static uint32_t home_translate(const struct home *h, uint64_t given)
{
	int own = h->self.depth - 1;
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	uint32_t found = 0;

	while (dir && !found && (entry = readdir(dir))) {
		struct status s;

		if (entry->d_name[0] < '0' || entry->d_name[0] > '9' ||
		    status_read(entry->d_name, &s))
			continue;
		if (s.depth > own && s.numbers[own] == given &&
		    is_of_home(h, entry->d_name, s.depth - 1 - own))
			found = s.tgid;
	}
	if (dir)
		closedir(dir);
	return found;
}

static int number_none(const char *option, uint64_t given)
{
	msg__error(option__typed(option), "there is no process %llu", (unsigned long long)given);
	return -EINVAL;
}

/* By system calls alone, which say as much of numbers of this process's own namespace. */
static int number_check_plain(const char *option, uint64_t given)
{
	int fd;

	if (kill(given, 0) && errno == ESRCH)
		return number_none(option, given);
	fd = syscall(SYS_pidfd_open, (pid_t)given, 0);
	if (fd >= 0)
		close(fd);
	else if (errno == EINVAL || errno == ENOENT) {
		msg__error(option__typed(option), "%llu is a thread, not a process",
			   (unsigned long long)given);
		return -EINVAL;
	}
	return 0;
}

/* There is a process with this number in /proc: not a thread. `here`: /proc is this namespace's. */
static int number_check(const char *option, uint64_t given, bool here)
{
	struct status s;
	char name[24];

	snprintf(name, sizeof(name), "%llu", (unsigned long long)given);
	/* It may hide the processes of others (hidepid). */
	if (status_read(name, &s))
		return here ? number_check_plain(option, given) : number_none(option, given);
	if (s.tgid == given)
		return 0;
	msg__error(option__typed(option), "%llu is a thread of process %llu",
		   (unsigned long long)given, (unsigned long long)s.tgid);
	return -EINVAL;
}

/*
 * /proc is the initial namespace's, and this process is in another one: `unshare --pid`, say. Its
 * user may have the number from a shell, which is in that namespace, too, or from /proc.
 */
static int number_of_two(const char *option, const struct home *h, uint64_t given, uint32_t *pid)
{
	uint32_t here = home_translate(h, given);
	struct status s;
	char name[24];

	snprintf(name, sizeof(name), "%llu", (unsigned long long)given);
	if (!here || here == given || status_read(name, &s)) {
		*pid = here ?: given;
		return here ? 0 : number_check(option, given, false);
	}
	msg__error(option__typed(option),
		   "%llu is process %u in this PID namespace, and another process in that of /proc "
		   "(give %u, or mount /proc anew)",
		   (unsigned long long)given, here, here);
	return -EINVAL;
}

static int number_resolve(const char *option, uint64_t given, uint32_t *pid)
{
	const struct home h = home_find();

	*pid = given;
	if (!h.proc) {
		msg__verbose("%s: without /proc nobody knows what PID namespace this is",
			     option__typed(option));
		return number_check_plain(option, given);
	}
	if (!h.initial) {
		msg__error(
			option__typed(option),
			"the numbers of this PID namespace mean nothing to the kernel's programs (run "
			"the tool in the host's PID namespace: docker run --pid=host, hostPID: true)");
		return -EINVAL;
	}
	return h.self.depth > 1 ? number_of_two(option, &h, given, pid) :
				  number_check(option, given, true);
}

static uint64_t started_of(uint32_t pid)
{
	uint64_t ns = namespace_of("self", "time");
	char name[24], text[STAT_SIZE];
	const char *started;

	/* It is told by the clock of a time namespace. */
	if (ns && ns != INITIAL_TIME_NS)
		return 0;
	snprintf(name, sizeof(name), "%u", pid);
	started = stat_field(name, 22, text);
	return started ? strtoull(started, NULL, 10) : 0;
}

/*
 * It takes a number of this process's own namespace, as the given one is, or there is none of that
 * number: number_of_two() would have refused it.
 */
static int fd_of(uint64_t given)
{
	int fd = syscall(SYS_pidfd_open, (pid_t)given, 0);

	if (fd >= 0)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}

int process_number__find(const char *option, uint64_t given, struct process_number *n)
{
	int err = number_resolve(option, given, &n->pid);

	n->fd = -1;
	n->started = 0;
	if (err)
		return err;
	n->fd = fd_of(given);
	n->started = started_of(n->pid);
	if (n->pid != given)
		msg__verbose("%s: %llu is process %u of the initial PID namespace",
			     option__typed(option), (unsigned long long)given, n->pid);
	return 0;
}

bool process_number__has_ended(const struct process_number *n)
{
	struct pollfd p = { .fd = n->fd, .events = POLLIN };

	return n->fd >= 0 && poll(&p, 1, 0) == 1 && p.revents & POLLIN;
}

void process_number__close(struct process_number *n)
{
	if (n->fd >= 0)
		close(n->fd);
	n->fd = -1;
}
