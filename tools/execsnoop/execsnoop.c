// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What runs on this host, and what failed to run? Every exec with all of its arguments. */
#include "tools/execsnoop/execsnoop.h"

#include "common/tool/tool.h"
#include "execsnoop.skel.h"
#include "tools/execsnoop/plan.h"
#include "tools/execsnoop/view.h"

static struct exec_options opt = { .max_args_bytes = 128 << 10, .buffer = 2 << 20 };
static struct exec_view view = { .opt = &opt };

static const struct cli_option options[] = {
	{ CLI_GROUP, .help = "What is shown" },
	{ CLI_FLAG, 'x', "fails", NULL, "failed execs too; without fexit 40 to 90 ns a system call",
	  &opt.failed },
	{ CLI_FLAG, 0, "exit", NULL, "the end of each process: exit code, duration", &opt.exit },
	{ CLI_FLAG, 0, "exe", NULL, "the path of the executable", &opt.exe },
	{ CLI_FLAG, 0, "cwd", NULL, "the working directory", &opt.cwd },
	{ CLI_NUMBER, 0, "ancestors", "N", "the parent's nearest N ancestors", &opt.ancestors, 1,
	  EXEC_ANCESTORS_MAX },
	{ CLI_NUMBER, 0, "max-args", "N", "at most N arguments (all)", &opt.max_args, 1,
	  UINT32_MAX },
	{ CLI_SIZE, 0, "max-args-bytes", "SIZE", "at most so many bytes of arguments (128K)",
	  &opt.max_args_bytes, 1024, 2 << 20 },
	{ CLI_GROUP, .help = "Which execs" },
	{ CLI_TEXT, 'n', "name", "REGEX",
	  "whose name matches (extended, with Python's \\d \\w \\s)", &opt.name },
	{ CLI_TEXT, 'l', "line", "REGEX", "whose path or arguments match", &opt.line },
	{ CLI_TEXT, 0, "exe-path", "GLOB", "of executables of this path, or name", &opt.exe_path },
	{ CLI_TEXT, 0, "comm", "NAME", "of programs of just this name", &opt.process.comm },
	{ CLI_TEXT, 'u', "uid", "USER", "by this user, by number or name", &opt.process.uid },
	{ CLI_TEXT, 0, "euid", "USER", "by this effective user", &opt.process.euid },
	{ CLI_NUMBER, 'p', "pid", "PID", "of this process", &opt.process.pid, 1, 1 << 22 },
	{ CLI_NUMBER, 'P', "ppid", "PID", "of children of this process", &opt.process.ppid, 1,
	  1 << 22 },
	{ CLI_NUMBER, 0, "tree", "PID", "of this process and all that descend from it",
	  &opt.process.tree, 1, 1 << 22 },
	{ CLI_TEXT, 'c', "cgroup", "PATH", "of this cgroup and those below it", &opt.cgroup },
	{ CLI_TEXT, 0, "container", "ID|NAME", "of this container", &opt.container },
	{ CLI_GROUP, .help = "How it is shown" },
	{ CLI_FLAG, 'T', "time", NULL, "the time of day", &opt.time },
	{ CLI_FLAG, 't', "timestamp", NULL, "seconds since the start", &opt.elapsed },
	{ CLI_FLAG, 'U', "print-uid", NULL, "the user", &opt.uid },
	{ CLI_FLAG, 'C', "print-cpu", NULL, "the CPU", &opt.cpu },
	{ CLI_FLAG, 'q', "quote", NULL, "quotes around every argument", &opt.quote },
	{ CLI_SIZE, 0, "buffer", "SIZE", "size of the ring buffer (2M)", &opt.buffer, 4096,
	  1 << 30 },
	{},
};

static const struct loss_cause causes[] = {
	{ "ring_full", "execs or exits were dropped: the ring buffer was full (see --buffer)",
	  COUNT_RING_FULL },
	{ "busy", "execs or exits were skipped: another one was being traced on their CPU",
	  EXEC_BUSY },
	{ "recursion",
	  "execs were skipped by the kernel: another one was being traced on their CPU", EXEC_AGAIN,
	  "exec" },
	{ "shortened", "execs are shown with few arguments: the ring buffer was nearly full",
	  EXEC_SHORTENED, .note = true },
	{ "skipped_ends", "ends of calls were skipped by the kernel: a failed exec may be missing",
	  .program = "failed_", .note = true },
	{ "skipped_exits", "ends of processes were skipped by the kernel: an exit may be missing",
	  EXEC_EXIT_AGAIN, "process_exit", .note = true },
	{ "lost_ends",
	  "ends of execs that had failed may be missing: there was no room to note them",
	  EXEC_DOOMED_LOST, .note = true },
	{ "unreadable", "execs are shown without arguments that could not be read", EXEC_UNREADABLE,
	  .note = true },
	{},
};

TOOL_DEFINE_SKELETON(execsnoop)

static int parsed(struct run *run)
{
	(void)run;
	return view__parsed(&view) ? TOOL_TOLD(TOOL_USAGE) : 0;
}

/* Who asks for a column wants what it has. */
static void asked_for(const struct out *o)
{
	opt.exe |= out__has_column(o, "exe");
	opt.cwd |= out__has_column(o, "cwd");
	opt.exit |= out__has_column(o, "duration_ns");
	if (!opt.ancestors && out__has_column(o, "ancestors"))
		opt.ancestors = EXEC_ANCESTORS_MAX;
}

static int configure(struct run *run)
{
	struct execsnoop_bpf *skel = run->skel;
	int err;

	run->out.stream = true;
	run->out.unit_ns = 1000000;
	asked_for(&run->out);
	err = plan__configure(&opt, run);
	view.names.cgroup1 = skel->rodata->cgroup1_hierarchy;
	return err;
}

static int prepare(struct run *run)
{
	return plan__prepare(&opt, run);
}

static int begin(struct run *run)
{
	view.names.cgroups = run->cgroups;
	out__header(&run->out);
	return view__older(&view, ((struct execsnoop_bpf *)run->skel)->links.running);
}

static int record(struct run *run, const void *data, size_t size)
{
	(void)size;
	return view__record(&view, run, data);
}

static void release(struct run *run)
{
	(void)run;
	view__free(&view);
}

int main(int argc, char **argv)
{
	static const struct tool tool = {
		.name = "execsnoop",
		.purpose = "Shows each exec, with all of its arguments, and what failed to run.",
		.examples = "  execsnoop                  what runs, until Ctrl-C\n"
			    "  execsnoop -x -T            failed execs too, with the time of day\n"
			    "  execsnoop --container web  in one container\n"
			    "  execsnoop --tree $$ --exit what this shell starts, and how it ends\n"
			    "  execsnoop -l '--password'  those with such an argument\n",
		.schema_version = 1,
		.options = options,
		.fields = exec_fields,
		.causes = causes,
		TOOL_SKELETON(execsnoop),
		.parsed = parsed,
		.configure = configure,
		.prepare = prepare,
		.begin = begin,
		.record = record,
		.ordered = true,
		.release = release,
	};

	return tool__main(&tool, argc, argv);
}
