// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * In a time namespace of its own: timens MONOTONIC-S BOOTTIME-S PROGRAM ARGUMENT... whose clocks
 * are so many seconds ahead. With "children" before it, only children of PROGRAM are to be there
 * (from 6.3 on a program enters when it is executed, too).
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

static int enter(const char *monotonic, const char *boottime)
{
	int fd, ok;

	if (unshare(CLONE_NEWTIME))
		return -1;
	fd = open("/proc/self/timens_offsets", O_WRONLY);
	if (fd < 0)
		return -1;
	ok = dprintf(fd, "1 %s 0\n7 %s 0\n", monotonic, boottime);
	return close(fd) || ok < 0;
}

int main(int argc, char **argv)
{
	int children = argc > 1 && !strcmp(argv[1], "children");
	int status;
	pid_t pid;

	argv += children;
	if (argc - children < 4 || enter(argv[1], argv[2])) {
		perror("timens");
		return 99;
	}
	pid = children ? 0 : fork();
	if (!pid) {
		execvp(argv[3], argv + 3);
		return errno;
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 99;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}
