// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Which connections retransmit, why, and whose are they? */
#include "tools/tcpretrans/tcpretrans.h"

#include <errno.h>
#include <string.h>
#include "common/base/option.h"
#include "common/net/netns_follow.h"
#include "common/tool/tool.h"
#include "tcpretrans.skel.h"
#include "tools/tcpretrans/book.h"
#include "tools/tcpretrans/check.h"
#include "tools/tcpretrans/plan.h"
#include "tools/tcpretrans/view.h"

static struct retrans_view view = { .opt = &retrans_opt };
static struct check check;
static struct retrans_book book;
static struct netns_opener *opener;
static bool with_book, last, unequal;

TOOL_DEFINE_SKELETON(tcpretrans)

static int parsed(struct run *run)
{
	(void)run;
	if (view__parsed(&view))
		return TOOL_TOLD(TOOL_USAGE);
	return 0;
}

static int configure(struct run *run)
{
	run->interval_ns = retrans_opt.interval_s * NSEC_PER_SEC;
	run->intervals = retrans_opt.intervals;
	run->out.stream = !view.sums.top.by;
	run->out.unit_ns = 1000000;
	return plan__configure(&retrans_opt, run);
}

/* Connections have no book of the kernel's. */
static int prepare(struct run *run)
{
	struct tcpretrans_bpf *skel = run->skel;

	check.tells_failures = skel->rodata->has_error;
	opener = retrans_opt.conn ? NULL : netns_opener__new();
	if (!opener && retrans_opt.check)
		return -errno;
	if (retrans_opt.check)
		check__open(&check, opener, skel->maps.sums);
	return 0;
}

/* Without it the tool does its work all the same. */
static void begin_book(struct run *run)
{
	struct tcpretrans_bpf *skel = run->skel;
	int err = retrans_book__begin(&book, opener, bpf_map__fd(skel->maps.sums));

	with_book = !err;
	if (err)
		msg__verbose("the kernel's own counts cannot be read: %s", strerror(-err));
}

static int begin(struct run *run)
{
	struct tcpretrans_bpf *skel = run->skel;
	int err;

	err = netns_follow__begin(run);
	if (err)
		return err;
	view.owners = socket_owners__new(skel->links.socket_search_files, &skel->bss->socket_search,
					 &skel->bss->socket_search_pass);
	if (!view.owners)
		return -errno;
	err = sums__begin(&view.sums, bpf_map__fd(skel->maps.mores), &skel->bss->top_epoch,
			  run->start_ns);
	if (err)
		return err;
	if (!view.sums.top.by)
		out__header(&run->out);
	if (opener)
		begin_book(run);
	return retrans_opt.check ? check__begin(&check) : 0;
}

static int record(struct run *run, const void *data, size_t size)
{
	return view__record(&view, run, data, size);
}

static int tick(struct run *run)
{
	return sums__show(&view.sums, run, false);
}

static int reconcile(struct run *run, struct book *to)
{
	uint64_t made_up = loss__count(run->loss, RETRANS_AGAIN_SEEN);
	uint64_t skipped = loss__skipped(run->loss, "retransmit");

	if (!with_book)
		return -ENOENT;
	return retrans_book__reconcile(&book, skipped > made_up ? skipped - made_up : 0,
				       loss__count(run->loss, RETRANS_SUMS_FULL), last, to);
}

static int ending(struct run *run)
{
	(void)run;
	last = true;
	return retrans_opt.check ? check__end(&check) : 0;
}

static int finish(struct run *run)
{
	int err = view.sums.top.by ? sums__show(&view.sums, run, true) : 0;

	if (retrans_opt.check && !err) {
		out__text(&run->out, "\n");
		unequal = !check__show(&check, &run->out);
	}
	if (!err)
		view__in_doubt(&view, &run->out);
	if (unequal)
		msg__error(option__typed("check"),
			   "the events seen differ from the kernel's counters");
	return unequal ? TOOL_TOLD(TOOL_FAILED) : err;
}

static void summary(struct run *run)
{
	view__json(&view, &run->out.j);
	if (with_book)
		retrans_book__json(&book, &run->out.j);
	if (retrans_opt.check)
		check__json(&check, &run->out.j);
}

static void release(struct run *run)
{
	(void)run;
	socket_owners__free(view.owners);
	sums__free(&view.sums);
	check__free(&check);
	retrans_book__free(&book);
	netns_follow__end();
	netns_opener__free(opener);
}

static const struct tool tool = {
	.tables = &tcpretrans_tables,
	TOOL_SKELETON(tcpretrans),
	.parsed = parsed,
	.configure = configure,
	.prepare = prepare,
	.begin = begin,
	.record = record,
	.ordered = true,
	.tick = tick,
	.reconcile = reconcile,
	.ending = ending,
	.finish = finish,
	.summary = summary,
	.release = release,
};

int main(int argc, char **argv)
{
	return tool__main(&tool, argc, argv);
}
