// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Many DNS lookups at 127.0.0.1, where this program is the server, too. Ends when its standard
 * input does, so that until then all sockets are open.
 *
 * lookups silent PORT COUNT RATE SOCKETS   COUNT lookups of different names, RATE a second, which
 *                                          nobody answers; prints "sent" after the last one
 * lookups answered PORT SOCKETS            each socket asks for the same name with the id 0; when
 *                                          all have asked, each is answered; prints "answered N"
 */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEADER 12
#define ANSWER_MS 20000

static struct sockaddr_in server = { .sin_family = AF_INET };
static int *sockets, server_socket;

static int udp_socket(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0)
		err(1, "socket");
	return fd;
}

static void open_sockets(const char *port, int count)
{
	struct timeval limit = { ANSWER_MS / 1000, 0 };
	struct rlimit files = { count + 64, count + 64 };
	int room = 4 << 20;

	setrlimit(RLIMIT_NOFILE, &files);
	server.sin_port = htons(atoi(port));
	server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server_socket = udp_socket();
	setsockopt(server_socket, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	setsockopt(server_socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (bind(server_socket, (struct sockaddr *)&server, sizeof(server)))
		err(1, "bind");
	sockets = calloc(count, sizeof(*sockets));
	for (int i = 0; sockets && i < count; i++) {
		sockets[i] = udp_socket();
		setsockopt(sockets[i], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
		if (connect(sockets[i], (struct sockaddr *)&server, sizeof(server)))
			err(1, "connect");
	}
}

/* For the type A of NAME.test. Returns its length. */
static size_t query_of(const char *name, uint16_t id, uint8_t *to)
{
	size_t len = strlen(name);
	uint8_t *p = to + HEADER;

	memset(to, 0, HEADER);
	to[0] = id >> 8;
	to[1] = id;
	to[2] = 1;
	to[5] = 1;
	*p++ = len;
	memcpy(p, name, len);
	p += len;
	memcpy(p, "\4test\0\0\1\0\1", 10);
	return p + 10 - to;
}

static void pace(const struct timespec *start, uint64_t sent, uint64_t rate)
{
	uint64_t ns = sent % rate * UINT64_C(1000000000) / rate + start->tv_nsec;
	struct timespec until = { start->tv_sec + sent / rate + ns / 1000000000, ns % 1000000000 };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

static void silent(int count, int rate, int nsockets)
{
	struct timespec start;
	uint8_t query[128];
	char name[32];

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		/* What has no room at the server was sent all the same. */
		if (send(sockets[i % nsockets], query, query_of(name, i, query), 0) < 0)
			err(1, "send");
		if (i % 64 == 63)
			pace(&start, i, rate);
	}
	puts("sent");
}

static void answered(int count)
{
	struct sockaddr_in *from = calloc(count, sizeof(*from));
	uint8_t query[128], message[128];
	size_t len = query_of("same", 0, query);
	int n = 0;

	for (int i = 0; i < count; i++)
		if (send(sockets[i], query, len, 0) < 0)
			err(1, "send");
	for (int i = 0; i < count; i++) {
		socklen_t size = sizeof(*from);

		if (recvfrom(server_socket, message, sizeof(message), 0,
			     (struct sockaddr *)&from[i], &size) < 0)
			err(1, "server");
	}
	query[2] = 0x81;
	query[3] = 0x80;
	for (int i = 0; i < count; i++)
		sendto(server_socket, query, len, 0, (struct sockaddr *)&from[i], sizeof(*from));
	for (int i = 0; i < count; i++)
		n += recv(sockets[i], message, sizeof(message), 0) > 0;
	printf("answered %d\n", n);
	free(from);
}

int main(int argc, char **argv)
{
	if (argc == 6 && !strcmp(argv[1], "silent")) {
		open_sockets(argv[2], atoi(argv[5]));
		silent(atoi(argv[3]), atoi(argv[4]), atoi(argv[5]));
	} else if (argc == 4 && !strcmp(argv[1], "answered")) {
		open_sockets(argv[2], atoi(argv[3]));
		answered(atoi(argv[3]));
	} else {
		errx(2, "see the head of lookups.c");
	}
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}
