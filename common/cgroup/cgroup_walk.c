// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/cgroup/cgroup_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A level costs a descriptor and a read buffer, so this bounds both; the hosts' depth is ~10. */
#define DEPTH_MAX CGROUP_ANCESTORS_MAX
/* Takes some seconds; kernels hold far fewer. */
#define DIRS_MAX 1000000

struct walk {
	cgroup__visit_fn visit;
	void *ctx;
	size_t dirs_left;
	size_t len; /* of path */
	bool cut;
	char path[PATH_MAX];
};

static int walk_dir(struct walk *w, int fd, unsigned int depth);

static int walk_into(struct walk *w, int fd, const char *name, unsigned int depth)
{
	int child = -1;

	errno = E2BIG;
	if (depth < DEPTH_MAX)
		child = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (child >= 0)
		return walk_dir(w, child, depth);
	/* Gone meanwhile is not left out. */
	w->cut |= errno != ENOENT;
	return 0;
}

static int walk_entry(struct walk *w, int fd, const struct dirent *e, unsigned int depth)
{
	size_t len = strlen(e->d_name), before = w->len;
	int err;

	if (e->d_type != DT_DIR || !strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
		return 0;
	if (!w->dirs_left || len + 2 > sizeof(w->path) - before) {
		w->cut = true;
		return 0;
	}
	w->dirs_left--;
	w->path[before] = '/';
	memcpy(w->path + before + 1, e->d_name, len + 1);
	w->len = before + 1 + len;
	err = w->visit(w->path, e->d_ino, w->ctx);
	if (!err)
		err = walk_into(w, fd, e->d_name, depth + 1);
	w->len = before;
	w->path[before] = '\0';
	return err;
}

/* Closes `fd`. */
static int walk_dir(struct walk *w, int fd, unsigned int depth)
{
	DIR *dir = fdopendir(fd);
	struct dirent *e;
	int err = 0;

	if (!dir) {
		close(fd);
		return -ENOMEM;
	}
	while (!err && !(w->cut && !w->dirs_left) && (e = readdir(dir)))
		err = walk_entry(w, fd, e, depth);
	closedir(dir);
	return err;
}

int cgroup__walk(const struct cgroup_hierarchy *h, cgroup__visit_fn visit, void *ctx)
{
	struct walk w = { .visit = visit, .ctx = ctx, .dirs_left = DIRS_MAX };
	char dir[PATH_MAX];
	struct stat st;
	int fd, err = cgroup_mount__dir(h, "/", dir, sizeof(dir));

	if (!err)
		err = cgroup_mount__join(w.path, sizeof(w.path), h->root, "", "");
	if (err)
		return err;
	w.len = strlen(w.path);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = fstat(fd, &st) ? -errno : visit(w.len ? w.path : "/", st.st_ino, ctx);
	if (err)
		close(fd);
	else
		err = walk_dir(&w, fd, 0);
	return !err && w.cut ? -E2BIG : err;
}
