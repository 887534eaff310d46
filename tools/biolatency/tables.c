// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The tables of biolatency, without its programs. */
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
	{ CLI_LIST, 'd', "disk", "DISK", "on DISK: a disk, partition, MAJ:MIN, dm name or path",
	  &bio_opt.disks },
	{ CLI_FLAG, 0, "errors", NULL, "that failed, with a row for each status", &bio_opt.errors },
	{ CLI_TEXT, 0, "op", "OP", "with this operation, such as read or write", &bio_opt.op },
	OWNER_PID('p', bio_opt.owner),
	OWNER_CGROUP('c', bio_opt.owner),
	OWNER_CONTAINER(0, bio_opt.owner),
	OWNER_UNIT(0, bio_opt.owner),
	{ CLI_GROUP, .help = "How it is shown" },
	{ CLI_FLAG, 'D', "disks", NULL, "show each disk separately", &bio_opt.per_disk },
	{ CLI_FLAG, 'F', "flags", NULL, "show each operation and its flags separately",
	  &bio_opt.per_flag },
	{ CLI_FLAG, 'T', "time", NULL, "the time of day (above each result)", &bio_opt.timestamp },
	{ CLI_FLAG, 0, "timestamp", NULL, "--time", &bio_opt.timestamp, .old = true },
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
	{ "silent_bio",
	  "bios are left out: they are parts of others, whose end this kernel does not tell",
	  BIO_SILENT },
	{ "unjudged",
	  "I/Os are left out: when they were done, the name of their new container was not known",
	  BIO_UNJUDGED },
	{ "evicted_bio", "bios were dropped: too many bios were in flight", BIO_EVICTED_BIO },
	{ "recursion", "I/Os were skipped by the kernel: another I/O was being traced on their CPU",
	  .program = "rq_complete" },
	{ "recursion_bio",
	  "bios were skipped by the kernel: another bio was being traced on their CPU",
	  BIO_AGAIN_COMPLETE, "bio_complete", "third_complete" },
	{ "missed_bio",
	  "bios are in no histogram: the kernel skipped the tracing of their submission",
	  BIO_MISSED, .second = "third_queue", .unseen = true },
	{ "evicted",
	  "I/Os seem to start early: too many requests in flight to keep their time stamps",
	  BIO_EVICTED, .note = true },
	{ "coarse",
	  "I/Os were timed by a cached clock, up to milliseconds early (--exact avoids this)",
	  BIO_COARSE, .note = true },
	{ "no_phases", "I/Os are in the total without a submit wait: the wait is not known",
	  BIO_NO_PHASES, .note = true },
	{ "skipped_queue",
	  "submitted bios were skipped by the kernel: their I/O may be without its submit wait",
	  BIO_AGAIN_QUEUE, "bio_queue", .note = true },
	{ "skipped_getrq",
	  "I/Os were skipped by the kernel when they began: they seem to start early",
	  BIO_AGAIN_GETRQ, "getrq", .note = true },
	{ "skipped_issue",
	  "I/Os were skipped by the kernel when issued: they may seem to start early",
	  .program = "rq_issue", .note = true },
	{},
};

/* Members that tell what a series counts. */
#define SERIES_MEMBERS                                                                             \
	{ "disk", "string|null", "with `-D`",                                                      \
	  "the disk's name; null for commands without a disk" },                                   \
		{ "class", "string", "unless `other`",                                             \
		  "`\"io\"` (reads and writes), `\"discard\"`, `\"write_zeroes\"`, "               \
		  "`\"zone\"`, `\"flush\"`, `\"sync\"`, `\"passthrough\"`" },                      \
		{ "op", "string", "with `-F`", "the operation, such as `\"read\"`" },              \
		{ "flags", "string[]", "with `-F`",                                                \
		  "of `\"sync\"`, `\"meta\"`, `\"prio\"`, `\"fua\"`, `\"preflush\"`, "             \
		  "`\"rahead\"`, `\"background\"`" },                                              \
		{ "status", "string", "for failed I/O",                                            \
		  "the failure: `\"IOERR\"`, `\"MEDIUM\"`, ... as the kernel's `BLK_STS_` names. " \
		  "A series with `status` has only I/O that failed, a series without it only "     \
		  "I/O that succeeded" },                                                          \
		{ "phase", "string", "with `--phases`",                                            \
		  "`\"submit\"`, `\"queue\"`, `\"device\"`, `\"total\"`" },                        \
		{ "other", "boolean", "instead of `disk` to `flags`",                              \
		  "`true`: I/O without a row of its own (`--max-series`); the failed part of it "  \
		  "has the `status` `\"others\"`" },                                               \
		{ "errors", "object", "if I/O failed",                                             \
		  "failed I/O that otherwise belongs to this series; with `--phases` only in the " \
		  "series of the total",                                                           \
		  error_members },                                                                 \
	{                                                                                          \
		"interval_ns", "integer", NULL, "the time span of the counts"                      \
	}

static const struct member error_members[] = {
	{ "*", "integer", NULL, "number of failed I/Os with this status" },
	{},
};

static const struct member interval_members[] = {
	SERIES_MEMBERS,
	LATENCY_MEMBER_BUCKETS,
	{},
};

static const struct member series_members[] = {
	SERIES_MEMBERS,
	{},
};

#define STALL_MEMBERS                                                                \
	{ "disk", "string", NULL,                                                    \
	  "the disk's name; with `-d` the partition's, if it is a partition" },      \
		{ "in_flight", "integer", NULL, "number of I/Os in flight" },        \
	{                                                                            \
		"stalled_ns", "integer", NULL, "time without a completion, at least" \
	}

static const struct member stall_members[] = {
	STALL_MEMBERS,
	{},
};

static const struct member unseen_members[] = {
	{ "disk", "string", NULL, "the disk's name" },
	{ "count", "integer", NULL, "number of I/Os that the kernel counted and no program saw" },
	{},
};

static const struct member unowned_members[] = {
	{ "comm", "text", NULL, "the kernel thread; for a worker, the queue that it works for" },
	{ "count", "integer", NULL, "number of I/Os that it submitted" },
	{},
};

static const struct member summary_members[] = {
	{ "series", "object[]", NULL,
	  "series of the whole run: objects like those of `interval`, without `buckets`. Their "
	  "`count`, `bytes` and `sum_ns` are exactly the sums of the intervals",
	  series_members, latency_fields },
	{ "stalled", "object[]", NULL, "disks that stall at the end", stall_members },
	{ "unseen_by", "object[]", NULL,
	  "where there is something unseen: disks whose statistics have more I/O than the programs "
	  "have seen. A disk's number may have some of what is in `lost`",
	  unseen_members },
	{ "unowned_by", "object[]", "with a filter by owner",
	  "kernel threads that submitted the `unowned` I/O", unowned_members },
	{},
};

static const struct tool_object objects[] = {
	{ "interval", NULL, latency_fields, interval_members,
	  "There is one for each interval and series, also in a run without intervals. The series of "
	  "`class` `\"io\"` is there even without any I/O, unless series differ by `disk` or "
	  "`op`." },
	{ "stalled", NULL, NULL, stall_members,
	  "A disk that has I/O in flight and completes none, at the end of each interval. All I/O "
	  "of the disk counts, whatever the filters." },
	{},
};

const struct tool_tables biolatency_tables = {
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
	.summary = summary_members,
	.causes = causes,
	.books = "disks",
};
