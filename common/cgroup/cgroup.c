// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/cgroup/cgroup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A directory's inode number is the cgroup's id (on 64 bits, kernel commit 40430452fd5d, v5.5). */
static int id_of(const char *dir, uint64_t *id)
{
	struct stat st;

	if (stat(dir, &st))
		return -errno;
	*id = st.st_ino;
	return 0;
}

/* `mount_len` is what of `dir` is the mount point. Spoils `dir`. */
static int ancestors_fill(struct cgroup_ref *ref, char *dir, size_t mount_len)
{
	int err;

	while (strlen(dir) > mount_len) {
		*strrchr(dir, '/') = '\0';
		if (ref->nancestors == CGROUP_ANCESTORS_MAX)
			return -E2BIG;
		err = id_of(dir, &ref->ancestors[ref->nancestors]);
		if (err)
			return err;
		ref->nancestors++;
	}
	return 0;
}

void cgroup__controller(const struct cgroup_hierarchy *h, char name[CGROUP_CONTROLLER_SIZE])
{
	snprintf(name, CGROUP_CONTROLLER_SIZE, "%.*s", (int)strcspn(h->controllers, ","),
		 h->controllers);
	if (!strcmp(name, "blkio"))
		strcpy(name, "io");
}

/* `dir` has no links in it. */
static int ref_fill(struct cgroup_ref *ref, const struct cgroup_hierarchy *h, char *dir)
{
	size_t mount_len = strlen(cgroup__root()) + strlen(h->mount);
	int err;

	if (!strncmp(h->controllers, "name=", 5))
		return -EOPNOTSUPP;
	memset(ref, 0, sizeof(*ref));
	ref->hierarchy = h->id;
	cgroup__controller(h, ref->controller);
	err = cgroup_mount__join(ref->path, sizeof(ref->path), h->root, dir + mount_len, "");
	if (!err && !*ref->path)
		strcpy(ref->path, "/");
	if (!err)
		err = id_of(dir, &ref->id);
	return err ? err : ancestors_fill(ref, dir, mount_len);
}

static int resolve_dir(const char *dir, const struct cgroup_hierarchy *within,
		       struct cgroup_ref *ref)
{
	const struct cgroup_hierarchy *h;
	char real[PATH_MAX];
	struct stat st;

	if (!realpath(dir, real) || stat(real, &st))
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	h = cgroup_mount__of_dir(real);
	/* A path with ".." in it does not lead to another hierarchy. */
	if (within && (!h || h->id != within->id))
		return -ENOENT;
	if (!h || !cgroup_mount__is_alive(real, !h->id))
		return -EINVAL;
	return ref_fill(ref, h, real);
}

int cgroup__resolve_in(const struct cgroup_hierarchy *h, const char *path, struct cgroup_ref *ref)
{
	char dir[PATH_MAX];
	int err;

	if (!h)
		return -ENOENT;
	err = cgroup_mount__dir(h, path, dir, sizeof(dir));
	return err ? err : resolve_dir(dir, h, ref);
}

static int resolve_path(const char *path, struct cgroup_ref *ref)
{
	const struct cgroup_hierarchy *h;
	int err, first = -ENOENT;

	for (size_t i = 0; (h = cgroup_mount__nth(i)); i++) {
		err = cgroup__resolve_in(h, path, ref);
		if (!err)
			return 0;
		if (first == -ENOENT)
			first = err;
	}
	return first;
}

/* A directory, from here if it does not begin with a slash. */
static int resolve_file(const char *path, struct cgroup_ref *ref)
{
	char dir[PATH_MAX];
	int err;

	if (*path != '/')
		return resolve_dir(path, NULL, ref);
	err = cgroup_mount__join(dir, sizeof(dir), cgroup__root(), path, "");
	return err ? err : resolve_dir(dir, NULL, ref);
}

/* "." and "..", alone or before a slash. */
static bool is_from_here(const char *path)
{
	size_t dots = strspn(path, ".");

	return dots && dots <= 2 && (!path[dots] || path[dots] == '/');
}

int cgroup__resolve(const char *path, struct cgroup_ref *ref)
{
	int err, as_path;

	if (!path || !*path)
		return -EINVAL;
	err = cgroup_mount__load();
	if (err)
		return err;
	if (*path == '/' || is_from_here(path)) {
		err = resolve_file(path, ref);
		if (!err || err == -EOPNOTSUPP || err == -E2BIG || *path != '/')
			return err;
		as_path = resolve_path(path, ref);
		return as_path == -ENOENT ? err : as_path;
	}
	as_path = resolve_path(path, ref);
	if (as_path != -ENOENT)
		return as_path;
	return resolve_file(path, ref) ? -ENOENT : 0;
}

bool cgroup__charges_memory(const struct cgroup_ref *ref)
{
	char dir[PATH_MAX], file[PATH_MAX];
	const struct cgroup_hierarchy *h;

	if (cgroup_mount__load())
		return false;
	h = cgroup_mount__by_id(ref->hierarchy);
	if (!h || h->id)
		return h && cgroup_mount__list_has(h->controllers, "memory");
	/* There where the controller is enabled, and unlike memory.current also in the root. */
	return !cgroup_mount__dir(h, ref->path, dir, sizeof(dir)) &&
	       !cgroup_mount__join(file, sizeof(file), dir, "/memory.stat", "") &&
	       !access(file, F_OK);
}

struct of_pid {
	const char *controller;
	char *buf;
	size_t size;
};

/* A v2 cgroup that is removed with a dead process still in it is so marked. */
static void strip_deleted(char *path)
{
	static const char mark[] = " (deleted)";
	const struct cgroup_hierarchy *h = cgroup_mount__by_id(0);
	size_t len = strlen(path), mark_len = sizeof(mark) - 1;
	char dir[PATH_MAX];

	if (len <= mark_len || strcmp(path + len - mark_len, mark))
		return;
	if (h && !cgroup_mount__dir(h, path, dir, sizeof(dir)) && !access(dir, F_OK))
		return;
	path[len - mark_len] = '\0';
}

static int of_pid_line(char *line, void *ctx)
{
	struct of_pid *o = ctx;
	char *id = strsep(&line, ":"), *controllers = strsep(&line, ":");
	int err;

	if (!line)
		return 0;
	if (*o->controller ? !cgroup_mount__list_has(controllers, o->controller) :
			     strcmp(id, "0") != 0)
		return 0;
	if (!*o->controller)
		strip_deleted(line);
	err = cgroup_mount__join(o->buf, o->size, line, "", "");
	return err ? err : 1;
}

int cgroup__of_pid(pid_t pid, const char *controller, char *buf, size_t size)
{
	struct of_pid o = { controller ? controller : "", buf, size };
	char file[64];
	int err;

	if (size)
		buf[0] = '\0';
	if (pid <= 0)
		return -ESRCH;
	err = cgroup_mount__load();
	if (err)
		return err;
	snprintf(file, sizeof(file), "/proc/%d/cgroup", pid);
	err = cgroup_mount__lines(file, of_pid_line, &o);
	if (err == -ENOENT || err == -EIO || err == -ESRCH)
		return -ESRCH;
	return err == 1 ? 0 : err ? err : -ENOENT;
}
