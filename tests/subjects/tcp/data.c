// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tests/subjects/tcp/data.h"

#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "tests/subjects/tcp/counter.h"
#include "tests/subjects/tcp/socket.h"
#include "tests/subjects/tcp/step.h"

void do_sink(void)
{
	static char buf[1 << 20];
	ssize_t n;

	do {
		n = read(sock, buf, sizeof(buf));
	} while (n > 0);
	if (n < 0)
		fail("read");
}

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

void do_send(void)
{
	counters_begin();
	send_bytes(strtoul(argument(), NULL, 10));
}

void do_repair(void)
{
	int on = 1, off = 0, queue = TCP_SEND_QUEUE;

	set(sock, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on));
	set(sock, IPPROTO_TCP, TCP_REPAIR_QUEUE, &queue, sizeof(queue));
	do_send();
	set(sock, IPPROTO_TCP, TCP_REPAIR, &off, sizeof(off));
}

void do_drain(void)
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

void do_serve(void)
{
	for (;;) {
		do_accept();
		do_sink();
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

void do_answer(void)
{
	answer(true);
}

void do_greet(void)
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
		do_sink();
		do_close();
	}
}

void do_ask(void)
{
	ask(1);
}

void do_hear(void)
{
	ask(0);
}

void do_end(void)
{
	if (shutdown(sock, SHUT_WR))
		fail("shutdown");
}

void do_shut(void)
{
	do_end();
	do_sink();
}
