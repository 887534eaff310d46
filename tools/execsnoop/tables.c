// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The tables of execsnoop, without its programs. */
#include "common/tool/tables.h"

#include "common/base/clock.h"
#include "tools/execsnoop/execsnoop.h"
#include "tools/execsnoop/options.h"
#include "tools/execsnoop/row.h"

struct exec_options exec_opt = { .max_args_bytes = 128 << 10, .buffer = 2 << 20 };

static const struct cli_option options[] = {
	{ CLI_GROUP, .help = "What is shown" },
	{ CLI_FLAG, 'x', "fails", NULL, "failed execs too (40-90 ns a syscall without fexit)",
	  &exec_opt.failed },
	{ CLI_FLAG, 0, "exit", NULL, "the exit of each process: exit code, duration",
	  &exec_opt.exit },
	{ CLI_FLAG, 0, "exe", NULL, "the path of the executable", &exec_opt.exe },
	{ CLI_FLAG, 0, "cwd", NULL, "the working directory", &exec_opt.cwd },
	{ CLI_NUMBER, 0, "ancestors", "N", "the nearest N ancestors of the parent",
	  &exec_opt.ancestors, 1, EXEC_ANCESTORS_MAX },
	{ CLI_NUMBER, 0, "max-args", "N", "at most N arguments of each exec (all)",
	  &exec_opt.max_args, 1, UINT32_MAX },
	{ CLI_SIZE, 0, "max-args-bytes", "SIZE", "at most SIZE bytes of arguments (128K)",
	  &exec_opt.max_args_bytes, 1024, 2 << 20 },
	{ CLI_GROUP, .help = "Which execs" },
	{ CLI_TEXT, 'n', "name", "REGEX", "with a matching name (extended, Python's \\d \\w \\s)",
	  &exec_opt.name },
	{ CLI_TEXT, 'l', "line", "REGEX", "with a matching path or matching arguments",
	  &exec_opt.line },
	{ CLI_TEXT, 0, "exe-path", "GLOB", "of executables with this path or name",
	  &exec_opt.exe_path },
	OWNER_COMM(0, exec_opt.owner),
	OWNER_UID('u', exec_opt.owner),
	OWNER_EUID(0, exec_opt.owner),
	OWNER_PID('p', exec_opt.owner),
	OWNER_PPID('P', exec_opt.owner),
	OWNER_TREE(0, exec_opt.owner),
	OWNER_CGROUP('c', exec_opt.owner),
	OWNER_CONTAINER(0, exec_opt.owner),
	OWNER_UNIT(0, exec_opt.owner),
	{ CLI_GROUP, .help = "How it is shown" },
	EVENT_TIME('T', exec_opt.event),
	EVENT_TIMESTAMP('t', exec_opt.event),
	EVENT_UID('U', exec_opt.event),
	{ CLI_FLAG, 'C', "print-cpu", NULL, "the CPU", &exec_opt.cpu },
	{ CLI_FLAG, 'q', "quote", NULL, "put quotes around every argument", &exec_opt.quote },
	{ CLI_SIZE, 0, "buffer", "SIZE", "size of the ring buffer (2M)", &exec_opt.buffer, 4096,
	  1 << 30 },
	{},
};

static const struct loss_cause causes[] = {
	{ "ring_full", "execs or exits were dropped: the ring buffer was full (see --buffer)",
	  COUNT_RING_FULL },
	{ "busy", "execs or exits were skipped: another exec or exit was being traced on their CPU",
	  EXEC_BUSY },
	{ "recursion",
	  "execs were skipped by the kernel: another exec was being traced on their CPU",
	  EXEC_AGAIN, "exec" },
	{ "skipped_ends",
	  "ends of execs were skipped by the kernel: so many failed execs may be missing",
	  EXEC_END_AGAIN, "failed_" },
	{ "skipped_exits",
	  "ends of processes or threads were skipped by the kernel: so many exits may be missing",
	  EXEC_EXIT_AGAIN, "process_exit" },
	{ "lost_ends", "exits after failed execs are missing: there was no room to note the execs",
	  EXEC_DOOMED_LOST, .unseen = true },
	{ "shortened", "execs are shown with few arguments: the ring buffer was nearly full",
	  EXEC_SHORTENED, .note = true },
	{ "unsearched",
	  "execs are shown that may not match: there was too much to search (see -n, -l, --exe-path)",
	  EXEC_UNSEARCHED, .note = true },
	{ "unreadable", "execs are shown without arguments that could not be read", EXEC_UNREADABLE,
	  .note = true },
	{},
};

static const struct tool_object objects[] = {
	{ "event", NULL, exec_fields, exec_members,
	  "Each exec; with -x also each failed exec, with --exit each exit of a process." },
	{},
};

const struct tool_tables execsnoop_tables = {
	.name = "execsnoop",
	.purpose = "Shows each exec with all of its arguments, and execs that failed.",
	.examples =
		"  execsnoop                  all execs, until Ctrl-C\n"
		"  execsnoop -x -T            failed execs too, with the time of day\n"
		"  execsnoop --container web  execs in one container\n"
		"  execsnoop --tree $$ --exit programs that this shell starts, and their exits\n"
		"  execsnoop -l '--password'  execs with such an argument\n",
	.schema_version = 1,
	.options = options,
	.objects = objects,
	.causes = causes,
};
