/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The kernel's own book of what it sends again: RetransSegs, of each network namespace. Compared
 * with the segments that the programs have seen, by default; --check (check.h) shows each of them.
 */
#ifndef TCPRETRANS_BOOK_H
#define TCPRETRANS_BOOK_H

#include "common/base/table.h"
#include "common/net/netns_opener.h"
#include "common/tool/tool.h"
#include "tools/tcpretrans/tcpretrans.h"

struct retrans_book {
	struct netns_opener *opener; /* borrowed */
	int sums_fd;
	struct table pages; /* a page for each network namespace */
	bool whole;	    /* what is found later was made later */
	bool full;	    /* the programs had no room for the sums of some */
	/* Pages that were torn out, and what was in them. */
	uint64_t gone, gone_segs, gone_unseen;
	uint64_t at_ns, took_ns; /* the last comparison */
	uint64_t most;		 /* segments in one event */
	uint64_t seen_segs, unseen, unchecked;
};

/* Everything is attached: what the kernel has counted until now. 0 or -errno. */
int retrans_book__begin(struct retrans_book *b, struct netns_opener *opener, int sums_fd);
/*
 * As struct tool has it. `skipped`: runs of the programs that are counted as lost; `full`: see
 * above; `last`: there will be no other.
 */
int retrans_book__reconcile(struct retrans_book *b, uint64_t skipped, bool full, bool last,
			    struct book *book);
void retrans_book__json(const struct retrans_book *b, struct json *j);
void retrans_book__free(struct retrans_book *b);

#endif
