// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Shows each process that ends. A template for tools that stream events. */
#include "examples/exits/exits.h"

#include <errno.h>
#include <stddef.h>
#include "exits.skel.h"
#include "common/tool/tool.h"

static uint64_t pid, buffer = 256 << 10;
static bool failed;

static const struct cli_option options[] = {
	{ CLI_GROUP, .help = "Which processes" },
	{ CLI_NUMBER, 'p', "pid", "PID", "this process only", &pid, 1, 1 << 22 },
	{ CLI_FLAG, 'x', "failed", NULL, "those that failed only", &failed },
	{ CLI_SIZE, 0, "buffer", "SIZE", "size of the ring buffer (256K)", &buffer, 4096, 1 << 30 },
	{},
};

#define RECORD(member) offsetof(struct exit_record, member)

static const struct field fields[] = {
	{ "time", "TIME", FIELD_TIME, 9, .offset = RECORD(head.time_ns) },
	{ "comm", "COMM", FIELD_CHARS, 17, .room = 17, .foreign = true, .offset = RECORD(comm) },
	{ "pid", "PID", FIELD_U32, 8, .offset = RECORD(pid) },
	{ "ppid", "PPID", FIELD_U32, 8, .offset = RECORD(ppid) },
	{ "age_ns", "AGE", FIELD_NS, 10, .offset = RECORD(age_ns) },
	{ "status", "STATUS", FIELD_I32, 7, .offset = RECORD(status) },
	{},
};

static const struct loss_cause causes[] = {
	{ "ring_full", "exits were dropped: the ring buffer was full (see --buffer)",
	  COUNT_RING_FULL },
	{ "busy", "exits were skipped: another one was being traced on their CPU", EXIT_BUSY },
	{ "recursion", "exits were skipped by the kernel", .program = "process_exit" },
	{},
};

static const struct tool_object objects[] = {
	{ "event", NULL, fields },
	{},
};

static const struct tool_tables tables = {
	.name = "exits",
	.purpose = "Shows each process that ends, with its exit status.",
	.schema_version = 1,
	.options = options,
	.objects = objects,
	.causes = causes,
};

TOOL_DEFINE_SKELETON(exits)

static int configure(struct run *run)
{
	struct exits_bpf *skel = run->skel;

	run->out.stream = true;
	run->out.unit_ns = 1000000;
	skel->rodata->filter_tgid = pid;
	skel->rodata->only_failed = failed;
	return tool__ring_size(run, buffer, &skel->rodata->ring_wake_bytes);
}

static int begin(struct run *run)
{
	out__header(&run->out);
	return 0;
}

static int record(struct run *run, const void *data, size_t size)
{
	const struct exit_record *r = data;

	if (size < sizeof(*r))
		return -EINVAL;
	run->shown++;
	out__event(&run->out, fields, r, r->head.time_ns);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct tool tool = {
		.tables = &tables,
		TOOL_SKELETON(exits),
		.configure = configure,
		.begin = begin,
		.record = record,
		.ordered = true,
	};

	return tool__main(&tool, argc, argv);
}
