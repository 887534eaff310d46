// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include "tests/unit/random.h"
#include "tests/unit/tap.h"

#define BIG 3000000

static void test_growth(void)
{
	struct buf b = {};

	buf__add(&b, NULL, 0);
	buf__str(&b, "");
	buf__fill(&b, 'x', 0);
	ok(!b.len && !b.err, "nothing added, nothing there");
	buf__str(&b, "ab");
	buf__char(&b, 'c');
	buf__add(&b, "d\0e", 3);
	buf__fill(&b, '-', 3);
	buf__printf(&b, "%d|%s|", -7, "x");
	is_u64(b.len, 14, "length of all pieces");
	ok(b.len == 14 && !memcmp(b.data, "abcd\0e----7|x|", 14), "... and the bytes");
	buf__free(&b);
	ok(!b.data && !b.len && !b.size, "freed");
	buf__free(&b);
	buf__free(NULL);
	buf__str(&b, "again");
	ok(b.len == 5 && !memcmp(b.data, "again", 5), "usable after it was freed");
	buf__free(&b);
}

/* Room for the NUL that vsnprintf() writes, at the edge of what is allocated. */
static void test_printf_edge(void)
{
	unsigned int wrong = 0;

	for (size_t n = 4000; n < 4200; n++) {
		struct buf b = {};

		buf__fill(&b, 'x', n);
		buf__printf(&b, "%s", "12345678");
		wrong += b.len != n + 8 || memcmp(b.data + n, "12345678", 8);
		buf__free(&b);
	}
	is_u64(wrong, 0, "formatted at the edge of the memory");
}

static void add_random(struct buf *b, char *piece, size_t len)
{
	switch (random_u64() % 4) {
	case 0:
		buf__add(b, piece, len);
		break;
	case 1:
		piece[len] = '\0';
		buf__str(b, piece);
		break;
	case 2:
		memset(piece, 'f', len);
		buf__fill(b, 'f', len);
		break;
	case 3:
		piece[len] = '\0';
		buf__printf(b, "%s", piece);
		break;
	}
}

static void test_random(void)
{
	static char want[BIG + 10000], piece[10000];
	struct buf b = {};
	size_t len = 0;

	while (len < BIG) {
		size_t n = random_u64() % (random_u64() % 8 ? 100 : 9999);

		memset(piece, 'a' + random_u64() % 26, n);
		add_random(&b, piece, n);
		memcpy(want + len, piece, n);
		len += n;
	}
	ok(b.len == len && !memcmp(b.data, want, len) && !b.err, "pieces of all sizes, %zu bytes",
	   len);
	ok(b.size < 2 * len + 4096, "... and not much more memory than that");
	buf__free(&b);
}

/* Has ASan's malloc() fail rather than end the test. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

/* A size that nobody has stands for memory that ran out. */
static void test_no_memory(size_t size)
{
	struct buf b = {};
	int fds[2];

	buf__str(&b, "kept");
	buf__fill(&b, 'x', size);
	is_int(b.err, -ENOMEM, "no memory for %zu bytes", size);
	is_u64(b.len, 4, "... adds nothing");
	buf__str(&b, "later");
	buf__printf(&b, "%d", 1);
	buf__char(&b, 'c');
	is_u64(b.len, 4, "... nor does anything afterwards");
	if (!pipe2(fds, O_NONBLOCK)) {
		char c;

		is_int(buf__write(&b, fds[1]), -ENOMEM, "... and it is not written");
		is_int(read(fds[0], &c, 1), -1, "... not even in part");
		close(fds[0]);
		close(fds[1]);
	}
	buf__free(&b);
	buf__str(&b, "new");
	ok(!b.err && b.len == 3, "... until it is freed");
	buf__free(&b);
}

static void write_is(int fd, const char *text, int want, const char *what)
{
	struct buf b = {};

	buf__str(&b, text);
	is_int(buf__write(&b, fd), want, "write to %s", what);
	is_u64(b.len, 0, "... leaves the buffer empty");
	buf__free(&b);
}

static void test_errors(void)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	int fds[2];

	write_is(-1, "x", -EBADF, "no descriptor");
	write_is(-1, "", 0, "no descriptor, of nothing");
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
	unsigned int wrong = 0;
	struct buf b = {};
	pthread_t thread;
	int fds[2];

	sigaction(SIGUSR1, &sa, NULL);
	r.data = malloc(BIG + 5000);
	if (!r.data || pipe(fds) || fcntl(fds[1], F_SETFL, flags))
		exit(1);
	r.fd = fds[0];
	for (unsigned int i = 0; i < BIG; i++)
		buf__char(&b, i * 7 / 3);
	if (pthread_create(&thread, NULL, read_slowly, &r))
		exit(1);
	is_int(buf__write(&b, fds[1]), 0, "%s: %d bytes despite signals", what, BIG);
	close(fds[1]);
	pthread_join(thread, NULL);
	is_u64(r.len, BIG, "... all of them arrive");
	for (unsigned int i = 0; i < BIG; i++)
		wrong += r.data[i] != (char)(i * 7 / 3);
	is_u64(wrong, 0, "... in order");
	close(fds[0]);
	free(r.data);
	buf__free(&b);
}

int main(void)
{
	test_growth();
	test_printf_edge();
	test_random();
	test_no_memory(SIZE_MAX / 8);
	test_no_memory(SIZE_MAX / 2 + 1);
	test_no_memory(SIZE_MAX);
	test_errors();
	test_pipe(0, "a pipe");
	test_pipe(O_NONBLOCK, "a pipe that does not block");
	return done_testing();
}
