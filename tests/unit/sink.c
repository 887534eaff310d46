// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "tests/unit/tap.h"

#define BIG 3000000

static void write_is(int fd, const char *text, int want, const char *what)
{
	struct sink s;

	sink__init(&s, fd, -1);
	is_int(sink__write(&s, text, strlen(text)), want, "write to %s", what);
}

static void test_errors(void)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	int fds[2];

	write_is(1000, "x", -EBADF, "no descriptor");
	write_is(1000, "", 0, "no descriptor, of nothing");
	if (full < 0)
		skip("/dev/full: is not there");
	else
		write_is(full, "x", -ENOSPC, "a full disk");
	close(full);
	if (pipe(fds))
		return;
	close(fds[0]);
	signal(SIGPIPE, SIG_IGN);
	write_is(fds[1], "x", -EPIPE, "a pipe without a reader");
	close(fds[1]);
}

static void interrupt(int sig)
{
	(void)sig;
}

struct reader {
	int fd;
	pthread_t writer;
	char *data;
	size_t len;
};

/* Reads slowly and disturbs the writer with signals. */
static void *read_slowly(void *arg)
{
	struct reader *r = arg;
	unsigned int n = 0;
	ssize_t got;

	while ((got = read(r->fd, r->data + r->len, 5000)) > 0) {
		r->len += got;
		/* The first ends a write in part, the second one that has nothing written yet. */
		for (unsigned int i = 0; n % 50 == 0 && i < 3; i++) {
			pthread_kill(r->writer, SIGUSR1);
			usleep(2000);
		}
		n++;
	}
	return NULL;
}

static void test_pipe(int flags, const char *what)
{
	struct sigaction sa = { .sa_handler = interrupt };
	struct reader r = { .writer = pthread_self() };
	struct sink s;
	unsigned int wrong = 0;
	pthread_t thread;
	char *data;
	int fds[2];

	sigaction(SIGUSR1, &sa, NULL);
	r.data = malloc(BIG + 5000);
	data = malloc(BIG);
	if (!r.data || !data || pipe(fds) || fcntl(fds[1], F_SETFL, flags))
		exit(1);
	r.fd = fds[0];
	sink__init(&s, fds[1], -1);
	for (unsigned int i = 0; i < BIG; i++)
		data[i] = i * 7 / 3;
	if (pthread_create(&thread, NULL, read_slowly, &r))
		exit(1);
	is_int(sink__write(&s, data, BIG), 0, "%s: %d bytes despite signals", what, BIG);
	close(fds[1]);
	pthread_join(thread, NULL);
	is_u64(r.len, BIG, "... all of them arrive");
	for (unsigned int i = 0; i < BIG; i++)
		wrong += r.data[i] != data[i];
	is_u64(wrong, 0, "... in order");
	close(fds[0]);
	free(r.data);
	free(data);
}

/* Nobody reads: it waits, but no longer than the user does. */
static void test_stop(void)
{
	static const char data[1 << 20];
	int fds[2], stop[2];
	struct sink s;

	if (pipe(fds) || pipe(stop) || write(stop[1], "x", 1) != 1)
		exit(1);
	sink__init(&s, fds[1], -1);
	sink__stop_by(stop[0]);
	is_int(sink__write(&s, data, sizeof(data)), -ETIMEDOUT, "nobody reads, and it is to end");
	sink__stop_by(-1);
	close(fds[0]);
	close(fds[1]);
	close(stop[0]);
	close(stop[1]);
}

/* What is in the pipe. */
static size_t drain(int fd, char *data, size_t size)
{
	size_t len = 0;
	ssize_t n;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (len < size && (n = read(fd, data + len, size - len)) > 0)
		len += n;
	return len;
}

/* Lines of many lengths, some longer than PIPE_BUF, and nobody reads: none is begun in vain. */
static void test_lines(void)
{
	static char text[1 << 20], got[1 << 20];
	size_t len = 0, taken, n;
	int fds[2];
	struct sink s;

	for (unsigned int i = 0; len < sizeof(text) - 10000; i++) {
		n = i * 37 % 700 + (i % 9 == 8 ? 9000 : 0);
		memset(text + len, 'a' + i % 26, n);
		len += n;
		text[len++] = '\n';
	}
	if (pipe(fds))
		exit(1);
	sink__init(&s, fds[1], 0);
	is_int(sink__lines(&s, text, len, &taken), -ETIMEDOUT, "nobody reads lines");
	n = drain(fds[0], got, sizeof(got));
	is_u64(n, taken, "... what was taken is what is there");
	ok(n > 30000 && got[n - 1] == '\n' && !memcmp(got, text, n), "... and whole");
	ok(!s.cut, "... no line is cut");
	memset(text, 'x', sizeof(text));
	is_int(sink__lines(&s, text, sizeof(text), &taken), -ETIMEDOUT, "longer than a pipe");
	is_u64(taken, 0, "... is not taken");
	ok(s.cut, "... and it is said that it is cut");
	close(fds[0]);
	close(fds[1]);
}

/* A file that takes so many bytes and no more. */
static void test_file(void)
{
	const struct rlimit limit = { 1000, RLIM_INFINITY };
	char path[] = "/tmp/snoopkit-sink-XXXXXX", text[4000];
	int fd = mkstemp(path);
	size_t taken;
	struct sink s;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 300 == 299 ? '\n' : 'x';
	signal(SIGXFSZ, SIG_IGN);
	if (fd < 0 || write(fd, "before\n", 7) != 7 || setrlimit(RLIMIT_FSIZE, &limit))
		exit(1);
	sink__init(&s, fd, -1);
	is_int(sink__lines(&s, text, sizeof(text), &taken), -EFBIG, "a file with a limit");
	is_u64(taken, 900, "... takes whole lines");
	is_u64(lseek(fd, 0, SEEK_END), 907, "... of the last one nothing is left");
	is_u64(lseek(fd, 0, SEEK_CUR), 907, "... and what comes next follows");
	ok(!s.cut, "... no line is cut");
	close(fd);
	unlink(path);
}

int main(void)
{
	test_lines();
	test_errors();
	test_pipe(0, "a pipe");
	test_pipe(O_NONBLOCK, "a pipe that does not block");
	test_stop();
	test_file();
	return done_testing();
}
