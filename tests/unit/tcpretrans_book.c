// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * tcpretrans' comparison with the kernel's own counts, with both sides played by the test: what no
 * program was run for is told, and never anything that is only late, or of other namespaces.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <unistd.h>
#include "common/net/netns_opener.h"

#define bpf_map_lookup_elem sums_lookup
#define bpf_map_delete_elem sums_delete
#define bpf_map_get_next_key sums_next
#define usleep time_passes

static int sums_lookup(int fd, const void *key, void *value);
static int sums_delete(int fd, const void *key);
static int sums_next(int fd, const void *key, void *next);
static int time_passes(unsigned int us);

#include "tools/tcpretrans/book.c"

#include "tests/unit/tap.h"

#define ALL 10000

/* Network namespaces, by number. */
static struct netns {
	uint64_t kernel, seen, late; /* late: counted by the kernel, not seen yet */
	bool there, summed, unreadable;
} all[ALL];

static struct retrans_book book;
static struct book result;
static bool whole, full;
static unsigned int naps, nap_of_late;

static int sums_lookup(int fd, const void *key, void *value)
{
	const struct netns *n = &all[*(const uint32_t *)key];

	(void)fd;
	if (!n->summed)
		return -ENOENT;
	*(struct retrans_sum *)value = (struct retrans_sum){ .segs = n->seen, .most = 1 };
	return 0;
}

static int sums_delete(int fd, const void *key)
{
	struct netns *n = &all[*(const uint32_t *)key];

	(void)fd;
	n->summed = false;
	n->seen = 0;
	return 0;
}

static int sums_next(int fd, const void *key, void *next)
{
	uint32_t i = key ? *(const uint32_t *)key + 1 : 0;

	(void)fd;
	while (i < ALL && !all[i].summed)
		i++;
	memcpy(next, &i, sizeof(i));
	return i < ALL ? 0 : -ENOENT;
}

/* What is late is seen after some of them. */
static int time_passes(unsigned int us)
{
	(void)us;
	if (++naps != nap_of_late)
		return 0;
	for (int i = 0; i < ALL; i++) {
		all[i].seen += all[i].late;
		all[i].summed |= all[i].late;
		all[i].late = 0;
	}
	return 0;
}

int netns_opener__counts_of(struct netns_opener *o, uint32_t netns, struct netns_counts *c)
{
	const struct netns *n = &all[netns];

	(void)o;
	*c = (struct netns_counts){ .netns = netns, .segs = n->kernel };
	if (n->unreadable || !n->there)
		c->err = n->there ? -EACCES : -ENOENT;
	return 0;
}

int netns_opener__counts(struct netns_opener *o, struct netns_counts **list, size_t *count,
			 bool *is_whole)
{
	*list = calloc(NETNS_OPENER_MAX, sizeof(**list));
	*count = 0;
	*is_whole = whole;
	for (uint32_t i = 1; i < ALL; i++) {
		if (!all[i].there)
			continue;
		if (*count < NETNS_OPENER_MAX)
			netns_opener__counts_of(o, i, &(*list)[(*count)++]);
		else
			*is_whole = false;
	}
	return *list ? 0 : -ENOMEM;
}

static void resent(uint32_t netns, uint64_t seen, uint64_t unseen)
{
	struct netns *n = &all[netns];

	n->kernel += seen + unseen;
	n->seen += seen;
	n->summed |= seen && !full;
	if (full && !n->summed)
		n->seen = 0;
}

static void start(int count)
{
	memset(all, 0, sizeof(all));
	memset(&book, 0, sizeof(book));
	memset(&result, 0, sizeof(result));
	whole = true;
	full = false;
	naps = nap_of_late = 0;
	for (int i = 1; i <= count; i++)
		all[i] = (struct netns){ .there = true, .kernel = 1000 * i };
}

static void begin(int count)
{
	start(count);
	is_int(retrans_book__begin(&book, NULL, -1), 0, "begin");
}

static void compare(uint64_t skipped, bool last)
{
	book.took_ns = 0;
	retrans_book__reconcile(&book, skipped, full, last, &result);
}

static void end(uint64_t unseen, uint64_t unchecked, const char *what)
{
	compare(0, true);
	is_u64(result.unseen, unseen, "%s: unseen", what);
	is_u64(result.unchecked, unchecked, "%s: unchecked", what);
	retrans_book__free(&book);
}

static void test_equal(void)
{
	begin(3);
	resent(1, 100, 0);
	resent(3, 7, 0);
	compare(0, false);
	is_u64(result.unseen, 0, "equal: no alarm");
	end(0, 0, "equal");
	is_u64(book.seen_segs, 107, "equal: all that was seen");
	is_u64(naps, 0, "equal: nothing is waited for");
}

static void test_unseen(void)
{
	begin(3);
	resent(1, 46488, 1512);
	compare(0, false);
	is_u64(result.unseen, 0, "unseen: it may be late");
	compare(0, false);
	is_u64(result.unseen, 1512, "unseen: it is not");
	resent(2, 0, 5);
	end(1517, 0, "unseen");
	is_u64(book.seen_segs + book.unseen, 48005, "unseen: kernel = seen + unseen");
}

/* Counted before, seen after: by one comparison and the next, and at the end. */
static void test_late(void)
{
	begin(2);
	all[1].kernel += 3;
	all[1].late = 3;
	compare(0, false);
	nap_of_late = 1;
	time_passes(0);
	compare(0, false);
	is_u64(result.unseen, 0, "late: no alarm");
	all[2].kernel += 8;
	all[2].late = 8;
	nap_of_late = naps + 20;
	end(0, 0, "late, at the end");
}

static void test_before(void)
{
	start(3);
	all[2].summed = true;
	all[2].seen = 10;
	is_int(retrans_book__begin(&book, NULL, -1), 0, "seen before the first reading");
	resent(2, 10, 4);
	end(4, 0, "before");
}

/* Made since, gone since, both; another one by the same number. */
static void test_life(void)
{
	begin(3);
	all[10].there = true;
	resent(10, 5, 1);
	compare(0, false);
	resent(10, 45, 6);
	all[2].there = false;
	resent(20, 5, 0);
	compare(0, false);
	compare(0, false);
	is_u64(result.unseen, 6,
	       "life: one that was made later is compared from its first reading");
	is_u64(result.unchecked, 2, "life: one has gone, another has come and gone");
	all[3].kernel = 0;
	resent(3, 9, 0);
	compare(0, false);
	all[2].there = true;
	resent(2, 3, 0);
	end(6, 3, "life");
}

/* What is found only later may be older than the tool. */
static void test_hidden(void)
{
	start(3);
	whole = false;
	is_int(retrans_book__begin(&book, NULL, -1), 0, "not all can be found");
	whole = true;
	all[10] = (struct netns){ .there = true, .kernel = 777 };
	resent(10, 5, 0);
	compare(0, false);
	resent(10, 5, 2);
	end(2, 0, "hidden");
	begin(3);
	all[11] = (struct netns){ .there = true, .kernel = 888 };
	compare(0, false);
	end(0, 0, "older, and nothing was seen of it");
}

static void test_unreadable(void)
{
	start(3);
	all[2].unreadable = true;
	is_int(retrans_book__begin(&book, NULL, -1), 0, "one cannot be read");
	resent(2, 5, 5);
	compare(0, false);
	is_u64(result.unchecked, 1, "unreadable: unchecked");
	all[2].unreadable = false;
	end(0, 1, "unreadable");
}

static void test_skipped(void)
{
	begin(2);
	resent(1, 100, 12);
	compare(0, false);
	compare(12, false);
	is_u64(result.unseen, 0, "skipped: lost already");
	resent(1, 0, 1);
	compare(12, true);
	is_u64(result.unseen, 1, "skipped: what is more than that");
	retrans_book__free(&book);
}

/* No room among the programs' sums: nothing can be said, also when there is some again. */
static void test_full(void)
{
	begin(3);
	resent(1, 10, 0);
	compare(0, false);
	full = true;
	all[5].there = true;
	resent(5, 100, 0);
	compare(0, false);
	compare(0, false);
	is_u64(result.unseen, 0, "full: no alarm");
	all[5].summed = true;
	resent(5, 10, 0);
	resent(1, 10, 1);
	end(1, 1, "full");
}

/* Short-lived ones without end, then more than can be read. */
static void test_flood(void)
{
	size_t most = 0;

	begin(100);
	for (uint32_t i = 0; i < 400; i++) {
		for (uint32_t k = 0; k < 100; k++) {
			uint32_t n = 200 + (100 * i + k) % (ALL - 200);

			all[n] = (struct netns){ .there = i % 2 };
			resent(n, 3, 0);
		}
		compare(0, false);
		for (uint32_t n = 200; n < ALL; n++)
			all[n].there = false;
		if (book.pages.count > most)
			most = book.pages.count;
	}
	ok(most <= PAGES_MAX, "flood: %zu namespaces are remembered at most", most);
	is_u64(result.unseen, 0, "flood: no alarm");
	ok(result.unchecked > 1000, "flood: unchecked");
	for (uint32_t n = 200; n < ALL; n++)
		all[n] = (struct netns){ .there = true };
	compare(0, false);
	resent(50, 5, 5);
	compare(0, true);
	is_u64(result.unseen, 5, "flood: those that were there before are compared still");
	retrans_book__free(&book);
}

int main(void)
{
	test_equal();
	test_unseen();
	test_late();
	test_before();
	test_life();
	test_hidden();
	test_unreadable();
	test_skipped();
	test_full();
	test_flood();
	return done_testing();
}
