// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Preloaded into a tool: makes one call fail, once. FAULT=malloc:N or write:N says which;
 * FAULT_NOTE is a file that is told how many calls there were, and whether the tool was in its
 * loop when the one failed.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/uio.h>
#include <sys/syscall.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *p, size_t size);

enum { MALLOC, WRITE, KINDS };

static unsigned long calls[KINDS], wanted[KINDS];
static bool in_loop, failed_in_loop, failed;

static bool fails(int kind)
{
	if (++calls[kind] != wanted[kind])
		return false;
	failed = true;
	failed_in_loop = in_loop;
	return true;
}

__attribute__((constructor)) static void begin(void)
{
	const char *fault = getenv("FAULT");

	if (fault && !strncmp(fault, "malloc:", 7))
		wanted[MALLOC] = calls[MALLOC] + strtoul(fault + 7, NULL, 10);
	if (fault && !strncmp(fault, "write:", 6))
		wanted[WRITE] = calls[WRITE] + strtoul(fault + 6, NULL, 10);
	memset(calls, 0, sizeof(calls));
}

__attribute__((destructor)) static void end(void)
{
	const char *path = getenv("FAULT_NOTE");
	char text[128];
	int fd, len;

	if (!path)
		return;
	len = snprintf(text, sizeof(text), "malloc=%lu write=%lu failed=%d in_loop=%d\n",
		       calls[MALLOC], calls[WRITE], failed, failed_in_loop);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || syscall(SYS_write, fd, text, len) != len)
		_exit(99);
	close(fd);
}

void *malloc(size_t size)
{
	if (!fails(MALLOC))
		return __libc_malloc(size);
	errno = ENOMEM;
	return NULL;
}

void *calloc(size_t count, size_t size)
{
	if (!fails(MALLOC))
		return __libc_calloc(count, size);
	errno = ENOMEM;
	return NULL;
}

void *realloc(void *p, size_t size)
{
	if (!fails(MALLOC))
		return __libc_realloc(p, size);
	errno = ENOMEM;
	return NULL;
}

ssize_t write(int fd, const void *data, size_t len)
{
	if (!fails(WRITE))
		return syscall(SYS_write, fd, data, len);
	errno = ENOSPC;
	return -1;
}

ssize_t writev(int fd, const struct iovec *iov, int count)
{
	if (!fails(WRITE))
		return syscall(SYS_writev, fd, iov, count);
	errno = ENOSPC;
	return -1;
}

int epoll_wait(int fd, struct epoll_event *events, int max, int timeout)
{
	in_loop = true;
	return syscall(SYS_epoll_pwait, fd, events, max, timeout, NULL, 8);
}
