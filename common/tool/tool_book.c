// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/tool/book.h"

#include <errno.h>
#include "common/base/clock.h"
#include "common/base/msg.h"
#include "common/kernel/refusal.h"
#include "common/tool/tool.h"

/* Where no interval says when. */
#define RECONCILE_NS (10 * NSEC_PER_SEC)

static void books_tell(struct books *b, struct run *run)
{
	uint64_t n = b->book.unseen - b->told;
	struct out *o = &run->out;

	b->told = b->book.unseen;
	msg__warn("unseen",
		  "the kernel counted %llu more %s: it did not run this tool's programs for them",
		  (unsigned long long)n, b->book.unit ?: (n == 1 ? "event" : "events"));
	out__begin(o, "unseen", run->now_ns);
	if (o->json)
		json__u64(&o->j, "count", n);
	out__end(o);
}

void books__reconcile(struct books *b, struct run *run, bool now)
{
	int err;

	if (!run->tool->reconcile || (!now && run->now_ns - b->at_ns < RECONCILE_NS))
		return;
	b->at_ns = run->now_ns;
	err = run->tool->reconcile(run, &b->book);
	if (!err)
		b->are_there = true;
	else if (err != -ENOENT && !b->failed)
		msg__warn("unseen", "the kernel's own counts cannot be read: %s",
			  refusal__text(err));
	b->failed |= err && err != -ENOENT;
	if (!err && b->book.unseen > b->told)
		books_tell(b, run);
}

void books__summary(const struct books *b, struct out *o, uint64_t seen)
{
	unsigned long long unseen = b->book.unseen;
	unsigned long long units = b->book.unit ? b->book.unit_seen : seen;
	const char *unit = b->book.unit ?: "";

	if (!b->are_there)
		return;
	if (o->json) {
		json__u64(&o->j, "kernel", seen + unseen);
		json__u64(&o->j, "unseen", unseen);
		json__u64(&o->j, "unchecked", b->book.unchecked);
	} else if (unseen) {
		out__text(
			o,
			"the kernel counted %llu more%s%s: kernel %llu = seen %llu + unseen %llu\n",
			unseen, *unit ? " " : "", unit, units + unseen, units, unseen);
	}
}
