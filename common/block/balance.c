// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/block/balance.h"

/* Nothing is under way, and nothing was since the look before. */
static bool balance_is_quiet(const struct balance *b, const struct balance_look *now)
{
	return b->open && !now->under_way && !b->last.under_way &&
	       now->seen_before == now->seen_after && now->seen_after == b->last.seen_after &&
	       now->kernel == b->last.kernel;
}

/*
 * What may be under way makes it more, and is known at the first look only: later ones serve if
 * nothing happened, or if the book began anew (zram's reset).
 */
static void balance_open(struct balance *b, const struct balance_look *now)
{
	int64_t more = now->kernel - now->seen_before;

	if (balance_is_quiet(b, now)) {
		b->more = more < b->more ? more : b->more;
		return;
	}
	if (!b->open || now->kernel < b->last.kernel)
		b->more = more + now->under_way + now->slack;
	b->open = true;
}

uint64_t balance__look(struct balance *b, const struct balance_look *now)
{
	int64_t missing;

	balance_open(b, now);
	b->last = *now;
	missing = (int64_t)(now->kernel - now->seen_after) - b->more - (int64_t)now->under_way;
	return missing > 0 ? missing : 0;
}
