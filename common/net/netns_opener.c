// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/net/netns_opener.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common/base/num.h"
#include "common/base/table.h"
#include "common/kernel/priv.h"
#include "common/net/net_counters.h"
#include "common/net/netns.h"

/* How a namespace was found, and a second way if there is one. */
#define FILE_SIZE 300
#define WAYS 2

struct netns_opener {
	int socket;
	pid_t pid;
};

enum ask { ASK_LIST, ASK_OPEN, ASK_COUNTS, ASK_COUNTS_OF };

struct request {
	uint32_t ask; /* enum ask */
	uint32_t netns;
};

struct reply {
	struct netns_counts counts; /* of a list, which ends with netns 0 */
	uint32_t whole;		    /* bool: of its end */
};

struct found {
	uint32_t netns;
	uint32_t walk; /* that found it last */
	char file[WAYS][FILE_SIZE];
	/* What was read last. */
	uint64_t segs, failed;
	bool settled; /* nothing had been sent again between two readings */
};

/* ---- the process that opens ---- */

static struct table found = { .key_size = sizeof(uint32_t), .entry_size = sizeof(struct found) };
static uint32_t walk;
static bool walk_whole;

static struct found *found_of(uint32_t netns)
{
	return table__find(&found, &netns);
}

static struct found *found_new(uint32_t netns)
{
	struct found *f = found.count < NETNS_OPENER_MAX ? table__add(&found, &netns) : NULL;

	if (!f)
		walk_whole = false;
	return f;
}

static int found_add(uint32_t netns, const char *file, void *ctx)
{
	struct found *f = found_of(netns) ?: found_new(netns);

	(void)ctx;
	if (!f || strlen(file) >= FILE_SIZE)
		return 0;
	if (f->walk != walk)
		memset(f->file, 0, sizeof(f->file));
	f->walk = walk;
	for (int i = 0; i < WAYS && strcmp(f->file[i], file); i++) {
		if (*f->file[i])
			continue;
		strcpy(f->file[i], file);
		break;
	}
	return 0;
}

static bool found_now(const void *entry, void *ctx)
{
	(void)ctx;
	return ((const struct found *)entry)->walk == walk;
}

/* Those that have gone make room for others in the next walk. */
static int found_walk(void)
{
	int err;

	walk++;
	walk_whole = true;
	err = netns__walk(found_add, NULL);
	if (err)
		walk_whole = false;
	table__keep(&found, found_now, NULL);
	return err < 0 ? err : 0;
}

static int open_both(const char *dir, int files[NETNS_FILES])
{
	char path[FILE_SIZE + 16];

	snprintf(path, sizeof(path), "%s/snmp", dir);
	files[NETNS_SNMP] = open(path, O_RDONLY | O_CLOEXEC);
	if (files[NETNS_SNMP] < 0)
		return -errno;
	snprintf(path, sizeof(path), "%s/netstat", dir);
	files[NETNS_NETSTAT] = open(path, O_RDONLY | O_CLOEXEC);
	if (files[NETNS_NETSTAT] >= 0)
		return 0;
	close(files[NETNS_SNMP]);
	return -errno;
}

/* In the namespace itself. Who cannot leave it again must not stay. */
static int open_inside(uint32_t netns, int fd, int files[NETNS_FILES])
{
	int own = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), err;
	bool entered = false;
	struct stat st;

	if (own < 0)
		return -errno;
	if (fstat(fd, &st) || st.st_ino != netns)
		err = -ENOENT;
	else if (setns(fd, CLONE_NEWNET))
		err = -errno;
	else
		entered = true;
	if (entered)
		err = open_both("/proc/thread-self/net", files);
	if (entered && setns(own, CLONE_NEWNET))
		_exit(1);
	close(own);
	return err;
}

/* Without the privilege to enter it: as its process shows it, if that is in it still. */
static int open_beside(uint32_t netns, const char *file, int files[NETNS_FILES])
{
	char dir[FILE_SIZE];
	unsigned int pid;
	uint32_t now = 0;
	int err;

	if (sscanf(file, "/proc/%u/ns/net", &pid) != 1)
		return -EPERM;
	snprintf(dir, sizeof(dir), "/proc/%u/net", pid);
	err = open_both(dir, files);
	if (err || (!netns__of_pid(pid, &now) && now == netns))
		return err;
	close(files[NETNS_SNMP]);
	close(files[NETNS_NETSTAT]);
	return -ENOENT;
}

static int open_netns(uint32_t netns, int files[NETNS_FILES])
{
	const struct found *f = found_of(netns);
	int err = -ENOENT;

	for (int i = 0; f && i < WAYS && *f->file[i] && err; i++) {
		int fd = open(f->file[i], O_RDONLY | O_CLOEXEC | O_NONBLOCK);

		if (fd < 0) {
			err = errno == ENOENT || errno == ESRCH ? -ENOENT : -errno;
			continue;
		}
		err = open_inside(netns, fd, files);
		close(fd);
		if (err == -EPERM)
			err = open_beside(netns, f->file[i], files);
	}
	return err;
}

static bool send_reply(int to, const struct reply *reply, const int *files)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(NETNS_FILES * sizeof(int))];
	} control = {};
	struct iovec io = { (void *)reply, sizeof(*reply) };
	struct msghdr msg = { .msg_iov = &io, .msg_iovlen = 1 };

	if (files) {
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
		control.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(NETNS_FILES * sizeof(int)),
						 .cmsg_level = SOL_SOCKET,
						 .cmsg_type = SCM_RIGHTS };
		memcpy(CMSG_DATA(&control.head), files, NETNS_FILES * sizeof(int));
	}
	return sendmsg(to, &msg, MSG_NOSIGNAL) == sizeof(*reply);
}

/* The kernel adds to TCPRetransFail what it has added to RetransSegs, a little later. */
static int read_counts(struct found *f, const int files[NETNS_FILES])
{
	uint64_t before = f->segs;
	int err = net_counters__read(files[NETNS_SNMP], "Tcp", "RetransSegs", &f->segs);

	if (err)
		return err;
	if (f->settled && f->segs == before)
		return 0;
	f->settled = f->segs == before;
	err = net_counters__read(files[NETNS_NETSTAT], "TcpExt", "TCPRetransFail", &f->failed);
	/* Some years older than tracing programs; but a vendor may have taken it out. */
	return err == -ENOENT ? 0 : err;
}

static void counts_of(uint32_t netns, struct netns_counts *c)
{
	struct found *f = found_of(netns);
	int files[NETNS_FILES];

	*c = (struct netns_counts){ .netns = netns, .err = open_netns(netns, files) };
	if (c->err)
		return;
	c->err = read_counts(f, files);
	c->segs = f->segs > f->failed ? f->segs - f->failed : 0;
	for (int i = 0; i < NETNS_FILES; i++)
		close(files[i]);
}

/* Of all namespaces, with their counters or without. */
static bool answer_list(int to, bool counts)
{
	struct reply reply = {};
	int err = found_walk();

	for (size_t i = 0; i < found.count; i++) {
		const struct found *f = table__at(&found, i);

		reply.counts.netns = f->netns;
		if (counts)
			counts_of(f->netns, &reply.counts);
		if (!send_reply(to, &reply, NULL))
			return false;
	}
	reply.counts = (struct netns_counts){ .err = err };
	reply.whole = walk_whole;
	return send_reply(to, &reply, NULL);
}

static bool answer_open(int to, uint32_t netns)
{
	int files[NETNS_FILES], err = open_netns(netns, files);
	struct reply reply = { .counts = { .netns = netns, .err = err } };
	bool sent = send_reply(to, &reply, err ? NULL : files);

	for (int i = 0; !err && i < NETNS_FILES; i++)
		close(files[i]);
	return sent;
}

static bool answer_counts_of(int to, uint32_t netns)
{
	struct reply reply = {};

	counts_of(netns, &reply.counts);
	return send_reply(to, &reply, NULL);
}

static bool answer(int to, const struct request *request)
{
	switch (request->ask) {
	case ASK_OPEN:
		return answer_open(to, request->netns);
	case ASK_COUNTS_OF:
		return answer_counts_of(to, request->netns);
	default:
		return answer_list(to, request->ask == ASK_COUNTS);
	}
}

/* All that was open belongs to the tool: maps, its output. */
static void close_others(int socket)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	uint64_t fd;

	while (dir && (entry = readdir(dir)))
		if (!num__u64(entry->d_name, 0, INT32_MAX, &fd) && (int)fd != socket &&
		    (int)fd != dirfd(dir))
			close(fd);
	if (dir)
		closedir(dir);
	for (fd = 0; !dir && fd < 1024; fd++)
		if ((int)fd != socket)
			close(fd);
}

/* Ends when the tool does, however that ends. */
static void opener_run(int socket)
{
	struct request request;
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close_others(socket);
	if (priv__drop(PRIV_SYS_ADMIN | PRIV_SYS_PTRACE | PRIV_DAC_READ_SEARCH, 0))
		_exit(1);
	while (recv(socket, &request, sizeof(request), 0) == sizeof(request))
		if (!answer(socket, &request))
			break;
	_exit(0);
}

/* ---- the tool ---- */

struct netns_opener *netns_opener__new(void)
{
	struct netns_opener *o = calloc(1, sizeof(*o));
	int ends[2], err;

	if (!o)
		return NULL;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)) {
		free(o);
		return NULL;
	}
	o->socket = ends[0];
	o->pid = fork();
	err = errno;
	if (!o->pid)
		opener_run(ends[1]);
	close(ends[1]);
	if (o->pid > 0)
		return o;
	close(ends[0]);
	free(o);
	errno = err;
	return NULL;
}

/* Not what a pipe's writer gets to know. */
static int gone(int err)
{
	return err == -EPIPE || err == -ECONNRESET ? -ECHILD : err;
}

/* -ECHILD: the process is gone. */
static int ask(struct netns_opener *o, enum ask what, uint32_t netns)
{
	const struct request request = { what, netns };

	return send(o->socket, &request, sizeof(request), MSG_NOSIGNAL) < 0 ? gone(-errno) : 0;
}

static int receive(struct netns_opener *o, struct reply *reply, int files[NETNS_FILES])
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(NETNS_FILES * sizeof(int))];
	} control;
	struct iovec io = { reply, sizeof(*reply) };
	struct msghdr msg = { .msg_iov = &io,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *head;
	ssize_t n;

	do {
		n = recvmsg(o->socket, &msg, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n != sizeof(*reply))
		return n < 0 ? gone(-errno) : -ECHILD;
	head = CMSG_FIRSTHDR(&msg);
	if (!head || reply->counts.err)
		return reply->counts.err;
	if (!files || head->cmsg_len > CMSG_LEN(NETNS_FILES * sizeof(int)))
		return -EINVAL;
	memcpy(files, CMSG_DATA(head), head->cmsg_len - CMSG_LEN(0));
	return 0;
}

/* Up to the end of a list. What cannot be read is in the list, too. */
static int receive_list(struct netns_opener *o, struct netns_counts *list, size_t *count,
			bool *whole)
{
	struct reply reply;
	int err;

	*count = 0;
	for (;;) {
		reply.counts.netns = 0;
		err = receive(o, &reply, NULL);
		if (!reply.counts.netns)
			break;
		if (*count < NETNS_OPENER_MAX)
			list[(*count)++] = reply.counts;
	}
	*whole = !err && reply.whole;
	return err;
}

int netns_opener__counts(struct netns_opener *o, struct netns_counts **list, size_t *count,
			 bool *whole)
{
	*list = calloc(NETNS_OPENER_MAX, sizeof(**list));
	if (!*list)
		return -ENOMEM;
	return ask(o, ASK_COUNTS, 0) ?: receive_list(o, *list, count, whole);
}

int netns_opener__counts_of(struct netns_opener *o, uint32_t netns, struct netns_counts *counts)
{
	struct reply reply;
	int err = ask(o, ASK_COUNTS_OF, netns) ?: receive(o, &reply, NULL);

	if (!err)
		*counts = reply.counts;
	return err;
}

int netns_opener__list(struct netns_opener *o, uint32_t **list, size_t *count)
{
	struct netns_counts *found_there = calloc(NETNS_OPENER_MAX, sizeof(*found_there));
	bool whole;
	int err;

	*count = 0;
	*list = calloc(NETNS_OPENER_MAX, sizeof(**list));
	err = *list && found_there ? ask(o, ASK_LIST, 0) : -ENOMEM;
	err = err ?: receive_list(o, found_there, count, &whole);
	for (size_t i = 0; i < *count; i++)
		(*list)[i] = found_there[i].netns;
	free(found_there);
	return err;
}

int netns_opener__open(struct netns_opener *o, uint32_t netns, int files[NETNS_FILES])
{
	struct reply reply;
	int err = netns ? ask(o, ASK_OPEN, netns) : -ENOENT;

	files[NETNS_SNMP] = files[NETNS_NETSTAT] = -1;
	err = err ?: receive(o, &reply, files);
	if (err || files[NETNS_NETSTAT] >= 0)
		return err;
	/* More descriptors than this process may have. */
	if (files[NETNS_SNMP] >= 0)
		close(files[NETNS_SNMP]);
	return -EMFILE;
}

void netns_opener__free(struct netns_opener *o)
{
	if (!o)
		return;
	close(o->socket);
	while (waitpid(o->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(o);
}
