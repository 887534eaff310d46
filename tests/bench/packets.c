// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What a datagram costs that nobody is interested in, on the loopback interface: sent and received,
 * with its way through the kernel in between. Prints the ns of one: the least and the median of
 * many batches.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCHES 2000
#define PACKETS 100

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * UINT64_C(1000000000) + t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static int fail(const char *what)
{
	perror(what);
	return 1;
}

int main(void)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int in = socket(AF_INET, SOCK_DGRAM, 0), out = socket(AF_INET, SOCK_DGRAM, 0);
	static uint64_t ns[BATCHES];
	socklen_t len = sizeof(addr);
	char data[64] = { 0 };

	if (in < 0 || out < 0 || bind(in, (struct sockaddr *)&addr, len) ||
	    getsockname(in, (struct sockaddr *)&addr, &len) ||
	    connect(out, (struct sockaddr *)&addr, len))
		return fail("socket");
	for (int i = 0; i < BATCHES; i++) {
		uint64_t start = now_ns();

		for (int j = 0; j < PACKETS; j++)
			if (send(out, data, sizeof(data), 0) < 0 ||
			    recv(in, data, sizeof(data), 0) < 0)
				return fail("packet");
		ns[i] = now_ns() - start;
	}
	qsort(ns, BATCHES, sizeof(ns[0]), by_value);
	printf("%.1f %.1f\n", (double)ns[0] / PACKETS, (double)ns[BATCHES / 2] / PACKETS);
	return 0;
}
