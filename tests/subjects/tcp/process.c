// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tests/subjects/tcp/process.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/subjects/tcp/socket.h"
#include "tests/subjects/tcp/step.h"

#define PASSED_FD 3

static pid_t new_process(void)
{
	pid_t child = fork();

	if (child < 0)
		fail("fork");
	return child;
}

void do_fork(void)
{
	pid_t parent = getpid();

	if (new_process())
		_exit(0);
	while (getppid() == parent)
		pause_for(0.001);
}

void do_workers(void)
{
	for (int n = atoi(argument()); n > 0; n--) {
		pid_t child = new_process();

		if (!child)
			return;
		waitpid(child, NULL, 0);
	}
	_exit(0);
}

void do_prefork(void)
{
	for (int n = atoi(argument()); n > 0; n--)
		if (!new_process())
			return;
	while (wait(NULL) > 0)
		;
	_exit(0);
}

void do_hand(void)
{
	int closed[2];
	pid_t child;
	char none;

	if (pipe(closed))
		fail("pipe");
	child = new_process();
	if (!child) {
		close(closed[1]);
		(void)!read(closed[0], &none, 1);
		close(closed[0]);
		return;
	}
	do_close();
	close(closed[1]);
	waitpid(child, NULL, 0);
	_exit(0);
}

void do_pass(void)
{
	pid_t child = new_process();

	if (child) {
		waitpid(child, NULL, 0);
		_exit(0);
	}
	if (dup2(listener, PASSED_FD) < 0 || fcntl(PASSED_FD, F_SETFD, 0))
		fail("dup2");
	*--rest = "passed";
	*--rest = program_invocation_name;
	execv(program_invocation_name, rest);
	fail("exec");
}

/* What "pass" begins with after its exec. */
void do_passed(void)
{
	listener = PASSED_FD;
}

void do_one_cpu(void)
{
	cpu_set_t now, one;
	int cpu = 0;

	if (sched_getaffinity(0, sizeof(now), &now))
		fail("sched_getaffinity");
	while (!CPU_ISSET(cpu, &now))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		fail("sched_setaffinity");
}

void do_name(void)
{
	if (prctl(PR_SET_NAME, argument()))
		fail("prctl");
}

void do_sleep(void)
{
	pause_for(seconds());
}

void do_sh(void)
{
	if (system(argument()))
		usage("the command failed");
}

void do_touch(void)
{
	FILE *f = fopen(argument(), "w");

	if (!f || fclose(f))
		fail("touch");
}

void do_wait(void)
{
	const char *path = argument();

	while (access(path, F_OK))
		pause_for(0.01);
}

/* Whoever sees the file sees all of it. */
void do_pid(void)
{
	const char *path = argument();
	char new[4096];
	FILE *f;

	snprintf(new, sizeof(new), "%s.new", path);
	f = fopen(new, "w");
	if (!f || fprintf(f, "%d", getpid()) < 0 || fclose(f) || rename(new, path))
		fail("pid");
}
