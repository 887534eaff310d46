// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Executes a program in a way that a shell does not: exec WAY [PROGRAM ARGUMENT...]. It ends as the
 * program does, and with 99 if the way is not to be had.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <link.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* In no shared file page, and far from everything that is ever touched. */
static const struct {
	char before[256 << 10];
	char text[256 << 10];
	char after[256 << 10];
} untouched = { .text = "never touched" };

static char **environment;

static void die(const char *what)
{
	fprintf(stderr, "exec: %s: %s\n", what, strerror(errno));
	exit(99);
}

static int wait_for(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		die("wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* -- Ways to execute argv[0] -------------------------------------------------------------- */

static int way_null(char **argv)
{
	char *none[] = { NULL };

	return execve(argv[0], none, environment);
}

static void *in_thread(void *argv)
{
	char **args = argv;

	execve(args[0], args, environment);
	return (void *)(intptr_t)errno;
}

/* Not the leader: the kernel gives the process its number back. */
static int way_thread(char **argv)
{
	pthread_t thread;
	void *error;

	if (pthread_create(&thread, NULL, in_thread, argv) || pthread_join(thread, &error))
		die("thread");
	errno = (intptr_t)error;
	return -1;
}

static int way_vfork(char **argv)
{
	pid_t pid = vfork();

	if (!pid) {
		execve(argv[0], argv, environment);
		_exit(98);
	}
	exit(wait_for(pid));
}

static int way_spawn(char **argv)
{
	pid_t pid;

	errno = posix_spawn(&pid, argv[0], NULL, NULL, argv, environment);
	if (errno)
		return -1;
	exit(wait_for(pid));
}

static int way_memfd(char **argv)
{
	int from = open(argv[0], O_RDONLY | O_CLOEXEC), fd = memfd_create("subject", MFD_CLOEXEC);
	struct stat st;

	if (from < 0 || fd < 0 || fstat(from, &st) ||
	    sendfile(fd, from, NULL, st.st_size) != st.st_size)
		die("memfd");
	return fexecve(fd, argv, environment);
}

static int execute_at(int fd, const char *path, char **argv, int flags)
{
	return syscall(SYS_execveat, fd, path, argv, environment, flags);
}

static int way_at(char **argv)
{
	char *dir = strdup(argv[0]), *base = strdup(argv[0]);
	int fd = dir && base ? open(dirname(dir), O_PATH | O_CLOEXEC) : -1;

	if (fd < 0)
		die("directory");
	return execute_at(fd, basename(base), argv, 0);
}

static int way_at_empty(char **argv)
{
	int fd = open(argv[0], O_PATH | O_CLOEXEC);

	return fd < 0 ? -1 : execute_at(fd, "", argv, AT_EMPTY_PATH);
}

static int way_at_bad_fd(char **argv)
{
	return execute_at(1000, argv[0], argv, 0);
}

static int way_untouched(char **argv)
{
	char *args[] = { argv[0], (char *)untouched.text, (char *)untouched.after, NULL };

	return execve(argv[0], args, environment);
}

static int way_bad_pointer(char **argv)
{
	char *args[] = { argv[0], "fine", (char *)8, NULL };

	return execve(argv[0], args, environment);
}

/* As many megabytes as no kernel takes. */
static int way_too_big(char **argv)
{
	enum { COUNT = 100, SIZE = 100000 };
	static char *args[COUNT + 2], big[SIZE];

	memset(big, 'x', SIZE - 1);
	args[0] = argv[0];
	for (int i = 1; i <= COUNT; i++)
		args[i] = big;
	return execve(argv[0], args, environment);
}

/* Traced by a process that is not its parent. */
static int way_ptraced(char **argv)
{
	pid_t child, tracer;
	int go[2];
	char c;

	if (pipe2(go, O_CLOEXEC))
		die("pipe");
	child = fork();
	if (!child) {
		close(go[1]);
		if (read(go[0], &c, 1) != 1)
			_exit(99);
		execve(argv[0], argv, environment);
		_exit(98);
	}
	tracer = fork();
	if (!tracer) {
		if (ptrace(PTRACE_SEIZE, child, 0, 0) || write(go[1], "", 1) != 1)
			_exit(99);
		while (waitpid(child, NULL, 0) == child)
			;
		_exit(0);
	}
	close(go[1]);
	exit(wait_for(child) | wait_for(tracer));
}

/* As a child of the number argv[0]: exec pid NUMBER PROGRAM ARGUMENT... */
static int way_pid(char **argv)
{
	pid_t wanted = atoi(argv[0]), pid;
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)&wanted,
		.set_tid_size = 1,
	};

	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (!pid) {
		execve(argv[1], argv + 1, environment);
		_exit(98);
	}
	exit(wait_for(pid));
}

/*
 * Makes a program of argv[0] that the kernel finds to be wrong when the old one is gone: a part of
 * it has less room in memory than in the file. exec break PROGRAM FILE
 */
static int way_break(char **argv)
{
	int from = open(argv[0], O_RDONLY), to = open(argv[1], O_RDWR | O_CREAT | O_EXCL, 0755);
	ElfW(Ehdr) head;
	ElfW(Phdr) part;
	struct stat st;
	off_t at;

	if (from < 0 || to < 0 || fstat(from, &st) ||
	    sendfile(to, from, NULL, st.st_size) != st.st_size ||
	    pread(to, &head, sizeof(head), 0) != sizeof(head))
		die("copy");
	at = head.e_phoff;
	do {
		if (pread(to, &part, sizeof(part), at) != sizeof(part))
			die("parts");
		at += sizeof(part);
	} while (part.p_type != PT_LOAD);
	part.p_memsz = 0;
	if (pwrite(to, &part, sizeof(part), at - sizeof(part)) != sizeof(part) || close(to))
		die("write");
	exit(0);
}

/*
 * Tries to execute what is not there, again and again, and tells how often that has failed:
 * exec failing PROGRAM COUNT
 */
static int way_failing(char **argv)
{
	long count = argv[1] ? strtol(argv[1], NULL, 10) : 1, failed = 0;

	for (long i = 0; i < count; i++)
		failed += execve(argv[0], argv, environment) < 0;
	printf("%ld\n", failed);
	exit(0);
}

static const struct way {
	const char *name;
	int (*execute)(char **argv);
} ways[] = {
	{ "null", way_null },
	{ "thread", way_thread },
	{ "vfork", way_vfork },
	{ "spawn", way_spawn },
	{ "memfd", way_memfd },
	{ "at", way_at },
	{ "at-empty", way_at_empty },
	{ "at-bad-fd", way_at_bad_fd },
	{ "untouched", way_untouched },
	{ "bad-pointer", way_bad_pointer },
	{ "too-big", way_too_big },
	{ "ptraced", way_ptraced },
	{ "pid", way_pid },
	{ "break", way_break },
	{ "failing", way_failing },
	{},
};

/* Ends with the number of the error, as a shell would have it in $?. */
int main(int argc, char **argv, char **envp)
{
	environment = envp;
	for (const struct way *w = ways; argc > 2 && w->name; w++) {
		if (strcmp(w->name, argv[1]))
			continue;
		w->execute(argv + 2);
		return errno;
	}
	fprintf(stderr, "exec: WAY PROGRAM ARGUMENT...\n");
	return 99;
}
