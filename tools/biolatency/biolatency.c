// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* How slow is block I/O? Its times as histograms and percentiles. */
#include "tools/biolatency/biolatency.h"

#include "biolatency.skel.h"
#include "common/out/latency.h"
#include "common/tool/tool.h"
#include "tools/biolatency/plan.h"
#include "tools/biolatency/unowned.h"
#include "tools/biolatency/view.h"

static struct bio_options opt;
static struct bio_plan plan = { .opt = &opt };
static struct bio_view view;

static const struct cli_option options[] = {
	{ CLI_GROUP, .help = "What is measured" },
	{ CLI_FLAG, 'Q', "queued", NULL, "the time in the kernel's queues too", &opt.queued },
	{ CLI_FLAG, 0, "phases", NULL, "submit wait, queue, device and total", &opt.phases },
	{ CLI_FLAG, 0, "exact", NULL, "note the time of issue from the first I/O on", &opt.exact },
	{ CLI_GROUP, .help = "Which I/O" },
	{ CLI_TEXT, 'd', "disk", "DISK", "a disk, partition, MAJ:MIN, dm name or mount point",
	  &opt.disk },
	{ CLI_FLAG, 0, "errors", NULL, "only what failed, each status apart", &opt.errors },
	{ CLI_TEXT, 0, "op", "OP", "one operation, such as read or write", &opt.op },
	{ CLI_NUMBER, 'p', "pid", "PID", "submitted by this process", &opt.pid, 1, 1 << 22 },
	{ CLI_TEXT, 'c', "cgroup", "PATH", "of this cgroup and those below it", &opt.cgroup },
	{ CLI_TEXT, 0, "container", "ID|NAME", "of this container", &opt.container },
	{ CLI_GROUP, .help = "How it is shown" },
	{ CLI_FLAG, 'D', "disks", NULL, "each disk apart", &opt.per_disk },
	{ CLI_FLAG, 'F', "flags", NULL, "each operation and its flags apart", &opt.per_flag },
	{ CLI_FLAG, 'T', "timestamp", NULL, "the time of day above each result", &opt.timestamp },
	{ CLI_FLAG, 'm', "milliseconds", NULL, "milliseconds instead of microseconds", &opt.msecs },
	{ CLI_FLAG, 'e', "extension", NULL, "average, total and count too", &opt.extension },
	{ CLI_NUMBER, 0, "max-series", "N", "room for so many disks and flags a CPU",
	  &opt.max_series, 1, 4096 },
	{},
};

static const struct cli_positional positionals[] = {
	{ CLI_NUMBER, "interval", "seconds between results (else one at the end)", &opt.interval_s,
	  1, 86400 },
	{ CLI_NUMBER, "count", "how many results", &opt.count, 1, UINT32_MAX },
	{},
};

static const struct loss_cause causes[] = {
	{ "untimed", "I/Os are in no histogram: the kernel did not note their start", BIO_UNTIMED },
	{ "unowned", "I/Os are left out: whose they are is not known", BIO_UNOWNED },
	{ "evicted_bio", "bios were given up: too many in flight", BIO_EVICTED_BIO },
	{ "recursion", "I/Os were skipped by the kernel: they completed during another's tracing",
	  .program = "rq_complete" },
	{ "recursion_bio",
	  "bios were skipped by the kernel: they completed during another's tracing",
	  .program = "bio_complete" },
	{ "evicted", "stamps were given up: too many requests in flight, their times are early",
	  BIO_EVICTED, .note = true },
	{ "coarse",
	  "I/Os were timed by a cached clock, up to milliseconds early (--exact avoids it)",
	  BIO_COARSE, .note = true },
	{ "no_phases", "I/Os are in the total only: their submit wait is not known", BIO_NO_PHASES,
	  .note = true },
	{ "skipped_queue",
	  "submitted bios were skipped by the kernel: one of a disk without requests may be missing",
	  BIO_AGAIN_QUEUE, "bio_queue", .note = true },
	{ "skipped_getrq", "I/Os were skipped by the kernel as they began: their start is early",
	  BIO_AGAIN_GETRQ, "getrq", .note = true },
	{ "skipped_issue", "I/Os were skipped by the kernel when issued: their start may be early",
	  .program = "rq_issue", .note = true },
	{},
};

TOOL_DEFINE_SKELETON(biolatency)

static int configure(struct run *run)
{
	run->interval_ns = opt.interval_s * NSEC_PER_SEC;
	run->intervals = opt.count;
	run->out.unit_ns = opt.msecs ? 1000000 : 1000;
	return plan__configure(&plan, run);
}

static int prepare(struct run *run)
{
	return view__init(&view, &plan, run->skel);
}

static int begin(struct run *run)
{
	view.since_ns = run->start_ns;
	return plan__begin(&plan, run) ?: view__look(&view, run);
}

static int record(struct run *run, const void *data, size_t size)
{
	const struct bio_note *note = data;

	return size < sizeof(*note) ? -EINVAL : plan__need(&plan, run, note->need);
}

static int check(struct run *run)
{
	return plan__rescan(&plan, run) ?: view__look(&view, run);
}

static int tick(struct run *run)
{
	return view__interval(&view, run);
}

static int finish(struct run *run)
{
	int err = view__interval(&view, run);

	view__total(&view, run);
	unowned__text(run->skel, &run->out);
	return err;
}

static void summary(struct run *run)
{
	view__summary(&view, run);
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
		.name = "biolatency",
		.purpose = "Shows how long block I/O takes, as a histogram and percentiles.",
		.examples = "  biolatency                 until Ctrl-C, then one result\n"
			    "  biolatency -T 1 10         ten results, one a second\n"
			    "  biolatency -D --phases 5   each disk, and where the time goes\n"
			    "  biolatency -d /var/lib     the disk or partition of a file system\n",
		.banner = "Tracing block device I/O... Hit Ctrl-C to end.",
		.schema_version = 1,
		.options = options,
		.positionals = positionals,
		.fields = latency_fields,
		.causes = causes,
		TOOL_SKELETON(biolatency),
		.configure = configure,
		.prepare = prepare,
		.begin = begin,
		.record = record,
		.check = check,
		.tick = tick,
		.finish = finish,
		.summary = summary,
		.release = release,
	};

	return tool__main(&tool, argc, argv);
}
