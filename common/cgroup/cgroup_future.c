// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/cgroup/cgroup_future.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Single slashes only, none at the end. Neither dots nor what no cgroup can be called. */
static int path_clean(const char *given, char path[PATH_MAX])
{
	size_t len = 0;

	while (*given) {
		size_t n = strcspn(given += strspn(given, "/"), "/");

		if (!n)
			break;
		if (n > NAME_MAX || len + n + 2 > PATH_MAX)
			return -ENAMETOOLONG;
		if ((n <= 2 && strspn(given, ".") == n) || memchr(given, '\n', n))
			return -ENOENT;
		path[len++] = '/';
		memcpy(path + len, given, n);
		len += n;
		given += n;
	}
	path[len] = '\0';
	return len ? 0 : -ENOENT;
}

/* The directory that would have the cgroup, with what is not there behind it. */
static int from_here(const char *given, char dir[PATH_MAX])
{
	char parent[PATH_MAX], real[PATH_MAX];
	const char *slash = strrchr(given, '/');

	if (!slash || !slash[1] || (size_t)(slash - given) >= sizeof(parent))
		return -ENOENT;
	memcpy(parent, given, slash - given);
	parent[slash - given] = '\0';
	if (!realpath(parent, real))
		return -errno;
	return cgroup_mount__join(dir, PATH_MAX, real, slash, "");
}

/* Whether the nearest directory that is there, but for the root, is one of the file system. */
static bool is_elsewhere(const struct cgroup_hierarchy *h, const char *path)
{
	char part[PATH_MAX], dir[PATH_MAX];

	strcpy(part, path);
	for (char *slash; (slash = strrchr(part, '/')) && slash != part;) {
		*slash = '\0';
		if (!cgroup_mount__dir(h, part, dir, sizeof(dir)) && !access(dir, F_OK))
			return false;
		if (!cgroup_mount__join(dir, sizeof(dir), cgroup__root(), part, "") &&
		    !access(dir, F_OK))
			return true;
	}
	return false;
}

/* `dir` is below the mount of a hierarchy. */
static int in_mount(const struct cgroup_hierarchy *h, const char *dir, char path[PATH_MAX])
{
	const char *below = dir + strlen(cgroup__root()) + strlen(h->mount);

	/* BPF cannot tell tasks by those. */
	if (!strncmp(h->controllers, "name=", 5))
		return -EOPNOTSUPP;
	return cgroup_mount__join(path, PATH_MAX, h->root, below, "");
}

int cgroup_future__path(const char *given, char path[PATH_MAX], const struct cgroup_hierarchy **h)
{
	char clean[PATH_MAX], dir[PATH_MAX];
	const struct cgroup_hierarchy *first = cgroup_mount__nth(0);
	int err;

	if (!strncmp(given, "./", 2) || !strncmp(given, "../", 3)) {
		err = from_here(given, dir);
		*h = err ? NULL : cgroup_mount__of_dir(dir);
		return err ?: *h ? in_mount(*h, dir, path) : -ENOENT;
	}
	err = path_clean(given, clean);
	err = err ?: cgroup_mount__join(dir, sizeof(dir), cgroup__root(), clean, "");
	if (err)
		return err;
	*h = *given == '/' ? cgroup_mount__of_dir(dir) : NULL;
	if (*h)
		return in_mount(*h, dir, path);
	*h = first;
	if (!first || (*given == '/' && is_elsewhere(first, clean)))
		return -ENOENT;
	strcpy(path, clean);
	return 0;
}
