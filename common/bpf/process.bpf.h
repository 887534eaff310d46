/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Kernel side of process_wire.h: identity of a task. */
#ifndef SNOOPKIT_PROCESS_BPF_H
#define SNOOPKIT_PROCESS_BPF_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "cgroup_path.bpf.h"

/* The v1 hierarchy whose cgroups are told beside those of v2; its index in css_set.subsys. */
const volatile __u32 cgroup1_hierarchy = 0; /* 0: none */
const volatile __u32 cgroup1_subsys = 0;

/*
 * Reads a member of a task. Where the verifier knows the task as such (an argument of a BTF-typed
 * tracepoint) that is a plain load, which costs a tenth of the helper's call.
 */
#define task_read(task, typed, ...) \
	((typed) ? ___arrow(task, __VA_ARGS__) : BPF_CORE_READ(task, __VA_ARGS__))

/* Not const as in the kernel: newer clangs warn of what libbpf's macros make of that. */
static __always_inline struct cred *process_cred(struct task_struct *task, const bool typed)
{
	return (struct cred *)task_read(task, typed, cred);
}

static __always_inline struct kernfs_node *process_cgroup1(struct css_set *set)
{
	struct cgroup_subsys_state *css = NULL;
	/* Not inside the read: CO-RE would look for this constant in the kernel. */
	__u32 subsys = cgroup1_subsys;

	bpf_core_read(&css, sizeof(css), &set->subsys[subsys]);
	return BPF_CORE_READ(css, cgroup, kn);
}

/* User space hears of both: on a hybrid host a container may have a cgroup of its own in v1 only.
 */
static __always_inline void process_cgroups(struct process *p, struct task_struct *task,
					    const bool typed, __u64 time_ns, __u32 slot)
{
	struct kernfs_node *kn;
	__u64 key;

	p->cgroup_id = p->cgroup1_id = 0;
	/* Built without cgroups. */
	if (!bpf_core_field_exists(task->cgroups))
		return;
	p->cgroup_id = task_read(task, typed, cgroups, dfl_cgrp, kn, id);
	key = CGROUP_KEY(0, p->cgroup_id);
	if (!cgroup_path_is_known(key))
		cgroup_path_tell(BPF_CORE_READ(task, cgroups, dfl_cgrp, kn), key, time_ns, slot);
	if (!cgroup1_hierarchy)
		return;
	kn = process_cgroup1(task_read(task, typed, cgroups));
	p->cgroup1_id = BPF_CORE_READ(kn, id);
	key = CGROUP_KEY(cgroup1_hierarchy, p->cgroup1_id);
	if (!cgroup_path_is_known(key))
		cgroup_path_tell(kn, key, time_ns, slot);
}

/* The current task, which `task` is too. `slot`: see order_enter(). */
static __always_inline void process_fill(struct process *p, struct task_struct *task,
					 const bool typed, __u64 time_ns, __u32 slot)
{
	struct cred *cred = process_cred(task, typed);

	p->pid = task_read(task, typed, tgid);
	p->tid = task_read(task, typed, pid);
	p->uid = task_read(cred, typed, uid.val);
	p->euid = task_read(cred, typed, euid.val);
	bpf_get_current_comm(p->comm, sizeof(p->comm));
	process_cgroups(p, task, typed, time_ns, slot);
}

/* The process's number in its own pid namespace. */
static __always_inline __u32 process_ns_pid(struct task_struct *task, const bool typed)
{
	struct pid *pid;
	__u32 level;
	int nr;

	nr = task_read(task, typed, tgid);
	level = task_read(task, typed, thread_pid, level);
	if (level) {
		pid = BPF_CORE_READ(task, group_leader, thread_pid);
		bpf_core_read(&nr, sizeof(nr), &pid->numbers[level].nr);
	}
	return nr;
}

#endif
