/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Two counts of the same events: the kernel's book, and what a tool's programs have seen. Both only
 * grow, and neither is read at the same instant as the other. How many the programs have missed is
 * told rather too low than too high.
 *
 * The programs see an event just before the kernel books it. So what is in the book at a look has
 * been seen by a later one: what is missing then is missing. What was in the book before the
 * first look, and is to be left out, is known as exactly as that look was, or as any later one
 * before which nothing happened.
 */
#ifndef SNOOPKIT_BALANCE_H
#define SNOOPKIT_BALANCE_H

#include <stdbool.h>
#include <stdint.h>

/* In this order of reading. */
struct balance_look {
	uint64_t seen_before;
	uint64_t kernel;
	uint64_t seen_after;
	/* Is in the book, and may still be seen; or may be booked, and is never seen. */
	uint64_t under_way;
	/* So many may have been seen and not be booked yet, unless nothing happened at all. */
	uint64_t slack;
};

struct balance {
	bool open; /* there was a look */
	/* What the book had more than was seen, at most, before anything was missed. */
	int64_t more;
	struct balance_look last;
};

/* Takes a look: at least so many events are in the book that were not seen, since the first look.
 */
uint64_t balance__look(struct balance *b, const struct balance_look *now);

#endif
