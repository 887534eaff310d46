// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/net/netns.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include "common/base/num.h"

/* A file of nsfs is a namespace, perhaps of another kind, in which nothing is found. */
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
	if (snprintf(path, sizeof(path), NETNS_NAMES "/%s", given) < (int)sizeof(path) &&
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
	bool unread = !dir;
	struct dirent *entry;
	char path[64];
	int err = 0;

	while (dir && !err && (entry = readdir(dir))) {
		uint64_t pid;
		uint32_t netns;

		if (num__u64(entry->d_name, 1, 1 << 22, &pid))
			continue;
		err = netns__of_pid(pid, &netns);
		unread |= err == -EACCES || err == -EPERM;
		snprintf(path, sizeof(path), "/proc/%u/ns/net", (unsigned int)pid);
		err = err ? 0 : visit(netns, path, ctx);
	}
	if (dir)
		closedir(dir);
	return err ?: unread;
}

/* "36 35 0:4 net:[4026532212] /run/docker/netns/3f rw - nsfs nsfs rw": names that others give. */
static int visit_mount(char *line, netns__visit_fn visit, void *ctx)
{
	unsigned int netns;
	char path[PATH_MAX];

	if (sscanf(line, "%*u %*u %*s net:[%u] %4095s", &netns, path) != 2)
		return 0;
	/* With a space or the like in it, which is written otherwise: found by its process, or not.
	 */
	return strchr(path, '\\') ? 0 : visit(netns, path, ctx);
}

static int walk_mounts(netns__visit_fn visit, void *ctx)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char *line = NULL;
	size_t size = 0;
	int err = 0;

	while (f && !err && getline(&line, &size, f) > 0)
		err = visit_mount(line, visit, ctx);
	free(line);
	if (f)
		fclose(f);
	return err;
}

/* Perhaps without any process. */
static int walk_names(netns__visit_fn visit, void *ctx)
{
	DIR *dir = opendir(NETNS_NAMES);
	struct dirent *entry;
	char path[PATH_MAX];
	int err = 0;

	while (dir && !err && (entry = readdir(dir))) {
		uint32_t netns;

		snprintf(path, sizeof(path), NETNS_NAMES "/%s", entry->d_name);
		if (entry->d_name[0] != '.' && !netns_of_file(path, &netns))
			err = visit(netns, path, ctx);
	}
	if (dir)
		closedir(dir);
	return err;
}

int netns__walk(netns__visit_fn visit, void *ctx)
{
	return walk_names(visit, ctx) ?: walk_mounts(visit, ctx) ?: walk_processes(visit, ctx);
}
