// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What biolatency is, without its programs. */
#include "common/tool/tables.h"

#include "common/base/clock.h"
#include "common/out/latency.h"
#include "tools/biolatency/biolatency.h"
#include "tools/biolatency/options.h"

struct bio_options bio_opt;

static const struct cli_option options[] = {
	{ CLI_GROUP, .help = "What is measured" },
	{ CLI_FLAG, 'Q', "queued", NULL, "the time in the kernel's queues too", &bio_opt.queued },
	{ CLI_FLAG, 0, "phases", NULL, "submit wait, queue, device and total", &bio_opt.phases },
	{ CLI_FLAG, 0, "exact", NULL, "note the time of issue from the first I/O on",
	  &bio_opt.exact },
	{ CLI_GROUP, .help = "Which I/O" },
	{ CLI_TEXT, 'd', "disk", "DISK", "a disk, partition, MAJ:MIN, dm name or mount point",
	  &bio_opt.disk },
	{ CLI_FLAG, 0, "errors", NULL, "only what failed, each status apart", &bio_opt.errors },
	{ CLI_TEXT, 0, "op", "OP", "one operation, such as read or write", &bio_opt.op },
	{ CLI_NUMBER, 'p', "pid", "PID", "submitted by this process", &bio_opt.pid, 1, 1 << 22 },
	{ CLI_TEXT, 'c', "cgroup", "PATH", "of this cgroup and those below it", &bio_opt.cgroup },
	{ CLI_TEXT, 0, "container", "ID|NAME", "of this container", &bio_opt.container },
	{ CLI_GROUP, .help = "How it is shown" },
	{ CLI_FLAG, 'D', "disks", NULL, "each disk apart", &bio_opt.per_disk },
	{ CLI_FLAG, 'F', "flags", NULL, "each operation and its flags apart", &bio_opt.per_flag },
	{ CLI_FLAG, 'T', "timestamp", NULL, "the time of day above each result",
	  &bio_opt.timestamp },
	{ CLI_FLAG, 'm', "milliseconds", NULL, "milliseconds instead of microseconds",
	  &bio_opt.msecs },
	{ CLI_FLAG, 'e', "extension", NULL, "average, total and count too", &bio_opt.extension },
	{ CLI_NUMBER, 0, "max-series", "N", "room for so many disks and flags a CPU",
	  &bio_opt.max_series, 1, 4096 },
	{},
};

static const struct cli_positional positionals[] = {
	{ CLI_NUMBER, "interval", "seconds between results (else one at the end)",
	  &bio_opt.interval_s, 1, 86400 },
	{ CLI_NUMBER, "count", "how many results", &bio_opt.count, 1, UINT32_MAX },
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

static const struct tool_object objects[] = {
	{ "interval", NULL, latency_fields },
	{},
};

const struct tool_tables bio_tables = {
	.name = "biolatency",
	.purpose = "Shows how long block I/O takes, as a histogram and percentiles.",
	.examples = "  biolatency                 until Ctrl-C, then one result\n"
		    "  biolatency -T 1 10         ten results, one a second\n"
		    "  biolatency -D --phases 5   each disk, and where the time goes\n"
		    "  biolatency -d /var/lib     the disk or partition of a file system\n",
	.schema_version = 1,
	.options = options,
	.positionals = positionals,
	.objects = objects,
	.causes = causes,
};
