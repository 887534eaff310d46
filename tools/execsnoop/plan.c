// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/execsnoop/plan.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "common/base/option.h"
#include "common/kernel/attach_btf.h"
#include "tools/execsnoop/execsnoop.h"
#include "execsnoop.skel.h"

#if defined(__x86_64__)
#define NATIVE "__x64_sys_"
#define COMPAT "__ia32_compat_sys_"
#elif defined(__aarch64__)
#define NATIVE "__arm64_sys_"
#define COMPAT "__arm64_compat_sys_"
#endif

/* The programs at the end of functions, the native ones first. */
#define FUNCTIONS 4
#define NATIVE_FUNCTIONS 2

/* Of paths that are told only where nothing else tells the file. */
#define STEPS_UNASKED 24

#define BEGIN_FUNCTION "begin_new_exec"

struct function {
	struct bpf_program *prog, *again;
	const char *name;
};

static void plan_list(const struct execsnoop_bpf *skel, struct function f[FUNCTIONS])
{
	f[0] = (struct function){ skel->progs.failed_execve, skel->progs.again_execve,
				  NATIVE "execve" };
	f[1] = (struct function){ skel->progs.failed_execveat, skel->progs.again_execveat,
				  NATIVE "execveat" };
	f[2] = (struct function){ skel->progs.failed_compat_execve, skel->progs.again_compat_execve,
				  COMPAT "execve" };
	f[3] = (struct function){ skel->progs.failed_compat_execveat,
				  skel->progs.again_compat_execveat, COMPAT "execveat" };
}

static void function_omit(const struct function *f)
{
	tool__omit(f->prog);
	tool__omit(f->again);
}

/* Attached by plan__prepare(), in its order. */
static int function_plan(const struct function *f, bool again)
{
	int err = attach_btf__target(f->prog, f->name);

	tool__defer(f->prog);
	if (!again) {
		tool__omit(f->again);
		return err;
	}
	tool__defer(f->again);
	return err ?: attach_btf__target(f->again, f->name);
}

/* What 32-bit programs call is not in every kernel. */
static int plan_functions(struct execsnoop_bpf *skel, const struct probe *p, bool *all)
{
	bool again = probe__preempted_functions(p);
	struct function f[FUNCTIONS];
	int err = 0;

	plan_list(skel, f);
	*all = true;
	for (int i = 0; i < FUNCTIONS && *all && !err; i++) {
		if (probe__fexit(p, f[i].name))
			err = function_plan(&f[i], again);
		else if (i < NATIVE_FUNCTIONS)
			*all = false;
		else
			function_omit(&f[i]);
	}
	for (int i = 0; i < FUNCTIONS && !*all; i++)
		function_omit(&f[i]);
	skel->rodata->again_ends = *all && again;
	return err;
}

/* Where libbpf looks for a tracepoint's number. */
static bool has_tracefs(void)
{
	return !access("/sys/kernel/tracing/events/syscalls/sys_exit_execve/id", R_OK) ||
	       !access("/sys/kernel/debug/tracing/events/syscalls/sys_exit_execve/id", R_OK);
}

/* What notes where the arguments are of an exec that may fail with the old program gone. */
static int plan_begun(const struct exec_options *opt, struct execsnoop_bpf *skel,
		      const struct probe *p, bool functions)
{
	bool tracepoint = opt->failed && probe__tracepoint_args(p, "sched_prepare_exec") > 0;
	bool function = opt->failed && !tracepoint && functions && probe__fexit(p, BEGIN_FUNCTION);

	if (!tracepoint)
		tool__omit(skel->progs.begun_tp);
	if (!function)
		tool__omit(skel->progs.begun_function);
	if (opt->failed && !tracepoint && !function)
		msg__verbose(
			"failed execs: those that fail with the old program gone are shown with "
			"their file only");
	if (!tracepoint && !function)
		return bpf_map__set_max_entries(skel->maps.begun, 1);
	return function ? attach_btf__target(skel->progs.begun_function, BEGIN_FUNCTION) : 0;
}

static int plan_failed(const struct exec_options *opt, struct execsnoop_bpf *skel,
		       const struct probe *p)
{
	struct bpf_program *others[] = { skel->progs.failed_tp_execve,
					 skel->progs.failed_tp_execveat,
					 skel->progs.failed_any_call };
	struct function f[FUNCTIONS];
	bool functions = false;
	int err = 0;

	plan_list(skel, f);
	if (opt->failed)
		err = plan_functions(skel, p, &functions);
	for (int i = 0; i < FUNCTIONS && !opt->failed; i++)
		function_omit(&f[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (opt->failed && !functions &&
		    (others[i] == skel->progs.failed_any_call || has_tracefs()))
			tool__defer(others[i]);
		else
			tool__omit(others[i]);
	}
	return err ?: plan_begun(opt, skel, p, functions);
}

/* Else the second program would find nothing to do. */
static int plan_again(const struct exec_options *opt, struct execsnoop_bpf *skel,
		      const struct probe *p)
{
	bool again = probe__preempted_tracepoints(p);
	int rooms = opt->failed ? SLOT_FAILED + 1 : SLOT_EXEC + 1;

	skel->rodata->again = again;
	if (!again) {
		tool__omit(skel->progs.again_exec);
		tool__omit(skel->progs.again_exit);
	} else {
		rooms = SLOT_AGAIN + 1;
	}
	if (skel->rodata->again_ends)
		rooms = SLOT_FAILED_AGAIN + 1;
	return bpf_map__set_max_entries(skel->maps.rooms, rooms) ?:
		       bpf_map__set_max_entries(skel->maps.path_rooms, rooms);
}

static int plan_exit(const struct exec_options *opt, struct execsnoop_bpf *skel)
{
	if (!opt->exit || opt->failed)
		tool__omit(skel->progs.doomed);
	skel->rodata->tool_started_ns = clock__mono_ns();
	if (opt->exit)
		return bpf_map__set_max_entries(skel->maps.path_rooms, PATH_SLOT_RUNNING + 1);
	tool__omit(skel->progs.process_exit);
	tool__omit(skel->progs.again_exit);
	tool__omit(skel->progs.running);
	return 0;
}

int plan__configure(const struct exec_options *opt, struct run *run)
{
	struct execsnoop_bpf *skel = run->skel;
	int err = owner__configure(run, &opt->owner);

	err = err ?: plan_failed(opt, skel, run->probe);
	err = err ?: plan_again(opt, skel, run->probe);
	if (err)
		return err;
	err = plan_exit(opt, skel);
	if (err)
		return err;
	skel->rodata->max_args_bytes = opt->max_args_bytes;
	skel->rodata->max_pieces = opt->max_args_bytes / EXEC_ARGS_PIECE + 1;
	skel->rodata->max_ancestors = opt->ancestors;
	skel->rodata->with_exe = opt->exe || opt->exe_path;
	skel->rodata->with_cwd = opt->cwd || (opt->exe_path && strchr(opt->exe_path, '/'));
	if (!opt->exe && !opt->exe_path && !opt->cwd)
		skel->rodata->path_steps = STEPS_UNASKED;
	return tool__ring_size(run, opt->buffer, &skel->rodata->ring_wake_bytes);
}

static int attach_tracepoints(struct run *run)
{
	struct execsnoop_bpf *skel = run->skel;
	int err;

	if (!bpf_program__autoload(skel->progs.failed_tp_execve))
		return -ENOENT;
	err = tool__try_attach(run, skel->progs.failed_tp_execve);
	err = err ?: tool__try_attach(run, skel->progs.failed_tp_execveat);
	if (err)
		tool__detach(run, skel->progs.failed_tp_execve);
	return err;
}

/* Pairs with function_ends_again(). */
static void ends_are_attached(struct run *run, bool attached)
{
	struct execsnoop_bpf *skel = run->skel;

	__atomic_store_n(&skel->bss->ends_attached, attached, __ATOMIC_RELEASE);
}

/* The kernel runs first what was attached last. */
static int attach_functions(struct run *run)
{
	struct execsnoop_bpf *skel = run->skel;
	struct function f[FUNCTIONS];
	int err = 0;

	plan_list(skel, f);
	for (int i = 0; i < FUNCTIONS && !err; i++)
		if (bpf_program__autoload(f[i].again))
			err = tool__attach(run, f[i].again);
	for (int i = 0; i < FUNCTIONS && !err; i++)
		if (bpf_program__autoload(f[i].prog))
			err = tool__attach(run, f[i].prog);
	ends_are_attached(run, !err);
	return err;
}

void plan__ending(struct run *run)
{
	ends_are_attached(run, false);
}

int plan__prepare(const struct exec_options *opt, struct run *run)
{
	struct execsnoop_bpf *skel = run->skel;

	if (!opt->failed)
		return 0;
	if (!bpf_program__autoload(skel->progs.failed_any_call)) {
		msg__verbose(
			"failed execs are seen at the end of the kernel's functions: other calls "
			"are not slowed");
		return attach_functions(run);
	}
	if (!attach_tracepoints(run)) {
		msg__verbose(
			"failed execs are seen by tracepoints of system calls: each system call of "
			"each process is slowed, and 32-bit programs are not seen");
		return 0;
	}
	msg__warn(option__typed("fails"),
		  "failed execs are seen at the end of every system call, which slows every "
		  "call (the kernel refuses fexit, and tracefs cannot be read)");
	return tool__attach(run, skel->progs.failed_any_call);
}
