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
	{ CLI_FLAG, 'Q', "queued", NULL, "include the time in the kernel's queues",
	  &bio_opt.queued },
	{ CLI_FLAG, 0, "phases", NULL, "show submit wait, queue, device and total",
	  &bio_opt.phases },
	{ CLI_FLAG, 0, "exact", NULL, "note each time of issue, from the first I/O on",
	  &bio_opt.exact },
	{ CLI_GROUP, .help = "Which I/O" },
	{ CLI_TEXT, 'd', "disk", "DISK", "on DISK: a disk, partition, MAJ:MIN, dm name or path",
	  &bio_opt.disk },
	{ CLI_FLAG, 0, "errors", NULL, "that failed, with a row for each status", &bio_opt.errors },
	{ CLI_TEXT, 0, "op", "OP", "with this operation, such as read or write", &bio_opt.op },
	{ CLI_NUMBER, 'p', "pid", "PID", "submitted by this process", &bio_opt.pid, 1, 1 << 22 },
	{ CLI_TEXT, 'c', "cgroup", "PATH", "of this cgroup and those below it", &bio_opt.cgroup },
	{ CLI_TEXT, 0, "container", "ID|NAME", "of this container", &bio_opt.container },
	{ CLI_GROUP, .help = "How it is shown" },
	{ CLI_FLAG, 'D', "disks", NULL, "show each disk separately", &bio_opt.per_disk },
	{ CLI_FLAG, 'F', "flags", NULL, "show each operation and its flags separately",
	  &bio_opt.per_flag },
	{ CLI_FLAG, 'T', "timestamp", NULL, "show the time of day above each result",
	  &bio_opt.timestamp },
	{ CLI_FLAG, 'm', "milliseconds", NULL, "show milliseconds instead of microseconds",
	  &bio_opt.msecs },
	{ CLI_FLAG, 'e', "extension", NULL, "also show average, total and count",
	  &bio_opt.extension },
	{ CLI_NUMBER, 0, "max-series", "N", "keep N rows of disks and flags for each CPU",
	  &bio_opt.max_series, 1, 4096 },
	{},
};

static const struct cli_positional positionals[] = {
	{ CLI_NUMBER, "interval", "seconds between results (default: one at the end)",
	  &bio_opt.interval_s, 1, 86400 },
	{ CLI_NUMBER, "count", "stop after this number of results", &bio_opt.count, 1, UINT32_MAX },
	{},
};

static const struct loss_cause causes[] = {
	{ "untimed", "I/Os are in no histogram: the kernel did not note their start", BIO_UNTIMED },
	{ "unowned", "I/Os are left out: their owner is not known", BIO_UNOWNED },
	{ "evicted_bio", "bios were dropped: too many bios were in flight", BIO_EVICTED_BIO },
	{ "recursion", "I/Os were skipped by the kernel: another I/O was being traced on their CPU",
	  .program = "rq_complete" },
	{ "recursion_bio",
	  "bios were skipped by the kernel: another bio was being traced on their CPU",
	  .program = "bio_complete" },
	{ "evicted",
	  "I/Os seem to start early: too many requests in flight to keep their time stamps",
	  BIO_EVICTED, .note = true },
	{ "coarse",
	  "I/Os were timed by a cached clock, up to milliseconds early (--exact avoids this)",
	  BIO_COARSE, .note = true },
	{ "no_phases", "I/Os are in the total without a submit wait: the wait is not known",
	  BIO_NO_PHASES, .note = true },
	{ "skipped_queue",
	  "submitted bios were skipped by the kernel: bios of disks without requests may be missing",
	  BIO_AGAIN_QUEUE, "bio_queue", .note = true },
	{ "skipped_getrq",
	  "I/Os were skipped by the kernel when they began: they seem to start early",
	  BIO_AGAIN_GETRQ, "getrq", .note = true },
	{ "skipped_issue",
	  "I/Os were skipped by the kernel when issued: they may seem to start early",
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
	.examples = "  biolatency                 one result, at Ctrl-C\n"
		    "  biolatency -T 1 10         ten results, one a second\n"
		    "  biolatency -D --phases 5   where the time goes, on each disk\n"
		    "  biolatency -d /var/lib     the disk or partition of this file system\n",
	.schema_version = 1,
	.options = options,
	.positionals = positionals,
	.objects = objects,
	.causes = causes,
};
