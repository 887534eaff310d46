// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/trail.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

/* As the kernel's own limit (MAXSYMLINKS). */
#define LINKS_MAX 40

bool trail__is_ours(const struct stat *st)
{
	return st->st_uid == geteuid() || !st->st_uid;
}

bool trail__is_closed(const struct stat *st)
{
	bool by_group = st->st_mode & S_IWGRP && st->st_gid;

	if (!trail__is_ours(st))
		return false;
	if (S_ISDIR(st->st_mode) && st->st_mode & S_ISVTX)
		return true;
	return !by_group && !(st->st_mode & S_IWOTH);
}

void trail__close(struct trail *t)
{
	if (t->dir >= 0)
		close(t->dir);
	t->dir = -1;
}

/* Takes the descriptor, or the error of which it was made. */
static int enter(struct trail *t, int fd)
{
	int err = fd < 0 ? -errno : 0;

	trail__close(t);
	t->dir = fd;
	return err;
}

/* Links of /proc lead to places without a path, and no user has put them there. */
static bool is_of_proc(int fd)
{
	struct statfs fs;

	return !fstatfs(fd, &fs) && fs.f_type == PROC_SUPER_MAGIC;
}

static int from_start(struct trail *t)
{
	const char *start = t->rest[0] == '/' ? t->root : ".";

	return enter(t, open(start, O_PATH | O_DIRECTORY | O_CLOEXEC));
}

/* What the link says comes before what is left of the path. */
static int follow(struct trail *t, int link, const char *left)
{
	char target[PATH_MAX], rest[PATH_MAX];
	ssize_t n = readlinkat(link, "", target, sizeof(target) - 1);

	if (n < 0)
		return -errno;
	target[n] = '\0';
	n = snprintf(rest, sizeof(rest), "%s/%s", target, left);
	if (n >= (ssize_t)sizeof(rest))
		return -ENAMETOOLONG;
	strcpy(t->rest, rest);
	return t->rest[0] == '/' ? from_start(t) : 0;
}

static int refuse(struct trail *t, int err, const char *why)
{
	t->why = why;
	return err;
}

static int step_into(struct trail *t, int fd, const struct stat *st, const char *left)
{
	int err = enter(t, fd);

	memmove(t->rest, left, strlen(left) + 1);
	if (!err && t->closed && !trail__is_closed(st))
		err = refuse(t, -EPERM, "another user can write to a directory on its path");
	return err;
}

/* One name of the path; `left` is what comes behind it. */
static int step(struct trail *t, const char *name, const char *left, int *links)
{
	int fd = openat(t->dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC), err;
	struct stat st = {};

	if (fd >= 0)
		fstat(fd, &st);
	if (S_ISLNK(st.st_mode) && is_of_proc(fd)) {
		close(fd);
		fd = openat(t->dir, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
		st.st_mode = 0;
	}
	if (!S_ISLNK(st.st_mode))
		return step_into(t, fd, &st, left);
	if (!trail__is_ours(&st))
		err = refuse(t, -ELOOP, "a link on its path belongs to another user");
	else
		err = (*links)-- ? follow(t, fd, left) : -ELOOP;
	close(fd);
	return err;
}

int trail__walk(struct trail *t, const char *path)
{
	int links = LINKS_MAX, err;

	if (!*path)
		return -ENOENT;
	if (strlen(path) >= sizeof(t->rest))
		return -ENAMETOOLONG;
	strcpy(t->rest, path);
	err = from_start(t);
	while (!err) {
		char *name = t->rest + strspn(t->rest, "/"), *slash = strchr(name, '/');

		if (!slash) {
			memmove(t->rest, name, strlen(name) + 1);
			return 0;
		}
		*slash = '\0';
		err = step(t, name, slash + 1, &links);
	}
	return err;
}
