// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/kernel/refusal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "common/kernel/libbpf_log.h"
#include "common/base/msg.h"

void refusal__raise_limits(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	/* If it is refused, what lacks descriptors says so. */
	setrlimit(RLIMIT_NOFILE, &limit);
}

int refusal__need_files(size_t count)
{
	int *fds = calloc(count, sizeof(*fds)), err = 0;
	size_t n = 0;

	if (!fds)
		return -ENOMEM;
	while (!err && n < count) {
		fds[n] = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
		err = fds[n] < 0 ? -errno : 0;
		n += !err;
	}
	while (n)
		close(fds[--n]);
	free(fds);
	return err;
}

bool refusal__is_shortage(int err)
{
	switch (-err) {
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case EAGAIN:
	case ENOSPC:
	case ENOBUFS:
	case EINTR:
	case EUSERS:
		return true;
	}
	return false;
}

static void files_text(char *text, size_t size)
{
	struct rlimit limit = {};

	getrlimit(RLIMIT_NOFILE, &limit);
	snprintf(text, size, "%s: the limit of open files, %llu, is reached (raise it: ulimit -n)",
		 strerror(EMFILE), (unsigned long long)limit.rlim_cur);
}

const char *refusal__text(int err)
{
	static char text[160];
	const char *hint = "";

	if (err == -EMFILE)
		files_text(text, sizeof(text));
	if (err == -EMFILE)
		return text;
	if (err == -ENFILE)
		hint = ": the system's limit is reached (raise it: sysctl fs.file-max)";
	else if (err == -ENOMEM)
		hint = ": memory is short, or a limit of it (ulimit -v, a control group's) is "
		       "reached";
	else if (err == -EAGAIN || err == -EINTR)
		hint = ": the kernel could not do it just now (try again)";
	snprintf(text, sizeof(text), "%s%s", strerror(-err), hint);
	return text;
}

/* Kernels before 5.11 charge maps to the limit of locked memory; libbpf could not raise it. */
static const char *memlock_hint(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_MEMLOCK, &limit) || limit.rlim_cur == RLIM_INFINITY)
		return "";
	return "; before Linux 5.11 also an unlimited `ulimit -l`, or CAP_SYS_RESOURCE to raise it";
}

/*
 * It takes the functions away that read the kernel's memory; the verifier calls them unknown then.
 * Where securityfs is not mounted, that is all there is to see of it.
 */
static bool is_lockdown(int err)
{
	char text[64] = "";
	int fd;

	if (err != -EPERM && err != -EACCES && err != -EINVAL)
		return false;
	fd = open("/sys/kernel/security/lockdown", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return libbpf_log__says("func bpf_probe_read") ||
		       libbpf_log__says("helper bpf_probe_read");
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	close(fd);
	return strstr(text, "[confidentiality]");
}

int refusal__tell(const char *what, int err)
{
	if (is_lockdown(err)) {
		msg__error(
			what,
			"this kernel is in lockdown (confidentiality), which refuses tracing (boot it "
			"with lockdown=integrity, or without lockdown)");
		return TOOL_UNSUPPORTED;
	}
	if (refusal__is_shortage(err)) {
		msg__error(what, "%s", refusal__text(err));
		return TOOL_FAILED;
	}
	libbpf_log__show();
	if (err == -EPERM || err == -EACCES)
		msg__error(what,
			   "the kernel refuses (%s): CAP_BPF and CAP_PERFMON in the first user "
			   "namespace are needed, and no lockdown or policy against BPF%s",
			   strerror(-err), memlock_hint());
	else
		msg__error(what,
			   "this kernel lacks a feature that the tool needs (%s); -v shows more",
			   strerror(-err));
	return TOOL_UNSUPPORTED;
}
