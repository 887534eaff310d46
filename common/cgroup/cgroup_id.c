// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/cgroup/cgroup_id.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common/cgroup/cgroup_mount.h"
#include "common/cgroup/cgroup_walk.h"

/* The handle of a kernfs node is its 64-bit id (kernel commit 33c5ac9175195, v5.5). */
#define HANDLE_KERNFS 0xfe

/* 4 MiB at the very most. An id that falls on another one's slot takes it. */
#define CACHE_SLOTS 1024

union handle {
	struct file_handle head;
	char room[sizeof(struct file_handle) + sizeof(uint64_t)];
};

struct cached {
	uint64_t id; /* 0: a free slot */
	char *path;  /* NULL: never seen */
	uint32_t hierarchy;
	bool gone; /* ids are not given out twice, so this stays true */
};

static struct cached cache[CACHE_SLOTS];
static unsigned int cache_generation;

/* What is remembered of other mounts is forgotten. */
static void cache_check(void)
{
	if (cache_generation == cgroup_mount__generation())
		return;
	cache_generation = cgroup_mount__generation();
	for (size_t i = 0; i < CACHE_SLOTS; i++)
		free(cache[i].path);
	memset(cache, 0, sizeof(cache));
}

static bool has_id(const struct cgroup_hierarchy *h, const char *path, uint64_t id)
{
	char dir[PATH_MAX];
	struct stat st;

	return !cgroup_mount__dir(h, path, dir, sizeof(dir)) && !lstat(dir, &st) && st.st_ino == id;
}

/* -EPERM when handles are no way to find it. */
static int open_by_id(const struct cgroup_hierarchy *h, uint64_t id)
{
	union handle handle = { .head = { .handle_bytes = sizeof(id),
					  .handle_type = HANDLE_KERNFS } };
	int mount_fd, fd, err;

	if (*cgroup__root())
		return -EPERM;
	mount_fd = open(h->mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (mount_fd < 0)
		return -errno;
	memcpy(handle.head.f_handle, &id, sizeof(id));
	fd = open_by_handle_at(mount_fd, &handle.head, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = errno;
	close(mount_fd);
	if (fd >= 0)
		return fd;
	return err == ESTALE || err == ENOENT ? -ENOENT : -EPERM;
}

static int find_by_handle(const struct cgroup_hierarchy *h, uint64_t id, char *path)
{
	char link[64], dir[PATH_MAX];
	int fd = open_by_id(h, id);
	ssize_t n;

	if (fd < 0)
		return fd;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, dir, sizeof(dir));
	close(fd);
	if (n < 0 || n == sizeof(dir))
		return -EPERM;
	dir[n] = '\0';
	if (!cgroup_mount__is_below(dir, h->mount))
		return -ENOENT;
	return cgroup_mount__join(path, PATH_MAX, h->root, dir + strlen(h->mount), "");
}

struct search {
	uint64_t id;
	char *path;
};

static int search_visit(const char *path, uint64_t id, void *ctx)
{
	struct search *s = ctx;

	if (id != s->id)
		return 0;
	strcpy(s->path, path);
	return 1;
}

static int find_by_walk(const struct cgroup_hierarchy *h, uint64_t id, char *path)
{
	struct search s = { id, path };
	int err = cgroup__walk(h, search_visit, &s);

	return err == 1 ? 0 : err && err != -E2BIG ? err : -ENOENT;
}

static int find_path(const struct cgroup_hierarchy *h, uint64_t id, char *path)
{
	int err = find_by_handle(h, id, path);

	if (err == -EPERM)
		err = find_by_walk(h, id, path);
	if (err)
		return err;
	if (!*path)
		strcpy(path, "/");
	/* It may have been removed or renamed since, and another have come to its name. */
	return has_id(h, path, id) ? 0 : -ENOENT;
}

static struct cached *cache_entry(uint32_t hierarchy, uint64_t id)
{
	uint64_t hash = (id ^ (uint64_t)hierarchy << 48) * UINT64_C(0x9e3779b97f4a7c15);
	struct cached *e = &cache[(hash >> 32) % CACHE_SLOTS];

	if (e->id != id || e->hierarchy != hierarchy) {
		free(e->path);
		*e = (struct cached){ .id = id, .hierarchy = hierarchy };
	}
	return e;
}

/* Brings an entry up to date. Errors other than -ENOENT say nothing lasting about the cgroup. */
static int cache_refresh(const struct cgroup_hierarchy *h, struct cached *e)
{
	char path[PATH_MAX], *copy;
	int err;

	if (e->gone)
		return -ENOENT;
	if (e->path && has_id(h, e->path, e->id))
		return 0;
	err = find_path(h, e->id, path);
	e->gone = err == -ENOENT;
	if (err)
		return err;
	copy = strdup(path);
	if (!copy)
		return -ENOMEM;
	free(e->path);
	e->path = copy;
	return 0;
}

int cgroup__path_of_id(uint32_t hierarchy, uint64_t id, char *buf, size_t size)
{
	const struct cgroup_hierarchy *h;
	struct cached *e;
	int err;

	if (size)
		buf[0] = '\0';
	err = cgroup_mount__load();
	if (err)
		return err;
	cache_check();
	h = cgroup_mount__by_id(hierarchy);
	if (!h || !id)
		return -ENOENT;
	e = cache_entry(hierarchy, id);
	err = cache_refresh(h, e);
	if (e->path && cgroup_mount__join(buf, size, e->path, "", "") && !err)
		err = -ENAMETOOLONG;
	return err;
}

int cgroup__open(uint64_t id)
{
	char path[PATH_MAX], dir[PATH_MAX];
	const struct cgroup_hierarchy *v2;
	struct stat st;
	int fd, err;

	err = cgroup__path_of_id(0, id, path, sizeof(path));
	if (err)
		return err;
	v2 = cgroup_mount__by_id(0);
	err = cgroup_mount__dir(v2, path, dir, sizeof(dir));
	if (err)
		return err;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!fstat(fd, &st) && st.st_ino == id)
		return fd;
	close(fd);
	return -ENOENT;
}
