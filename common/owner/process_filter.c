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

int process_filter__set(struct process_filter *f, const struct owner_options *opt)
{
	memset(f, 0, sizeof(*f));
	if (filter_user("uid", opt->uid, &f->uid) || filter_user("euid", opt->euid, &f->euid))
		return -EINVAL;
	f->pid = opt->pid;
	f->ppid = opt->ppid;
	f->tree = opt->tree;
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
	if (!f->tree || !probe__preempted_tracepoints(run->probe)) {
		filter_omit(run, "tree_fork_again");
		filter_omit(run, "tree_exit_again");
	}
	if (f->tree)
		return bpf_map__set_max_entries(tool__map(run, "tree"), TREE_MAX);
	filter_omit(run, "tree_fork");
	filter_omit(run, "tree_exit");
	return 0;
}
