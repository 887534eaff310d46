// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tests/subjects/tcp/socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>
#include "tests/subjects/tcp/step.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
#define TRIES 128

int listener = -1, sock = -1;

static int protocol;
static bool reuseport, fastopen;
static int backlog = 16, defer;
static const char *congestion;
static int tried[TRIES];
static int n_tried;

struct address address(void)
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

void set(int fd, int level, int name, const void *value, socklen_t size)
{
	if (setsockopt(fd, level, name, value, size))
		fail("setsockopt");
}

int new_socket(const struct address *a)
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

void do_reuseport(void)
{
	reuseport = true;
}

void do_fastopen(void)
{
	fastopen = true;
}

void do_congestion(void)
{
	congestion = argument();
}

void do_backlog(void)
{
	backlog = atoi(argument());
}

void do_defer(void)
{
	defer = atoi(argument());
}

void do_mptcp(void)
{
	protocol = IPPROTO_MPTCP;
}

void do_bind(void)
{
	struct address a = address();

	sock = new_socket(&a);
	if (bind(sock, &a.any, a.size))
		fail("bind");
}

void do_listen(void)
{
	struct address a = address();

	listener = new_socket(&a);
	if (defer)
		set(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, &defer, sizeof(defer));
	if (bind(listener, &a.any, a.size) || listen(listener, backlog))
		fail("listen");
}

void do_accept(void)
{
	sock = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (sock < 0)
		fail("accept");
}

void do_connect(void)
{
	struct address a = address();

	if (sock < 0)
		sock = new_socket(&a);
	if (connect(sock, &a.any, a.size))
		fail("connect");
}

void do_try(void)
{
	struct address a = address();

	sock = new_socket(&a);
	limit(seconds());
	(void)!connect(sock, &a.any, a.size);
}

void do_tries(void)
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

void do_speak(void)
{
	for (int i = 0; i < n_tried; i++)
		(void)!send(tried[i], "x", 1, MSG_NOSIGNAL);
}

void do_fast(void)
{
	struct address a = address();
	char data[100];

	memset(data, 'x', sizeof(data));
	sock = new_socket(&a);
	limit(seconds());
	(void)!sendto(sock, data, sizeof(data), MSG_FASTOPEN | MSG_NOSIGNAL, &a.any, a.size);
}

void do_close(void)
{
	close(sock);
	sock = -1;
}
