// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * A process with a TCP socket, which does one step after the other: tcp STEP...
 *
 *   reuseport, fastopen, congestion NAME   options of the sockets from here on
 *   backlog N, defer SECONDS               the same, of those that listen
 *   mptcp                                  the same with another protocol
 *   bind ADDRESS PORT
 *   listen ADDRESS PORT
 *   connect ADDRESS PORT
 *   try ADDRESS PORT SECONDS               may fail
 *   tries ADDRESS PORT N                   as many at once, without waiting for them
 *   speak                                  sends a byte on each of those
 *   fast ADDRESS PORT SECONDS              connects with data in the SYN; may fail
 *   accept
 *   fork                                   the parent ends, then the child goes on
 *   workers N                              N children go on, one by one; it keeps its sockets
 *   prefork N                              N children go on, at the same time
 *   hand                                   the parent closes the connection, then a child goes on
 *   pass                                   a child goes on after an exec
 *   send BYTES
 *   repair BYTES                           as sent already, with TCP_REPAIR: they are not
 *   drain                                  until all is acknowledged
 *   counted NAME N                         until the namespace's counter is N more than before the
 * last "send", or 30 s sink                                   reads until the end serve accepts,
 * reads until the end and closes, again and again answer BYTES                           accepts,
 * reads once, sends and closes, again and again greet BYTES                            the same
 * without reading ask ADDRESS PORT N                     connects, sends a byte and reads until the
 * end, N times hear ADDRESS PORT N                    the same without sending shut the same, and
 * reads until the peer's end                                    sends the end close sleep SECONDS
 *   sh COMMAND
 *   touch FILE
 *   wait FILE
 *   pid FILE
 *   one_cpu                                for this process, from here on
 *   name NAME                              the same
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
#define PASSED_FD 3

static const char *step;
static char **rest; /* of the command line */
static int listener = -1, sock = -1;
static int protocol;
static bool reuseport, fastopen;
static int backlog = 16, defer;
static const char *congestion;
#define TRIES 128
static int tried[TRIES];
static int n_tried;

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "tcp: %s: %s: %s\n", step, what, strerror(errno));
	exit(1);
}

static _Noreturn void usage(const char *what)
{
	fprintf(stderr, "tcp: %s: %s\n", step, what);
	exit(2);
}

static char *argument(void)
{
	if (!*rest)
		usage("an argument is missing");
	return *rest++;
}

static double seconds(void)
{
	char *text = argument(), *end;
	double s = strtod(text, &end);

	if (end == text || *end || s < 0 || s > 1e6)
		usage("no number of seconds");
	return s;
}

static void pause_for(double s)
{
	usleep(s * 1e6);
}

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	};
	socklen_t size;
};

static struct address address(void)
{
	const char *text = argument();
	in_port_t port = htons(atoi(argument()));
	struct address a = {};

	if (inet_pton(AF_INET, text, &a.v4.sin_addr) == 1) {
		a.v4.sin_family = AF_INET;
		a.v4.sin_port = port;
		a.size = sizeof(a.v4);
	} else if (inet_pton(AF_INET6, text, &a.v6.sin6_addr) == 1) {
		a.v6.sin6_family = AF_INET6;
		a.v6.sin6_port = port;
		a.size = sizeof(a.v6);
	} else {
		usage("no address");
	}
	return a;
}

static void set(int fd, int level, int name, const void *value, socklen_t size)
{
	if (setsockopt(fd, level, name, value, size))
		fail("setsockopt");
}

static int new_socket(const struct address *a)
{
	int fd = socket(a->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, protocol), one = 1, queue = 5;

	if (fd < 0)
		fail("socket");
	set(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (reuseport)
		set(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
	if (fastopen)
		set(fd, IPPROTO_TCP, TCP_FASTOPEN, &queue, sizeof(queue));
	if (congestion)
		set(fd, IPPROTO_TCP, TCP_CONGESTION, congestion, strlen(congestion));
	return fd;
}

/* For as long as it may take to connect, and to read. */
static void limit(double s)
{
	struct timeval t = { s, (s - (long)s) * 1e6 };

	set(sock, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
	set(sock, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
}

static void read_all(void)
{
	static char buf[1 << 20];
	ssize_t n;

	do {
		n = read(sock, buf, sizeof(buf));
	} while (n > 0);
	if (n < 0)
		fail("read");
}

/* -- Steps: sockets ---------------------------------------------------------------------- */

static void do_reuseport(void)
{
	reuseport = true;
}

static void do_fastopen(void)
{
	fastopen = true;
}

static void do_congestion(void)
{
	congestion = argument();
}

static void do_backlog(void)
{
	backlog = atoi(argument());
}

static void do_defer(void)
{
	defer = atoi(argument());
}

static void do_mptcp(void)
{
	protocol = IPPROTO_MPTCP;
}

static void do_bind(void)
{
	struct address a = address();

	sock = new_socket(&a);
	if (bind(sock, &a.any, a.size))
		fail("bind");
}

static void do_listen(void)
{
	struct address a = address();

	listener = new_socket(&a);
	if (defer)
		set(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, &defer, sizeof(defer));
	if (bind(listener, &a.any, a.size) || listen(listener, backlog))
		fail("listen");
}

static void do_accept(void)
{
	sock = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (sock < 0)
		fail("accept");
}

static void do_connect(void)
{
	struct address a = address();

	if (sock < 0)
		sock = new_socket(&a);
	if (connect(sock, &a.any, a.size))
		fail("connect");
}

static void do_try(void)
{
	struct address a = address();

	sock = new_socket(&a);
	limit(seconds());
	(void)!connect(sock, &a.any, a.size);
}

static void do_tries(void)
{
	struct address a = address();
	int n = atoi(argument());

	if (n < 0 || n > TRIES - n_tried)
		usage("too many");
	while (n--) {
		int fd = new_socket(&a);

		if (fcntl(fd, F_SETFL, O_NONBLOCK))
			fail("fcntl");
		(void)!connect(fd, &a.any, a.size);
		tried[n_tried++] = fd;
	}
}

static void do_speak(void)
{
	for (int i = 0; i < n_tried; i++)
		(void)!send(tried[i], "x", 1, MSG_NOSIGNAL);
}

static void do_fast(void)
{
	struct address a = address();
	char data[100];

	memset(data, 'x', sizeof(data));
	sock = new_socket(&a);
	limit(seconds());
	(void)!sendto(sock, data, sizeof(data), MSG_FASTOPEN | MSG_NOSIGNAL, &a.any, a.size);
}

static void do_close(void)
{
	close(sock);
	sock = -1;
}

/* -- The kernel's counters --------------------------------------------------------------- */

/* Of this network namespace: a line with names, then one with their values. */
struct counters {
	char text[2][1 << 14];
};

static struct counters counters_before;

static void counters_read(struct counters *c)
{
	static const char *const paths[] = { "/proc/net/snmp", "/proc/net/netstat" };

	for (int i = 0; i < 2; i++) {
		FILE *f = fopen(paths[i], "r");
		size_t n;

		if (!f)
			fail(paths[i]);
		n = fread(c->text[i], 1, sizeof(c->text[i]) - 1, f);
		c->text[i][n] = '\0';
		fclose(f);
	}
}

static bool word_is(const char *word, const char *name)
{
	size_t n = strlen(name);

	return !strncmp(word, name, n) && strchr(" \n", word[n]);
}

/* -1: no such name in this pair of lines. */
static int counter_column(const char *names, const char *name)
{
	int column = 0;

	for (; *names && *names != '\n'; column++) {
		if (word_is(names, name))
			return column;
		names += strcspn(names, " \n");
		names += *names == ' ';
	}
	return -1;
}

static long long column_value(const char *values, int column)
{
	while (column--) {
		values += strcspn(values, " \n");
		values += *values == ' ';
	}
	return atoll(values);
}

static long long counter_of(const struct counters *c, const char *name)
{
	for (int i = 0; i < 2; i++) {
		const char *names = c->text[i], *values;

		while ((values = strchr(names, '\n'))) {
			int column = counter_column(names, name);

			if (column > 0)
				return column_value(values + 1, column);
			names = strchr(values + 1, '\n');
			if (!names++)
				break;
		}
	}
	usage("no such counter");
}

static void do_counted(void)
{
	static struct counters now;
	const char *name = argument();
	int n = atoi(argument());

	for (int tries = 0; tries < 3000; tries++) {
		counters_read(&now);
		if (counter_of(&now, name) - counter_of(&counters_before, name) >= n)
			return;
		pause_for(0.01);
	}
	fprintf(stderr, "tcp: %s is not %d more\n", name, n);
}

/* -- Steps: data ------------------------------------------------------------------------- */

static void send_bytes(size_t left)
{
	static char data[1 << 17];

	memset(data, 'x', sizeof(data));
	while (left) {
		ssize_t n =
			send(sock, data, left < sizeof(data) ? left : sizeof(data), MSG_NOSIGNAL);

		if (n < 0)
			fail("send");
		left -= n;
	}
}

static void do_send(void)
{
	counters_read(&counters_before);
	send_bytes(strtoul(argument(), NULL, 10));
}

static void do_repair(void)
{
	int on = 1, off = 0, queue = TCP_SEND_QUEUE;

	set(sock, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on));
	set(sock, IPPROTO_TCP, TCP_REPAIR_QUEUE, &queue, sizeof(queue));
	do_send();
	set(sock, IPPROTO_TCP, TCP_REPAIR, &off, sizeof(off));
}

static void do_drain(void)
{
	int bytes;

	for (;;) {
		if (ioctl(sock, SIOCOUTQ, &bytes))
			fail("ioctl");
		if (!bytes)
			return;
		pause_for(0.01);
	}
}

static void do_serve(void)
{
	for (;;) {
		do_accept();
		read_all();
		do_close();
	}
}

static void answer(bool asked)
{
	size_t bytes = strtoul(argument(), NULL, 10);
	char request[100];

	for (;;) {
		do_accept();
		if (asked && read(sock, request, sizeof(request)) < 0)
			fail("read");
		send_bytes(bytes);
		do_close();
	}
}

static void do_answer(void)
{
	answer(true);
}

static void do_greet(void)
{
	answer(false);
}

static void ask(size_t bytes)
{
	struct address a = address();

	for (int n = atoi(argument()); n > 0; n--) {
		sock = new_socket(&a);
		if (connect(sock, &a.any, a.size))
			fail("connect");
		send_bytes(bytes);
		read_all();
		do_close();
	}
}

static void do_ask(void)
{
	ask(1);
}

static void do_hear(void)
{
	ask(0);
}

static void do_end(void)
{
	if (shutdown(sock, SHUT_WR))
		fail("shutdown");
}

static void do_shut(void)
{
	do_end();
	read_all();
}

/* -- Steps: processes, and others' steps ------------------------------------------------- */

static pid_t new_process(void)
{
	pid_t child = fork();

	if (child < 0)
		fail("fork");
	return child;
}

static void do_fork(void)
{
	pid_t parent = getpid();

	if (new_process())
		_exit(0);
	while (getppid() == parent)
		pause_for(0.001);
}

static void do_workers(void)
{
	for (int n = atoi(argument()); n > 0; n--) {
		pid_t child = new_process();

		if (!child)
			return;
		waitpid(child, NULL, 0);
	}
	_exit(0);
}

static void do_prefork(void)
{
	for (int n = atoi(argument()); n > 0; n--)
		if (!new_process())
			return;
	while (wait(NULL) > 0)
		;
	_exit(0);
}

static void do_hand(void)
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

static void do_pass(void)
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
static void do_passed(void)
{
	listener = PASSED_FD;
}

static void do_one_cpu(void)
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

static void do_name(void)
{
	if (prctl(PR_SET_NAME, argument()))
		fail("prctl");
}

static void do_sleep(void)
{
	pause_for(seconds());
}

static void do_sh(void)
{
	if (system(argument()))
		usage("the command failed");
}

static void do_touch(void)
{
	FILE *f = fopen(argument(), "w");

	if (!f || fclose(f))
		fail("touch");
}

static void do_wait(void)
{
	const char *path = argument();

	while (access(path, F_OK))
		pause_for(0.01);
}

/* Whoever sees the file sees all of it. */
static void do_pid(void)
{
	const char *path = argument();
	char new[4096];
	FILE *f;

	snprintf(new, sizeof(new), "%s.new", path);
	f = fopen(new, "w");
	if (!f || fprintf(f, "%d", getpid()) < 0 || fclose(f) || rename(new, path))
		fail("pid");
}

static const struct {
	const char *name;
	void (*run)(void);
} steps[] = {
	{ "reuseport", do_reuseport },
	{ "fastopen", do_fastopen },
	{ "congestion", do_congestion },
	{ "backlog", do_backlog },
	{ "defer", do_defer },
	{ "mptcp", do_mptcp },
	{ "bind", do_bind },
	{ "listen", do_listen },
	{ "accept", do_accept },
	{ "connect", do_connect },
	{ "try", do_try },
	{ "tries", do_tries },
	{ "speak", do_speak },
	{ "fast", do_fast },
	{ "close", do_close },
	{ "send", do_send },
	{ "repair", do_repair },
	{ "drain", do_drain },
	{ "counted", do_counted },
	{ "sink", read_all },
	{ "serve", do_serve },
	{ "answer", do_answer },
	{ "greet", do_greet },
	{ "ask", do_ask },
	{ "hear", do_hear },
	{ "end", do_end },
	{ "shut", do_shut },
	{ "fork", do_fork },
	{ "workers", do_workers },
	{ "prefork", do_prefork },
	{ "hand", do_hand },
	{ "pass", do_pass },
	{ "passed", do_passed },
	{ "one_cpu", do_one_cpu },
	{ "name", do_name },
	{ "sleep", do_sleep },
	{ "sh", do_sh },
	{ "touch", do_touch },
	{ "wait", do_wait },
	{ "pid", do_pid },
	{},
};

int main(int argc, char **argv)
{
	int i;

	(void)argc;
	counters_read(&counters_before);
	for (rest = argv + 1; *rest;) {
		step = *rest++;
		for (i = 0; steps[i].name && strcmp(steps[i].name, step); i++)
			;
		if (!steps[i].name)
			usage("no such step");
		steps[i].run();
	}
	return 0;
}
