/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Is a task one of those that the user asked for? Constants, so unused ones cost nothing.
 */
#ifndef SNOOPKIT_PROCESS_FILTER_BPF_H
#define SNOOPKIT_PROCESS_FILTER_BPF_H

#include "cgroup.bpf.h"
#include "cgroup_follow.bpf.h"
#include "process.bpf.h"
#include "process_filter_wire.h"
#include "tree.bpf.h"

const volatile struct process_filter process_filter = { .uid = UID_ANY, .euid = UID_ANY };

static __always_inline bool process_has_comm(void)
{
	__u64 comm[2] = {};

	bpf_get_current_comm(comm, sizeof(comm));
	return comm[0] == process_filter.comm[0] && comm[1] == process_filter.comm[1];
}

/* Is it the process that had this number when tracing began? */
static __always_inline bool process_is(struct task_struct *task, const bool typed, __u32 pid,
				       __u64 started)
{
	if ((__u32)task_read(task, typed, tgid) != pid)
		return false;
	return !started ||
	       task_read(task, typed, group_leader, start_boottime) / PROCESS_TICK_NS == started;
}

/* But for its name. */
static __always_inline bool process_wanted_unnamed(struct task_struct *task, const bool typed)
{
	struct cred *cred = process_cred(task, typed);

	if (process_filter.uid != UID_ANY && task_read(cred, typed, uid.val) != process_filter.uid)
		return false;
	if (process_filter.euid != UID_ANY &&
	    task_read(cred, typed, euid.val) != process_filter.euid)
		return false;
	if (process_filter.pid &&
	    !process_is(task, typed, process_filter.pid, process_filter.pid_started))
		return false;
	if (process_filter.ppid && !process_is(task_read(task, typed, real_parent), typed,
					       process_filter.ppid, process_filter.ppid_started))
		return false;
	if (cgroup_target.given && !cgroup_wanted(cgroup_of_task(task)))
		return false;
	return !process_filter.tree || tree_has(task, process_filter.tree);
}

/* The current task, which `task` is too. */
static __always_inline bool process_wanted(struct task_struct *task, const bool typed)
{
	if (process_filter.comm[0] && !process_has_comm())
		return false;
	return process_wanted_unnamed(task, typed);
}

#endif
