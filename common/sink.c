// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/sink.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#define STOP_GRACE_MS 2000

/* Waits until PIPE_BUF bytes can be written. */
static int sink_wait(struct sink *s)
{
	struct pollfd fds[2] = {
		{ .fd = s->fd, .events = POLLOUT },
		{ .fd = s->stopping ? -1 : s->stop_fd, .events = POLLIN },
	};
	int n;

	for (;;) {
		n = poll(fds, 2, s->stopping ? STOP_GRACE_MS : -1);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0 && fds[0].revents)
			return 0;
		if (!n)
			return -ETIMEDOUT;
		if (n > 0) {
			s->stopping = true;
			fds[1].fd = -1;
		}
	}
}

int sink__write(struct sink *s, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n;
		int err = sink_wait(s);

		if (err)
			return err;
		n = write(s->fd, p, len < PIPE_BUF ? len : PIPE_BUF);
		if (n >= 0) {
			p += n;
			len -= n;
		} else if (errno != EINTR && errno != EAGAIN) {
			return -errno;
		}
	}
	return 0;
}
