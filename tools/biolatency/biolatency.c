// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* How slow is block I/O? Its times as histograms and percentiles. */
#include "tools/biolatency/biolatency.h"

#include <unistd.h>
#include "biolatency.skel.h"
#include "common/out/latency.h"
#include "common/tool/tool.h"
#include "tools/biolatency/plan.h"
#include "tools/biolatency/unowned.h"
#include "tools/biolatency/view.h"

/* Longer than a completion takes. */
#define BEGIN_US 2000

static struct bio_plan plan = { .opt = &bio_opt };
static struct bio_view view;

TOOL_DEFINE_SKELETON(biolatency)

static int configure(struct run *run)
{
	run->interval_ns = bio_opt.interval_s * NSEC_PER_SEC;
	run->intervals = bio_opt.count;
	run->out.unit_ns = bio_opt.msecs ? 1000000 : 1000;
	return plan__configure(&plan, run);
}

static int prepare(struct run *run)
{
	return ledger__init(&plan.ledger, run) ?: view__init(&view, &plan, run->skel);
}

static int begin(struct run *run)
{
	view.since_ns = run->start_ns;
	struct book none = {};
	int err = plan__begin(&plan, run) ?: view__look(&view, run);

	/*
	 * Twice: where nothing happens in between it is known exactly where they begin. What was
	 * seen before the first look and not booked yet is booked by the second one.
	 */
	for (int i = 0; i < 2 && !err; i++) {
		if (i)
			usleep(BEGIN_US);
		ledger__reconcile(&plan.ledger, run, &none);
	}
	return err;
}

static int record(struct run *run, const void *data, size_t size)
{
	const struct bio_note *note = data;

	return size < sizeof(*note) ? -EINVAL : programs__need(&plan, run, note->need);
}

static int check(struct run *run)
{
	return plan__rescan(&plan, run) ?: view__look(&view, run);
}

static int reconcile(struct run *run, struct book *book)
{
	return ledger__reconcile(&plan.ledger, run, book);
}

static int tick(struct run *run)
{
	return view__interval(&view, run);
}

static int finish(struct run *run)
{
	int err = view__interval(&view, run);

	view__total(&view, run);
	unowned__text(run->skel, loss__count(run->loss, BIO_UNOWNED), &run->out);
	return err;
}

static void summary(struct run *run)
{
	view__summary(&view, run);
	ledger__json(&plan.ledger, &run->out.j);
	if (plan.skel->rodata->filter_owner)
		unowned__json(run->skel, &run->out.j);
}

static void release(struct run *run)
{
	(void)run;
	view__free(&view);
	plan__free(&plan);
}

int main(int argc, char **argv)
{
	static const struct tool tool = {
		.tables = &biolatency_tables,
		.banner = "Tracing block device I/O... Hit Ctrl-C to end.",
		TOOL_SKELETON(biolatency),
		.configure = configure,
		.prepare = prepare,
		.begin = begin,
		.record = record,
		.check = check,
		.tick = tick,
		.reconcile = reconcile,
		.finish = finish,
		.summary = summary,
		.release = release,
	};

	return tool__main(&tool, argc, argv);
}
