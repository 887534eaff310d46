// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/execsnoop/older.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common/base/path.h"
#include "tools/execsnoop/execsnoop.h"

struct older {
	struct running *running;
	older_wanted *wanted;
	void *ctx;
};

static int older_add(const struct older *o, const struct running_record *r, const char *names)
{
	struct running_slot process = { .since_ns = r->started_ns,
					.pid = r->pid,
					.exec_id = r->exec_id,
					.exe_state = r->exe_state,
					.before = true };
	char path[PATH_JOIN_SIZE(EXEC_PATH_MAX)], comm[PROCESS_COMM_LEN + 1] = "";
	bool known = r->exe_state & PATH_KNOWN;

	memcpy(comm, r->comm, sizeof(r->comm));
	if (known)
		path__join(path, names, r->exe_len, r->exe_state & PATH_CUT);
	if (!o->wanted(o->ctx, r->pid, comm, known ? path : NULL))
		return 0;
	if (known) {
		process.exe = strdup(path);
		if (!process.exe)
			return -ENOMEM;
	}
	return running__set(o->running, &process);
}

/* Whole records of `len` bytes; returns how much that is, or -errno. */
static ssize_t older_records(const struct older *o, const char *data, size_t len)
{
	size_t at = 0;

	for (;;) {
		struct running_record r;
		int err;

		if (len - at < sizeof(r))
			return at;
		memcpy(&r, data + at, sizeof(r));
		if (r.exe_len > EXEC_PATH_MAX)
			return -EINVAL;
		if (len - at < sizeof(r) + r.exe_len)
			return at;
		err = older_add(o, &r, data + at + sizeof(r));
		if (err)
			return err;
		at += sizeof(r) + r.exe_len;
	}
}

/* The kernel writes whole records, but a reading may end within one. */
static int older_read(const struct older *o, int fd)
{
	char batch[4 * EXEC_PATH_MAX];
	size_t have = 0;
	ssize_t n;

	while ((n = read(fd, batch + have, sizeof(batch) - have))) {
		ssize_t done;

		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return -errno;
		have += n;
		done = older_records(o, batch, have);
		if (done < 0)
			return done;
		have -= done;
		memmove(batch, batch + done, have);
	}
	return have ? -EINVAL : 0;
}

int older__find(struct bpf_link *iterator, struct running *running, older_wanted *wanted, void *ctx)
{
	struct older o = { running, wanted, ctx };
	int fd = bpf_iter_create(bpf_link__fd(iterator)), err;

	if (fd < 0)
		return -errno;
	err = older_read(&o, fd);
	close(fd);
	return err;
}
