/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The kernel's own books: where it counts the same events as a tool's programs do, the two are
 * compared. Then an event is told of that no program was run for: kernel = seen + unseen. A tool
 * with books has `reconcile` in its struct tool, and `books` in its struct tool_tables.
 */
#ifndef SNOOPKIT_BOOK_H
#define SNOOPKIT_BOOK_H

#include <stdbool.h>
#include <stdint.h>
#include "common/out/out.h"

struct run;

/*
 * What a comparison found, since begin(). Rather too little than too much: the book is read first,
 * and then what the programs have seen; what they may still be about to count is waited for, or
 * taken off. No number is ever less than in the comparison before.
 */
struct book {
	uint64_t unseen;    /* the kernel counted so many events more */
	uint64_t unchecked; /* so many things have no book: disks without statistics, say */
	/*
	 * Where the kernel counts something else than events: what ("segments"), and how many of
	 * them were seen. NULL: events.
	 */
	const char *unit;
	uint64_t unit_seen;
};

struct books {
	struct book book;
	uint64_t told;	/* of book.unseen */
	uint64_t at_ns; /* the last comparison; 0: none yet */
	bool are_there; /* `book` is filled */
	bool failed;	/* an error was told */
};

/*
 * Compares, and tells what is new: a warning, and an "unseen" object in JSON. Not `now`: only if
 * the last comparison was some time ago. An error is told once, and the run goes on without.
 */
void books__reconcile(struct books *b, struct run *run, bool now);
/* After the equation: a line of text if there is something unseen, or members of the summary. */
void books__summary(const struct books *b, struct out *o, uint64_t seen);

#endif
