// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What runs on this host, and what failed to run? Every exec with all of its arguments. */
#include "tools/execsnoop/execsnoop.h"

#include "common/tool/tool.h"
#include "execsnoop.skel.h"
#include "tools/execsnoop/plan.h"
#include "tools/execsnoop/view.h"

static struct exec_view view = { .opt = &exec_opt };

TOOL_DEFINE_SKELETON(execsnoop)

static int parsed(struct run *run)
{
	(void)run;
	return view__parsed(&view) ? TOOL_TOLD(TOOL_USAGE) : 0;
}

/* Who asks for a column wants what it has. */
static void asked_for(const struct out *o)
{
	exec_opt.exe |= out__has_column(o, "exe");
	exec_opt.cwd |= out__has_column(o, "cwd");
	exec_opt.exit |= out__has_column(o, "duration_ns");
	if (!exec_opt.ancestors && out__has_column(o, "ancestors"))
		exec_opt.ancestors = EXEC_ANCESTORS_MAX;
}

static int configure(struct run *run)
{
	struct execsnoop_bpf *skel = run->skel;
	int err;

	run->out.stream = true;
	run->out.unit_ns = 1000000;
	asked_for(&run->out);
	err = plan__configure(&exec_opt, run);
	view.names.cgroup1 = skel->rodata->cgroup1_hierarchy;
	return err;
}

static int prepare(struct run *run)
{
	return plan__prepare(&exec_opt, run);
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

static int ending(struct run *run)
{
	plan__ending(run);
	return 0;
}

static void release(struct run *run)
{
	(void)run;
	view__free(&view);
}

int main(int argc, char **argv)
{
	static const struct tool tool = {
		.tables = &execsnoop_tables,
		TOOL_SKELETON(execsnoop),
		.parsed = parsed,
		.configure = configure,
		.prepare = prepare,
		.begin = begin,
		.record = record,
		.ordered = true,
		.ending = ending,
		.release = release,
	};

	return tool__main(&tool, argc, argv);
}
