// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/tcpretrans/check.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include "common/net/net_counters.h"
#include "common/net/netns_opener.h"

/* The kernel counts a few us before the tracepoint: readings are repeated until they hold. */
#define READINGS 100
#define READING_GAP_US 500

static struct check_netns *check_find(const struct check *c, uint32_t netns)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->list[i].netns == netns)
			return &c->list[i];
	return NULL;
}

void check__open(struct check *c, struct netns_opener *opener, struct bpf_map *sums)
{
	c->sums = sums;
	c->opener = opener;
}

/*
 * What was sent again, says the kernel. It adds to RetransSegs also what could not be sent, and
 * that, alone, to TCPRetransFail.
 */
static int check_kernel(const int files[NETNS_FILES], uint64_t *segs, uint64_t *failed)
{
	int err = net_counters__read(files[NETNS_SNMP], "Tcp", "RetransSegs", segs);

	*failed = 0;
	err = err ?: net_counters__read(files[NETNS_NETSTAT], "TcpExt", "TCPRetransFail", failed);
	*segs -= *failed;
	return err;
}

static uint64_t check_seen(const struct check *c, uint32_t netns)
{
	struct retrans_sum sum = {};

	bpf_map_lookup_elem(bpf_map__fd(c->sums), &netns, &sum);
	return sum.segs;
}

/* Both of one moment: neither has changed while the other was read. */
static int check_read(const struct check *c, uint32_t netns, const int files[NETNS_FILES],
		      uint64_t *kernel, uint64_t *failed, uint64_t *seen)
{
	int err = check_kernel(files, kernel, failed);
	uint64_t again;

	*seen = check_seen(c, netns);
	for (int i = 0; i < READINGS && !err; i++) {
		err = check_kernel(files, &again, failed);
		if (again == *kernel && check_seen(c, netns) == *seen)
			break;
		*kernel = again;
		*seen = check_seen(c, netns);
		usleep(READING_GAP_US);
	}
	return err;
}

static void check_close(const int files[NETNS_FILES])
{
	for (int i = 0; i < NETNS_FILES; i++)
		close(files[i]);
}

/* What cannot be read now is not checked. */
static int check_add(struct check *c, uint32_t netns)
{
	struct check_netns n = { .netns = netns };
	struct check_netns *list;
	int files[NETNS_FILES];

	if (check_find(c, netns) || c->count == RETRANS_NETNS_MAX ||
	    netns_opener__open(c->opener, netns, files))
		return 0;
	n.unread = check_read(c, netns, files, &n.kernel, &n.failed, &n.seen);
	check_close(files);
	list = reallocarray(c->list, c->count + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	c->list = list;
	list[c->count++] = n;
	return 0;
}

int check__begin(struct check *c)
{
	uint32_t *list = NULL;
	size_t count;
	int err = netns_opener__list(c->opener, &list, &count);

	for (size_t i = 0; !err && i < count; i++)
		err = check_add(c, list[i]);
	free(list);
	return err;
}

/* Network namespaces that were not found at the beginning. */
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

/* The kernel may be about to count what has been seen. */
static int check_compare(struct check *c, struct check_netns *n, const int files[NETNS_FILES],
			 uint64_t *kernel, uint64_t *failed, uint64_t *seen)
{
	int err = 0;

	for (int tries = 0; tries < READINGS && !err; tries++) {
		err = check_read(c, n->netns, files, kernel, failed, seen);
		if (*kernel - n->kernel == *seen - n->seen)
			break;
		usleep(READING_GAP_US);
	}
	return err;
}

static void check_netns_end(struct check *c, struct check_netns *n)
{
	uint64_t kernel = 0, failed = n->failed, seen = check_seen(c, n->netns);
	int files[NETNS_FILES], err = netns_opener__open(c->opener, n->netns, files);

	n->ended = err == -ENOENT;
	if (!err) {
		err = check_compare(c, n, files, &kernel, &failed, &seen);
		check_close(files);
	}
	n->unread = n->unread || err;
	n->kernel = kernel - n->kernel;
	n->failed = failed - n->failed;
	n->seen = seen - n->seen;
	if (n->ended)
		c->ended_segs += n->seen;
}

int check__end(struct check *c)
{
	uint32_t *list = NULL;
	size_t count;
	/* They may be found in other ways by now. */
	int err = netns_opener__list(c->opener, &list, &count);

	free(list);
	for (size_t i = 0; !err && i < c->count; i++)
		check_netns_end(c, &c->list[i]);
	check_missing(c);
	return err;
}

static bool check_equal(const struct check_netns *n)
{
	return !n->unread && n->kernel == n->seen;
}

static void show_compared(const struct check_netns *n, struct out *o)
{
	out__text(o, "check netns %u: kernel %llu", n->netns,
		  (unsigned long long)(n->kernel + n->failed));
	if (n->failed)
		out__text(o, " - %llu not sent", (unsigned long long)n->failed);
	out__text(o, " %s seen %llu segments\n", check_equal(n) ? "=" : "but",
		  (unsigned long long)n->seen);
}

static void show_netns(const struct check_netns *n, struct out *o)
{
	if (n->ended)
		out__text(o, "check netns %u: it has ended, with %llu segments seen\n", n->netns,
			  (unsigned long long)n->seen);
	else if (n->unread)
		out__text(o, "check netns %u: cannot be read\n", n->netns);
	else
		show_compared(n, o);
}

/* What could not be sent is part of no sum. */
static void show_equal(const struct check *c, uint64_t failed, struct out *o)
{
	out__text(o, c->ended_segs ? "check: all others equal" : "check: all equal");
	if (failed)
		out__text(o, ", but for %llu segments that could not be sent%s (TCPRetransFail)",
			  (unsigned long long)failed,
			  c->tells_failures ? "" : ", which this kernel does not tell one by one");
	out__text(o, "\n");
}

/* A namespace that has ended took the kernel's counters along: nothing is wrong, nor proven. */
bool check__show(const struct check *c, struct out *o)
{
	bool equal = true;
	uint64_t failed = 0;

	for (size_t i = 0; i < c->count; i++) {
		const struct check_netns *n = &c->list[i];

		failed += n->unread ? 0 : n->failed;
		equal = equal && (n->ended || check_equal(n));
		if (n->seen || (!n->ended && (n->kernel || n->failed || n->unread)))
			show_netns(n, o);
	}
	if (c->missing)
		out__text(o, "check: %zu network namespaces came later, with %llu segments\n",
			  c->missing, (unsigned long long)c->missing_segs);
	if (equal && !c->missing)
		show_equal(c, failed, o);
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
		if (!n->unread)
			json__u64(j, "failed_segs", n->failed);
		if (n->ended)
			json__bool(j, "ended", true);
		else
			json__bool(j, "equal", check_equal(n));
		json__object_end(j);
	}
	json__array_end(j);
	json__u64(j, "unchecked_segs", c->missing_segs + c->ended_segs);
	json__bool(j, "tells_failures", c->tells_failures);
}

void check__free(struct check *c)
{
	free(c->list);
}
