// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/cgroup/container_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common/cgroup/cgroup.h"
#include "common/base/trail.h"

/* Podman's list has some 700 bytes per container. */
#define FILE_BYTES_MAX (8 << 20)

static int fd_check(int fd, size_t *size)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (!trail__is_closed(&st))
		return -EPERM;
	if (st.st_size > FILE_BYTES_MAX)
		return -EFBIG;
	*size = (size_t)st.st_size;
	return 0;
}

static int fd_read(int fd, struct container_file *f)
{
	size_t size = 0;
	ssize_t n;
	int err = fd_check(fd, &size);

	if (err)
		return err;
	f->data = malloc(size + 1);
	if (!f->data)
		return -ENOMEM;
	while (f->doc.len < size) {
		n = read(fd, f->data + f->doc.len, size - f->doc.len);
		if (n < 0)
			return -errno;
		if (!n)
			break;
		f->doc.len += (size_t)n;
	}
	f->doc.at = f->data;
	return 0;
}

static int file_open(const char *path)
{
	const char *root = cgroup__root();
	struct trail t = { .root = *root ? root : "/", .closed = true, .dir = -1 };
	int fd = trail__walk(&t, path);

	if (!fd) {
		fd = openat(t.dir, t.rest,
			    O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
		fd = fd < 0 ? -errno : fd;
	}
	trail__close(&t);
	return fd == -ENOTDIR ? -ENOENT : fd;
}

int container_file__read(struct container_file *f, const char *path)
{
	int fd = file_open(path), err;

	memset(f, 0, sizeof(*f));
	if (fd < 0)
		return fd;
	err = fd_read(fd, f);
	close(fd);
	return err;
}

void container_file__free(struct container_file *f)
{
	free(f->data);
}
