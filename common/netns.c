// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/netns.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "common/num.h"

#define NAMES "/run/netns"

/* A file of nsfs is a namespace, though perhaps of another kind; that one finds nothing. */
static int netns_of_file(const char *path, uint32_t *netns)
{
	struct statfs fs;
	struct stat st;

	if (statfs(path, &fs) || stat(path, &st))
		return -errno;
	if (fs.f_type != NSFS_MAGIC)
		return -EINVAL;
	*netns = st.st_ino;
	return 0;
}

int netns__of_pid(pid_t pid, uint32_t *netns)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	return netns_of_file(path, netns);
}

int netns__resolve(const char *given, uint32_t *netns)
{
	char path[PATH_MAX];
	uint64_t number;

	if (strchr(given, '/'))
		return netns_of_file(given, netns);
	if (snprintf(path, sizeof(path), NAMES "/%s", given) < (int)sizeof(path) &&
	    !netns_of_file(path, netns))
		return 0;
	if (num__u64(given, 1, UINT32_MAX, &number))
		return -ENOENT;
	/* Inodes of namespaces begin where no PID can be. */
	if (number > 1 << 22) {
		*netns = number;
		return 0;
	}
	return netns__of_pid(number, netns);
}

static int walk_processes(netns__visit_fn visit, void *ctx)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	char path[64];
	int err = 0;

	while (dir && !err && (entry = readdir(dir))) {
		uint64_t pid;
		uint32_t netns;

		if (num__u64(entry->d_name, 1, 1 << 22, &pid) || netns__of_pid(pid, &netns))
			continue;
		snprintf(path, sizeof(path), "/proc/%u/net", (unsigned int)pid);
		err = visit(netns, path, ctx);
	}
	if (dir)
		closedir(dir);
	return err;
}

/* Perhaps without any process: has to be entered to be looked at. */
static int visit_name(const char *name, int own, netns__visit_fn visit, void *ctx)
{
	char path[PATH_MAX];
	uint32_t netns;
	int fd, err = 0;

	snprintf(path, sizeof(path), NAMES "/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (!netns_of_file(path, &netns) && !setns(fd, CLONE_NEWNET)) {
		err = visit(netns, "/proc/thread-self/net", ctx);
		if (setns(own, CLONE_NEWNET))
			err = -errno;
	}
	close(fd);
	return err;
}

static int walk_names(netns__visit_fn visit, void *ctx)
{
	int own = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), err = 0;
	DIR *dir = own < 0 ? NULL : opendir(NAMES);
	struct dirent *entry;

	while (dir && !err && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			err = visit_name(entry->d_name, own, visit, ctx);
	if (dir)
		closedir(dir);
	if (own >= 0)
		close(own);
	return err;
}

int netns__walk(netns__visit_fn visit, void *ctx)
{
	return walk_processes(visit, ctx) ?: walk_names(visit, ctx);
}
