/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The descendants of a process. Those that are forked while it is traced are remembered, so that
 * they stay its descendants when their parent ends; user space enters those that are older
 * (process_tree.h). Whoever was not entered is found by its parents, as far up as is looked.
 * The programs that keep the list are those of TREE_PROGRAMS, loaded only for this filter.
 */
#ifndef SNOOPKIT_TREE_BPF_H
#define SNOOPKIT_TREE_BPF_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "atomic.bpf.h"

#define TREE_WALK_MAX 32

/*
 * By tgid; 16,384 with the filter, 1.2 MB. Full: a process is one of the tree as long as its
 * ancestors live, and not too far down. Counted in tree_full.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, __u8);
	__uint(max_entries, 1); /* set at load: by process_filter__load() */
} tree SEC(".maps");

/* Its number may be another process's by now. */
bool tree_root_gone;
/* So many descendants had no room. User space only reads it. */
__u64 tree_full;

static __always_inline bool tree_descends(struct task_struct *task, __u32 root)
{
#pragma clang loop unroll(disable)
	for (int i = 0; i < TREE_WALK_MAX; i++) {
		__u32 tgid = BPF_CORE_READ(task, tgid);

		if (tgid == root)
			return true;
		if (tgid <= 1)
			return false;
		task = BPF_CORE_READ(task, real_parent);
	}
	return false;
}

static __always_inline bool tree_has(struct task_struct *task, __u32 root)
{
	__u32 tgid = BPF_CORE_READ(task, tgid);

	if (bpf_map_lookup_elem(&tree, &tgid))
		return true;
	return !tree_root_gone && tree_descends(BPF_CORE_READ(task, group_leader), root);
}

static __always_inline void tree_forked(struct task_struct *parent, struct task_struct *child,
					__u32 root)
{
	__u32 tgid = child->tgid;
	__u8 member = 1;

	if (tgid == (__u32)parent->tgid || !tree_has(parent, root))
		return;
	if (bpf_map_update_elem(&tree, &tgid, &member, BPF_ANY))
		atomic_add(&tree_full, 1);
}

static __always_inline void tree_exited(struct task_struct *task, __u32 root)
{
	__u32 tgid = task->tgid;

	if (BPF_CORE_READ(task, signal, live.counter))
		return;
	if (tgid == root)
		tree_root_gone = true;
	bpf_map_delete_elem(&tree, &tgid);
}

#define TREE_PROGRAM_FORK(name, filter)                                           \
	SEC("tp_btf/sched_process_fork")                                          \
	int BPF_PROG(name, struct task_struct *parent, struct task_struct *child) \
	{                                                                         \
		tree_forked(parent, child, filter);                               \
		return 0;                                                         \
	}

#define TREE_PROGRAM_EXIT(name, filter)              \
	SEC("tp_btf/sched_process_exit")             \
	int BPF_PROG(name, struct task_struct *task) \
	{                                            \
		tree_exited(task, filter);           \
		return 0;                            \
	}

/*
 * `filter`: the constant that has the tree's root. Where the kernel skips programs that are
 * preempted (probe__preempted_tracepoints()) each is there a second time; twice does no harm.
 */
#define TREE_PROGRAMS(filter)                      \
	TREE_PROGRAM_FORK(tree_fork, filter)       \
	TREE_PROGRAM_FORK(tree_fork_again, filter) \
	TREE_PROGRAM_EXIT(tree_exit, filter)       \
	TREE_PROGRAM_EXIT(tree_exit_again, filter)

#endif
