// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/owner/process_filter.h"

#include <errno.h>
#include <string.h>
#include "common/bpf/process_wire.h"
#include "common/base/msg.h"
#include "common/base/option.h"
#include "common/kernel/probe.h"
#include "common/base/text.h"
#include "common/base/user.h"
#include "common/owner/process_number.h"
#include "common/owner/process_tree.h"

#define TREE_MAX 16384

static int filter_user(const char *option, const char *given, uint32_t *uid)
{
	*uid = UID_ANY;
	if (!given || !user__id(given, uid))
		return 0;
	msg__error(option__typed(option), "no user '%s' (give a number, or a name in /etc/passwd)",
		   text__quote(given));
	return -EINVAL;
}

/* The processes that -p, -P and --tree name. */
static struct filter_process {
	const char *option;
	struct process_number number;
	bool told; /* that it has ended */
} filter_pid = { "pid", { .fd = -1 } }, filter_ppid = { "ppid", { .fd = -1 } },
  filter_tree = { "tree", { .fd = -1 } };

static int filter_process(struct filter_process *p, uint64_t given, uint32_t *pid)
{
	int err = given ? process_number__find(p->option, given, &p->number) : 0;

	*pid = given ? p->number.pid : 0;
	return err;
}

static void filter_tell_end(struct filter_process *p)
{
	if (p->told || !process_number__has_ended(&p->number))
		return;
	p->told = true;
	process_number__close(&p->number);
	msg__warn(option__typed(p->option), "process %u has ended", p->number.pid);
}

static void filter_tell_full(uint64_t full)
{
	static uint64_t told;

	if (full > told)
		msg__warn(option__typed("tree"),
			  "no room for %llu descendants beside %d: they are shown only while their "
			  "ancestors live",
			  (unsigned long long)(full - told), TREE_MAX);
	told = full;
}

static uint64_t full_at_start;

static void filter_watch(struct run *run)
{
	const uint64_t *full = tool__variable(run, "tree_full", sizeof(*full));

	filter_tell_end(&filter_pid);
	filter_tell_end(&filter_ppid);
	if (full)
		filter_tell_full(full_at_start + __atomic_load_n(full, __ATOMIC_RELAXED));
}

/* Who ends from now on is seen by the program; before, nobody has told it. */
static void filter_root(struct run *run)
{
	bool *gone = tool__variable(run, "tree_root_gone", sizeof(*gone));

	if (gone && process_number__has_ended(&filter_tree.number))
		*gone = true;
}

/* The numbers of /proc are the programs' own, or process_number__find() would have refused. */
static int filter_attached(struct run *run)
{
	int err =
		process_tree__enter(tool__map(run, "tree"), filter_tree.number.pid, &full_at_start);

	filter_root(run);
	if (!err)
		return 0;
	msg__warn(option__typed("tree"),
		  "/proc cannot be read (%s): of the descendants that are there already only those "
		  "are shown that are at most 32 generations down",
		  strerror(-err));
	return 0;
}

static int filter_processes(struct process_filter *f, const struct owner_options *opt)
{
	int err = filter_process(&filter_pid, opt->pid, &f->pid)	    ?:
			  filter_process(&filter_ppid, opt->ppid, &f->ppid) ?:
			  filter_process(&filter_tree, opt->tree, &f->tree);

	f->pid_started = filter_pid.number.started;
	f->ppid_started = filter_ppid.number.started;
	return err;
}

int process_filter__set(struct process_filter *f, const struct owner_options *opt)
{
	memset(f, 0, sizeof(*f));
	if (filter_user("uid", opt->uid, &f->uid) || filter_user("euid", opt->euid, &f->euid))
		return -EINVAL;
	if (filter_processes(f, opt))
		return -EINVAL;
	if (!opt->comm)
		return 0;
	if (strlen(opt->comm) >= PROCESS_COMM_LEN) {
		msg__error(option__typed("comm"),
			   "'%s' is longer than the %d bytes that the kernel keeps",
			   text__quote(opt->comm), PROCESS_COMM_LEN - 1);
		return -EINVAL;
	}
	memcpy(f->comm, opt->comm, strlen(opt->comm));
	return 0;
}

static void filter_omit(const struct run *run, const char *program)
{
	struct bpf_program *prog = bpf_object__find_program_by_name(tool__object(run), program);

	/* A tool without --tree has none. */
	if (prog)
		tool__omit(prog);
}

int process_filter__plan(struct run *run, const struct process_filter *f)
{
	run->watch = filter_watch;
	if (!tool__map(run, "tree"))
		return 0;
	if (!f->tree || !probe__preempted_tracepoints(run->probe)) {
		filter_omit(run, "tree_fork_again");
		filter_omit(run, "tree_exit_again");
	}
	if (f->tree) {
		run->attached = filter_attached;
		return bpf_map__set_max_entries(tool__map(run, "tree"), TREE_MAX);
	}
	filter_omit(run, "tree_fork");
	filter_omit(run, "tree_exit");
	return 0;
}
