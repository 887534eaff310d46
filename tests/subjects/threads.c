// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Ends in a way that only a process with several threads can: threads WAY. Each way has threads
 * that end after the leader, under names of their own.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { THREADS = 8 };

static void *waits(void *arg)
{
	prctl(PR_SET_NAME, "athread");
	pause();
	return arg;
}

static void *ends(void *arg)
{
	prctl(PR_SET_NAME, "athread");
	usleep(100000);
	syscall(SYS_exit, 4);
	return arg;
}

static void *ends_all(void *arg)
{
	usleep(50000);
	exit(5);
	return arg;
}

static void with(int count, void *(*start)(void *))
{
	pthread_t thread;

	for (int i = 0; i < count; i++) {
		if (pthread_create(&thread, NULL, start, NULL)) {
			perror("threads");
			exit(99);
		}
	}
}

int main(int argc, char **argv)
{
	const char *way = argc > 1 ? argv[1] : "";

	if (!strcmp(way, "exit")) {
		with(THREADS, waits);
		return 3;
	}
	if (!strcmp(way, "leader-first")) {
		with(1, ends);
		syscall(SYS_exit, 6);
	}
	if (!strcmp(way, "by-thread")) {
		with(THREADS, waits);
		with(1, ends_all);
		syscall(SYS_exit, 6);
	}
	if (!strcmp(way, "waiting")) {
		with(1, waits);
		pause();
	}
	if (!strcmp(way, "killed")) {
		with(THREADS, waits);
		abort();
	}
	fprintf(stderr, "threads: exit|leader-first|by-thread|waiting|killed\n");
	return 99;
}
