// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Executes a program as often as it is told, as fast as it can or so many times a second: vfork(),
 * execve(), wait(). Prints how many ns that took.
 *
 *	storm [-n EXECS] [-w WORKERS] [-a ARGUMENTS] [-b BYTES] [-r EXECS-A-SECOND] [-x] PROGRAM
 *
 *	-b   bytes of arguments in all, with a NUL behind each
 *	-x   the program is not there: execve() alone, which fails
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ARGS_MAX 1024

struct storm {
	long execs, workers, args, bytes, rate;
	bool fails;
	const char *program;
	char *argv[ARGS_MAX + 1];
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * UINT64_C(1000000000) + t.tv_nsec;
}

static void sleep_until(uint64_t ns)
{
	struct timespec t = { ns / 1000000000, ns % 1000000000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

static int exec_once(const struct storm *s)
{
	static char *const no_environment[] = { NULL };
	int status;
	pid_t pid;

	if (s->fails)
		return execve(s->program, s->argv, no_environment) ? -errno : 0;
	pid = vfork();
	if (!pid) {
		execve(s->program, s->argv, no_environment);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -errno;
	return status ? -ECHILD : 0;
}

static int work(const struct storm *s, long worker)
{
	uint64_t start = now_ns();

	for (long i = worker; i < s->execs; i += s->workers) {
		if (s->rate)
			sleep_until(start + i * UINT64_C(1000000000) / s->rate);
		if (exec_once(s) != (s->fails ? -ENOENT : 0))
			return 1;
	}
	return 0;
}

/* The program's name, and the rest of the bytes spread over the other arguments. */
static int fill(struct storm *s, char *program)
{
	long left = s->bytes - (long)strlen(program) - 1;

	s->program = s->argv[0] = program;
	for (long i = 1; i < s->args; i++) {
		long len = left / (s->args - i);

		if (len < 1)
			return -1;
		s->argv[i] = malloc(len);
		if (!s->argv[i])
			return -1;
		memset(s->argv[i], 'a' + i % 26, len - 1);
		s->argv[i][len - 1] = 0;
		left -= len;
	}
	return 0;
}

static int parse(struct storm *s, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "n:w:a:b:r:x")) != -1) {
		long *number = c == 'n' ? &s->execs :
			       c == 'w' ? &s->workers :
			       c == 'a' ? &s->args :
			       c == 'b' ? &s->bytes :
			       c == 'r' ? &s->rate :
					  NULL;

		if (number)
			*number = atol(optarg);
		else if (c == 'x')
			s->fails = true;
		else
			return -1;
	}
	if (optind + 1 != argc || s->workers < 1 || s->args < 1 || s->args > ARGS_MAX)
		return -1;
	return fill(s, argv[optind]);
}

int main(int argc, char **argv)
{
	struct storm s = { .execs = 1000, .workers = 1, .args = 3, .bytes = 200 };
	uint64_t start;
	int status, failed = 0;

	if (parse(&s, argc, argv)) {
		fprintf(stderr, "storm: usage, see its source\n");
		return 2;
	}
	start = now_ns();
	for (long i = 0; i < s.workers; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(work(&s, i));
		failed |= pid < 0;
	}
	while (wait(&status) > 0)
		failed |= status;
	if (failed) {
		fprintf(stderr, "storm: an exec went otherwise than it should\n");
		return 1;
	}
	printf("%llu\n", (unsigned long long)(now_ns() - start));
	return 0;
}
