// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/tcpretrans/book.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include "common/base/clock.h"
#include "common/base/msg.h"

/* Twice what can be there at a time: those that have gone stay for a while. */
#define PAGES_MAX (2 * NETNS_OPENER_MAX)
/* Reading thousands of namespaces takes its time: this part of all time at most. */
#define READ_SHARE 50
/*
 * The kernel counts before the tracepoint, in between it sends, and may be preempted. What is
 * missing is told when it still is in the next comparison, or at the end for so long.
 */
#define LAST_GAP_US 10000
#define LAST_NS (3 * NSEC_PER_SEC / 10)

struct page {
	uint32_t netns;
	uint32_t away;	 /* comparisons since it was found last */
	int64_t base;	 /* what the kernel had counted more when it began */
	uint64_t kernel; /* when it was read last */
	uint64_t before; /* missing, in the comparison before */
	uint64_t unseen; /* told */
	bool begun;	 /* `base` is known */
	bool summed;	 /* the programs' sum of it is whole */
	bool unread;
};

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* ---- the programs' sums ---- */

/* What the programs have seen there. False: nothing. */
static bool book_sum(struct retrans_book *b, uint32_t netns, uint64_t *segs)
{
	struct retrans_sum sum = {};
	bool there = !bpf_map_lookup_elem(b->sums_fd, &netns, &sum);

	*segs = sum.segs;
	if (sum.most > b->most)
		b->most = sum.most;
	return there;
}

/* Keys may come and go meanwhile. */
static void book_each_sum(struct retrans_book *b,
			  void (*fn)(struct retrans_book *b, uint32_t netns))
{
	uint32_t *before = NULL, netns, last;

	for (size_t i = 0; i < 2 * RETRANS_NETNS_MAX; i++) {
		if (bpf_map_get_next_key(b->sums_fd, before, &netns))
			return;
		fn(b, netns);
		last = netns;
		before = &last;
	}
}

/* ---- a page for each namespace ---- */

/* Gone for good: its sum makes room for another one's. */
static bool page_stays(const void *entry, void *ctx)
{
	const struct page *p = entry;
	struct retrans_book *b = ctx;
	uint64_t segs;

	if (p->away < 2)
		return true;
	if (book_sum(b, p->netns, &segs))
		b->gone_segs += segs;
	bpf_map_delete_elem(b->sums_fd, &p->netns);
	b->gone++;
	b->gone_unseen += p->unseen;
	return false;
}

/* NULL: no room. */
static struct page *book_page(struct retrans_book *b, uint32_t netns)
{
	struct page *p = table__find(&b->pages, &netns);

	if (p)
		return p;
	if (b->pages.count >= PAGES_MAX)
		table__keep(&b->pages, page_stays, b);
	return b->pages.count < PAGES_MAX ? table__add(&b->pages, &netns) : NULL;
}

/*
 * It begins at its first reading: it may be older than the tool, kept by a descriptor alone until
 * now, and have any count.
 */
static struct page *book_later(struct retrans_book *b, uint32_t netns)
{
	struct page *p = book_page(b, netns);

	if (!p)
		b->whole = false;
	return p;
}

static void page_begin(struct page *p, const struct netns_counts *c, uint64_t seen)
{
	p->base = (int64_t)(c->segs - seen) - (int64_t)p->unseen;
	p->begun = true;
}

/* A sum that has begun when there was no room for others may lack some. */
static bool page_is_summed(struct retrans_book *b, struct page *p, bool there)
{
	p->summed = p->summed || (there && !b->full);
	return p->summed || !b->full;
}

/*
 * What is missing by this reading: the kernel's count first, then what the programs have seen, so
 * that it is rather too little.
 */
static uint64_t page_missing(struct retrans_book *b, struct page *p, const struct netns_counts *c)
{
	uint64_t seen;
	bool there = book_sum(b, c->netns, &seen);
	int64_t missing;

	p->unread = c->err || !page_is_summed(b, p, there);
	if (p->unread)
		return p->unseen;
	/* Another namespace has its number by now. */
	if (c->segs < p->kernel)
		b->gone++;
	if (c->segs < p->kernel || !p->begun)
		page_begin(p, c, seen);
	p->kernel = c->segs;
	missing = (int64_t)(c->segs - seen) - p->base;
	return missing > (int64_t)p->unseen ? (uint64_t)missing : p->unseen;
}

static void page_compare(struct retrans_book *b, const struct netns_counts *c)
{
	struct page *p = table__find(&b->pages, &c->netns) ?: book_later(b, c->netns);
	uint64_t missing, before;

	if (!p)
		return;
	p->away = 0;
	before = p->before > p->unseen ? p->before : p->unseen;
	missing = page_missing(b, p, c);
	p->unseen = least(missing, before);
	p->before = missing;
}

/* ---- comparisons ---- */

static void stranger_sum(struct retrans_book *b, uint32_t netns)
{
	uint64_t segs = 0;

	book_sum(b, netns, &segs);
	b->seen_segs += segs;
	/* It came, and has gone before it was found. */
	if (!table__find(&b->pages, &netns)) {
		struct page *p = book_page(b, netns);

		if (p)
			p->away = 1;
	}
}

static void book_add_up(struct retrans_book *b, uint64_t skipped)
{
	uint64_t unseen = b->gone_unseen, unchecked = b->gone;

	b->seen_segs = b->gone_segs;
	book_each_sum(b, stranger_sum);
	for (size_t i = 0; i < b->pages.count; i++) {
		const struct page *p = table__at(&b->pages, i);

		unseen += p->unseen;
		unchecked += p->away || p->unread;
	}
	/* What the kernel has skipped is lost: of how many segments each is, is not known. */
	unseen -= least(unseen, skipped * (b->most ?: 1));
	if (unseen > b->unseen)
		b->unseen = unseen;
	if (unchecked > b->unchecked)
		b->unchecked = unchecked;
}

/* Whether there is a page whose segments may only be late. */
static bool book_look_again(struct retrans_book *b)
{
	bool any = false;

	for (size_t i = 0; i < b->pages.count; i++) {
		struct page *p = table__at(&b->pages, i);
		struct netns_counts c;

		if (p->away || p->unread || p->before <= p->unseen)
			continue;
		if (netns_opener__counts_of(b->opener, p->netns, &c))
			continue;
		p->before = least(p->before, page_missing(b, p, &c));
		any |= p->before > p->unseen;
	}
	return any;
}

/* There is no next comparison. */
static void book_last(struct retrans_book *b)
{
	uint64_t end_ns = clock__mono_ns() + LAST_NS;

	while (book_look_again(b) && clock__mono_ns() < end_ns)
		usleep(LAST_GAP_US);
	for (size_t i = 0; i < b->pages.count; i++) {
		struct page *p = table__at(&b->pages, i);

		p->unseen = p->away || p->unread ? p->unseen : p->before;
	}
}

static int book_compare(struct retrans_book *b)
{
	struct netns_counts *list;
	size_t count;
	bool whole;
	int err = netns_opener__counts(b->opener, &list, &count, &whole);

	for (size_t i = 0; !err && i < b->pages.count; i++) {
		struct page *p = table__at(&b->pages, i);

		p->away += p->away < 2;
	}
	for (size_t i = 0; !err && i < count; i++)
		page_compare(b, &list[i]);
	free(list);
	/* What was not found may be there all the same, from now on. */
	b->whole = b->whole && whole;
	return err;
}

int retrans_book__reconcile(struct retrans_book *b, uint64_t skipped, bool full, bool last,
			    struct book *book)
{
	uint64_t now_ns = clock__mono_ns();
	int err = 0;

	if (last || now_ns - b->at_ns >= READ_SHARE * b->took_ns) {
		b->full |= full;
		err = book_compare(b);
		if (!err && last)
			book_last(b);
		if (!err)
			book_add_up(b, skipped);
		b->at_ns = clock__mono_ns();
		b->took_ns = b->at_ns - now_ns;
	}
	book->unseen = b->unseen;
	book->unchecked = b->unchecked;
	book->unit = "segments";
	book->unit_seen = b->seen_segs;
	return err;
}

/* ---- the beginning ---- */

/* Before the kernel's count is read: less than what that has counted by then. */
static void first_sum(struct retrans_book *b, uint32_t netns)
{
	struct page *p = book_page(b, netns);
	uint64_t segs = 0;

	book_sum(b, netns, &segs);
	if (!p)
		return;
	p->base = -(int64_t)segs;
	p->away = 1;
}

static void first_counts(struct retrans_book *b, const struct netns_counts *c)
{
	struct page *p = book_page(b, c->netns);

	if (!p)
		return;
	p->away = 0;
	p->unread = c->err;
	p->begun = !c->err;
	p->kernel = c->segs;
	p->base += (int64_t)c->segs;
	p->summed = true;
}

int retrans_book__begin(struct retrans_book *b, struct netns_opener *opener, int sums_fd)
{
	struct netns_counts *list;
	size_t count;
	int err;

	b->opener = opener;
	b->sums_fd = sums_fd;
	b->pages.key_size = sizeof(uint32_t);
	b->pages.entry_size = sizeof(struct page);
	book_each_sum(b, first_sum);
	b->at_ns = clock__mono_ns();
	err = netns_opener__counts(opener, &list, &count, &b->whole);
	for (size_t i = 0; !err && i < count; i++)
		first_counts(b, &list[i]);
	free(list);
	for (size_t i = 0; i < b->pages.count; i++)
		b->whole = b->whole && !((struct page *)table__at(&b->pages, i))->away;
	b->took_ns = clock__mono_ns() - b->at_ns;
	msg__verbose("%zu network namespaces read in %llu us%s", count,
		     (unsigned long long)b->took_ns / 1000,
		     b->whole ? "" : ": there may be others");
	return err;
}

void retrans_book__json(const struct retrans_book *b, struct json *j)
{
	json__u64(j, "kernel_segs", b->seen_segs + b->unseen);
	json__u64(j, "seen_segs", b->seen_segs);
}

void retrans_book__free(struct retrans_book *b)
{
	table__free(&b->pages);
}
