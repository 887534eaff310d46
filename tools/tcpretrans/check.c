// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/tcpretrans/check.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "common/net_counters.h"
#include "common/netns.h"

/* The kernel counts a few us before the tracepoint: readings are repeated until they hold. */
#define READINGS 100
#define READING_GAP_US 500

static int check_file(const char *dir, const char *name)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static struct check_netns *check_find(const struct check *c, uint32_t netns)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->list[i].netns == netns)
			return &c->list[i];
	return NULL;
}

static int check_visit(uint32_t netns, const char *dir, void *ctx)
{
	struct check *c = ctx;
	struct check_netns *list, *n;

	if (check_find(c, netns) || c->count == RETRANS_NETNS_MAX)
		return 0;
	list = reallocarray(c->list, c->count + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	c->list = list;
	n = &list[c->count];
	*n = (struct check_netns){ .netns = netns };
	n->snmp = check_file(dir, "snmp");
	n->netstat = check_file(dir, "netstat");
	if (n->snmp >= 0 && n->netstat >= 0) {
		c->count++;
		return 0;
	}
	/* Another process may show it. */
	if (n->snmp >= 0)
		close(n->snmp);
	if (n->netstat >= 0)
		close(n->netstat);
	return 0;
}

int check__open(struct check *c, struct bpf_map *sums)
{
	c->sums = sums;
	return netns__walk(check_visit, c);
}

/*
 * What was sent again, says the kernel. It adds to RetransSegs also what could not be sent, and
 * that, alone, to TCPRetransFail.
 */
static int check_kernel(const struct check_netns *n, uint64_t *segs)
{
	uint64_t failed = 0;
	int err = net_counters__read(n->snmp, "Tcp", "RetransSegs", segs);

	err = err ?: net_counters__read(n->netstat, "TcpExt", "TCPRetransFail", &failed);
	*segs -= failed;
	return err;
}

static uint64_t check_seen(const struct check *c, uint32_t netns)
{
	struct retrans_sum sum = {};

	bpf_map_lookup_elem(bpf_map__fd(c->sums), &netns, &sum);
	return sum.segs;
}

/* Both of one moment: neither has changed while the other was read. */
static void check_read(const struct check *c, struct check_netns *n, uint64_t *kernel,
		       uint64_t *seen)
{
	uint64_t again;

	n->unread = check_kernel(n, kernel);
	*seen = check_seen(c, n->netns);
	for (int i = 0; i < READINGS && !n->unread; i++) {
		n->unread = check_kernel(n, &again);
		if (again == *kernel && check_seen(c, n->netns) == *seen)
			return;
		*kernel = again;
		*seen = check_seen(c, n->netns);
		usleep(READING_GAP_US);
	}
}

void check__begin(struct check *c)
{
	for (size_t i = 0; i < c->count; i++)
		check_read(c, &c->list[i], &c->list[i].kernel, &c->list[i].seen);
}

/* Those that nobody has found at the beginning. */
static void check_missing(struct check *c)
{
	uint32_t *before = NULL, netns;

	while (!bpf_map_get_next_key(bpf_map__fd(c->sums), before, &netns)) {
		if (!check_find(c, netns)) {
			c->missing++;
			c->missing_segs += check_seen(c, netns);
		}
		before = &netns;
	}
}

void check__end(struct check *c)
{
	for (size_t i = 0; i < c->count; i++) {
		struct check_netns *n = &c->list[i];
		uint64_t kernel = 0, seen = 0;

		for (int tries = 0; tries < READINGS; tries++) {
			check_read(c, n, &kernel, &seen);
			if (kernel - n->kernel == seen - n->seen)
				break;
			usleep(READING_GAP_US);
		}
		n->kernel = kernel - n->kernel;
		n->seen = seen - n->seen;
	}
	check_missing(c);
}

static bool check_equal(const struct check_netns *n)
{
	return !n->unread && n->kernel == n->seen;
}

bool check__show(const struct check *c, struct out *o)
{
	bool equal = true;

	for (size_t i = 0; i < c->count; i++) {
		const struct check_netns *n = &c->list[i];

		equal = equal && check_equal(n);
		if (!n->kernel && !n->seen && !n->unread)
			continue;
		if (n->unread)
			out__text(o, "check netns %u: cannot be read\n", n->netns);
		else
			out__text(o, "check netns %u: kernel %llu %s seen %llu segments\n",
				  n->netns, (unsigned long long)n->kernel,
				  check_equal(n) ? "=" : "but", (unsigned long long)n->seen);
	}
	if (c->missing)
		out__text(o, "check: %zu network namespaces came later, with %llu segments\n",
			  c->missing, (unsigned long long)c->missing_segs);
	else if (equal)
		out__text(o, "check: all equal\n");
	return equal;
}

void check__json(const struct check *c, struct json *j)
{
	json__array(j, "check");
	for (size_t i = 0; i < c->count; i++) {
		const struct check_netns *n = &c->list[i];

		json__object(j, NULL);
		json__u64(j, "netns", n->netns);
		if (!n->unread)
			json__u64(j, "kernel_segs", n->kernel);
		json__u64(j, "seen_segs", n->seen);
		json__bool(j, "equal", check_equal(n));
		json__object_end(j);
	}
	json__array_end(j);
	json__u64(j, "unchecked_segs", c->missing_segs);
}

void check__free(struct check *c)
{
	for (size_t i = 0; i < c->count; i++) {
		close(c->list[i].snmp);
		close(c->list[i].netstat);
	}
	free(c->list);
}
