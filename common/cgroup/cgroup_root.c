// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/cgroup/cgroup_root.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "common/cgroup/cgroup.h"

/* kernfs counts up from here; the roots of namespaces are other cgroups. */
#define ROOT_INODE 1

static bool root_is_whole(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && st.st_ino == ROOT_INODE;
}

static int root_mounted(void)
{
	const struct cgroup_hierarchy *v2 = cgroup__hierarchy(NULL);
	int fd;

	if (!v2)
		return -ENOENT;
	fd = open(v2->mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* A mount of our own: no other process sees it, and it goes with its descriptor. */
static int root_detached(void)
{
	int context = syscall(SYS_fsopen, "cgroup2", FSOPEN_CLOEXEC), mount = -1, fd = -1, err;

	if (context >= 0 && !syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		mount = syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, 0);
	if (mount >= 0)
		fd = openat(mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = -errno;
	if (mount >= 0)
		close(mount);
	if (context >= 0)
		close(context);
	return fd < 0 ? err : fd;
}

/* As the first process sees it. */
static int root_of_init(void)
{
	int own = open("/proc/self/ns/cgroup", O_RDONLY | O_CLOEXEC);
	int init = open("/proc/1/ns/cgroup", O_RDONLY | O_CLOEXEC);
	int fd = -EPERM;

	if (own >= 0 && init >= 0 && !setns(init, CLONE_NEWCGROUP)) {
		fd = root_detached();
		if (setns(own, CLONE_NEWCGROUP) && fd >= 0) {
			close(fd);
			fd = -EPERM;
		}
	}
	if (own >= 0)
		close(own);
	if (init >= 0)
		close(init);
	return fd;
}

int cgroup_root__open(bool *whole)
{
	int (*const ways[])(void) = { root_mounted, root_detached, root_of_init };
	int part = -ENOENT;

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		int fd = ways[i]();

		*whole = fd >= 0 && root_is_whole(fd);
		if (fd < 0) {
			part = part < 0 && part != -EPERM ? fd : part;
			continue;
		}
		if (part >= 0)
			close(part);
		part = fd;
		if (*whole)
			return fd;
	}
	return part;
}
