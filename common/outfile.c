// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>
#include "common/msg.h"
#include "common/num.h"
#include "common/text.h"

#define WAYS (O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW)
/* As the kernel's own limit (MAXSYMLINKS). */
#define LINKS_MAX 40
/* Somebody may make and remove files in the same place all the time. */
#define TRIES 8

/* Where the file is to be: a directory, and a name without a slash in it. */
struct place {
	int dir;
	enum outfile_kind kind;
	const char *why; /* of an error that its number does not tell */
	char rest[PATH_MAX];
};

static bool is_ours(const struct stat *st)
{
	return st->st_uid == geteuid() || !st->st_uid;
}

static int refuse(struct place *p, int err, const char *why)
{
	p->why = why;
	return err;
}

/* ---- the way there ---- */

static int enter(struct place *p, int fd)
{
	int dir = fd < 0 ? -errno : fd;

	if (p->dir >= 0)
		close(p->dir);
	p->dir = dir;
	return dir < 0 ? dir : 0;
}

/* Those of /proc lead where no path may, and nobody has put them there. */
static bool is_of_proc(int fd)
{
	struct statfs fs;

	return !fstatfs(fd, &fs) && fs.f_type == PROC_SUPER_MAGIC;
}

static int from_start(struct place *p)
{
	const char *start = p->rest[0] == '/' ? "/" : ".";

	return enter(p, open(start, O_PATH | O_DIRECTORY | O_CLOEXEC));
}

/* What the link says comes before what is left of the path. */
static int follow(struct place *p, int link, const char *left)
{
	char target[PATH_MAX], rest[PATH_MAX];
	ssize_t n = readlinkat(link, "", target, sizeof(target) - 1);

	if (n < 0)
		return -errno;
	target[n] = '\0';
	n = snprintf(rest, sizeof(rest), "%s/%s", target, left);
	if (n >= (ssize_t)sizeof(rest))
		return -ENAMETOOLONG;
	strcpy(p->rest, rest);
	return p->rest[0] == '/' ? from_start(p) : 0;
}

/* One name of the path; `left` is what comes behind it. */
static int step(struct place *p, const char *name, const char *left, int *links)
{
	int fd = openat(p->dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC), err;
	struct stat st = {};

	if (fd >= 0)
		fstat(fd, &st);
	if (S_ISLNK(st.st_mode) && is_of_proc(fd)) {
		close(fd);
		fd = openat(p->dir, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
		st.st_mode = S_IFDIR;
	}
	if (!S_ISLNK(st.st_mode)) {
		err = enter(p, fd);
		memmove(p->rest, left, strlen(left) + 1);
		return err;
	}
	if (!is_ours(&st))
		err = refuse(p, -ELOOP, "a link on the way there belongs to another user");
	else
		err = (*links)-- ? follow(p, fd, left) : -ELOOP;
	close(fd);
	return err;
}

/* Leaves the last name in p->rest. */
static int walk(struct place *p)
{
	int links = LINKS_MAX, err = from_start(p);

	while (!err) {
		char *name = p->rest + strspn(p->rest, "/"), *slash = strchr(name, '/');

		if (!slash) {
			memmove(p->rest, name, strlen(name) + 1);
			return 0;
		}
		*slash = '\0';
		err = step(p, name, slash + 1, &links);
	}
	return err;
}

/* ---- the file ---- */

/* A pipe may be anybody's where anybody can make one. */
static int check_pipe(struct place *p, const struct stat *st)
{
	struct stat dir;

	if (is_ours(st) || fstat(p->dir, &dir) || !(dir.st_mode & S_IWOTH))
		return 0;
	return refuse(p, -EACCES, "this pipe belongs to another user");
}

static int check_log(struct place *p, int fd, const struct stat *st)
{
	if (!is_ours(st))
		return refuse(p, -EACCES, "belongs to another user");
	if (st->st_nlink > 1)
		return refuse(p, -EMLINK, "is another file, too (it has several hard links)");
	return fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK) ? -errno : 0;
}

/* -EAGAIN: it is gone, so that a new one can be made. */
static int check_private(struct place *p, int fd, const struct stat *st)
{
	bool own = st->st_uid == geteuid() && st->st_nlink == 1;

	if ((!own || st->st_mode & 077) && !unlinkat(p->dir, p->rest, 0))
		return -EAGAIN;
	/* A directory that is read only, or a file that is mounted. */
	if (!own)
		return refuse(p, -EACCES, "belongs to another user, or has several names");
	return fchmod(fd, 0600) || ftruncate(fd, 0) ? -errno : 0;
}

static int check(struct place *p, int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (S_ISFIFO(st.st_mode))
		return check_pipe(p, &st);
	if (!S_ISREG(st.st_mode))
		return 0;
	return p->kind == OUTFILE_LOG ? check_log(p, fd, &st) : check_private(p, fd, &st);
}

static int open_existing(struct place *p)
{
	int fd = openat(p->dir, p->rest, WAYS), err;

	if (fd < 0 && errno == ENOENT)
		return -EAGAIN;
	if (fd < 0 && errno == ELOOP)
		return refuse(p, -ELOOP, "is a symbolic link (give the file itself)");
	if (fd < 0 && errno == ENXIO)
		return refuse(p, -ENXIO, "nobody reads this pipe (start its reader first)");
	if (fd < 0)
		return -errno;
	err = check(p, fd);
	if (err)
		close(fd);
	return err ?: fd;
}

static int open_at(struct place *p)
{
	int fd = -EAGAIN;

	for (int i = 0; i < TRIES && fd == -EAGAIN; i++) {
		fd = openat(p->dir, p->rest, WAYS | O_CREAT | O_EXCL, 0600);
		if (fd < 0)
			fd = errno == EEXIST ? open_existing(p) : -errno;
		else if (p->kind == OUTFILE_LOG && fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK))
			fd = -errno;
	}
	return fd == -EAGAIN ? refuse(p, fd, "others make and remove it all the time") : fd;
}

static int open_place(struct place *p, const char *path)
{
	int err;

	if (!*path)
		return -ENOENT;
	if (strlen(path) >= sizeof(p->rest))
		return -ENAMETOOLONG;
	strcpy(p->rest, path);
	err = walk(p);
	if (err)
		return err;
	/* A path that ends with a slash. */
	return *p->rest ? open_at(p) : -EISDIR;
}

/* ---- what is open already ---- */

/* The number in /dev/fd/N and its like, or -1. */
static int number_of(const char *path)
{
	static const char *const dirs[] = { "/dev/fd/", "/proc/self/fd/" };
	uint64_t n;

	if (!strcmp(path, "/dev/stdout"))
		return STDOUT_FILENO;
	if (!strcmp(path, "/dev/stderr"))
		return STDERR_FILENO;
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		size_t len = strlen(dirs[i]);

		if (!strncmp(path, dirs[i], len) && !num__u64(path + len, 0, INT_MAX, &n))
			return n;
	}
	return -1;
}

/* A pipe is opened anew: whether it blocks is then not its other writers' concern. */
static int open_number(int n)
{
	char path[32];
	struct stat st;
	int fd = -1;

	if (fstat(n, &st))
		return -errno;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", n);
	if (S_ISFIFO(st.st_mode))
		fd = open(path, WAYS & ~O_NOFOLLOW);
	if (fd < 0)
		fd = fcntl(n, F_DUPFD_CLOEXEC, 0);
	return fd < 0 ? -errno : fd;
}

int outfile__open(const char *path, enum outfile_kind kind)
{
	struct place p = { .dir = -1, .kind = kind };
	int n = number_of(path), fd;

	fd = n >= 0 ? open_number(n) : open_place(&p, path);
	if (p.dir >= 0)
		close(p.dir);
	if (fd < 0)
		msg__error(text__quote(path), "cannot be written: %s", p.why ?: strerror(-fd));
	return fd;
}
