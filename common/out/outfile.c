// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/out/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common/base/msg.h"
#include "common/base/num.h"
#include "common/base/text.h"
#include "common/base/trail.h"

#define WAYS (O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW)
/* Somebody may make and remove files in the same place all the time. */
#define TRIES 8

/* Where the file is to be: a directory, and a name without a slash in it. */
struct place {
	struct trail trail;
	enum outfile_kind kind;
};

static int refuse(struct place *p, int err, const char *why)
{
	p->trail.why = why;
	return err;
}

/* A pipe may be anybody's where anybody can make one. */
static int check_pipe(struct place *p, const struct stat *st)
{
	struct stat dir;

	if (trail__is_ours(st) || fstat(p->trail.dir, &dir) || !(dir.st_mode & S_IWOTH))
		return 0;
	return refuse(p, -EACCES, "this pipe belongs to another user");
}

static int check_log(struct place *p, int fd, const struct stat *st)
{
	if (!trail__is_ours(st))
		return refuse(p, -EACCES, "belongs to another user");
	if (st->st_nlink > 1)
		return refuse(p, -EMLINK, "has several hard links");
	return fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK) ? -errno : 0;
}

/* -EAGAIN: it is gone, so that a new one can be made. */
static int check_private(struct place *p, int fd, const struct stat *st)
{
	bool own = st->st_uid == geteuid() && st->st_nlink == 1;

	if ((!own || st->st_mode & 077) && !unlinkat(p->trail.dir, p->trail.rest, 0))
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
	int fd = openat(p->trail.dir, p->trail.rest, WAYS), err;

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
		fd = openat(p->trail.dir, p->trail.rest, WAYS | O_CREAT | O_EXCL, 0600);
		if (fd < 0)
			fd = errno == EEXIST ? open_existing(p) : -errno;
		else if (p->kind == OUTFILE_LOG && fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK))
			fd = -errno;
	}
	return fd == -EAGAIN ? refuse(p, fd, "other processes keep creating and removing it") : fd;
}

static int open_place(struct place *p, const char *path)
{
	int err = trail__walk(&p->trail, path);

	if (err)
		return err;
	/* A path that ends with a slash. */
	return *p->trail.rest ? open_at(p) : -EISDIR;
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
	struct place p = { .trail = { .root = "/", .dir = -1 }, .kind = kind };
	int n = number_of(path), fd;

	fd = n >= 0 ? open_number(n) : open_place(&p, path);
	trail__close(&p.trail);
	if (fd < 0)
		msg__error(text__quote(path), "cannot be written: %s",
			   p.trail.why ?: strerror(-fd));
	return fd;
}
