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
#include "common/net/netns.h"
#include "common/base/num.h"
#include "common/kernel/priv.h"

/* How a namespace was found, one after the other, and a second way if there is one. */
#define FILE_SIZE 300
#define WAYS 2

struct netns_opener {
	int socket;
	pid_t pid;
};

/* 0: list the namespaces; else open the files of this namespace. */
struct request {
	uint32_t netns;
};

struct reply {
	int32_t err;
	uint32_t netns; /* of a list, which ends with 0 */
};

struct found {
	uint32_t netns;
	char file[WAYS][FILE_SIZE];
};

/* ---- the process that opens ---- */

static struct found *found;
static size_t found_count;

static struct found *found_of(uint32_t netns)
{
	for (size_t i = 0; i < found_count; i++)
		if (found[i].netns == netns)
			return &found[i];
	return NULL;
}

static int found_add(uint32_t netns, const char *file, void *ctx)
{
	struct found *f = found_of(netns);

	(void)ctx;
	if (strlen(file) >= FILE_SIZE)
		return 0;
	if (!f && found_count < NETNS_OPENER_MAX) {
		f = &found[found_count++];
		memset(f, 0, sizeof(*f));
		f->netns = netns;
	}
	for (int i = 0; f && i < WAYS; i++) {
		if (*f->file[i])
			continue;
		strcpy(f->file[i], file);
		break;
	}
	return 0;
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

static bool answer_list(int to)
{
	struct reply reply = {};

	found_count = 0;
	reply.err = netns__walk(found_add, NULL);
	for (size_t i = 0; i < found_count; i++) {
		reply.netns = found[i].netns;
		if (!send_reply(to, &reply, NULL))
			return false;
	}
	reply.netns = 0;
	return send_reply(to, &reply, NULL);
}

static bool answer_open(int to, uint32_t netns)
{
	int files[NETNS_FILES];
	struct reply reply = { .err = open_netns(netns, files), .netns = netns };
	bool sent = send_reply(to, &reply, reply.err ? NULL : files);

	for (int i = 0; !reply.err && i < NETNS_FILES; i++)
		close(files[i]);
	return sent;
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
	found = calloc(NETNS_OPENER_MAX, sizeof(*found));
	if (!found || priv__drop(PRIV_SYS_ADMIN | PRIV_SYS_PTRACE | PRIV_DAC_READ_SEARCH, 0))
		_exit(1);
	while (recv(socket, &request, sizeof(request), 0) == sizeof(request))
		if (!(request.netns ? answer_open(socket, request.netns) : answer_list(socket)))
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
static int ask(struct netns_opener *o, uint32_t netns)
{
	const struct request request = { netns };

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
	if (!head || reply->err)
		return reply->err;
	if (!files || head->cmsg_len > CMSG_LEN(NETNS_FILES * sizeof(int)))
		return -EINVAL;
	memcpy(files, CMSG_DATA(head), head->cmsg_len - CMSG_LEN(0));
	return 0;
}

int netns_opener__list(struct netns_opener *o, uint32_t **list, size_t *count)
{
	struct reply reply;
	int err = ask(o, 0);

	*count = 0;
	*list = calloc(NETNS_OPENER_MAX, sizeof(**list));
	if (!*list)
		return -ENOMEM;
	while (!err) {
		err = receive(o, &reply, NULL);
		if (err || !reply.netns)
			break;
		if (*count < NETNS_OPENER_MAX)
			(*list)[(*count)++] = reply.netns;
	}
	return err;
}

int netns_opener__open(struct netns_opener *o, uint32_t netns, int files[NETNS_FILES])
{
	struct reply reply;
	int err = netns ? ask(o, netns) : -ENOENT;

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
