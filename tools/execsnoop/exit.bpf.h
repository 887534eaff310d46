/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The ends of processes, and which processes were there before. */
#ifndef EXECSNOOP_EXIT_BPF_H
#define EXECSNOOP_EXIT_BPF_H

#include "again.bpf.h"
#include "tools/execsnoop/begun.bpf.h"
#include "tools/execsnoop/build.bpf.h"

/* CLOCK_MONOTONIC: what was forked before it may have been asked for without any exec. */
const volatile __u64 tool_started_ns = 0;

/* include/linux/sched.h: forked, and no exec since */
#define PF_FORKNOEXEC 0x40
#define PF_KTHREAD 0x200000
/* include/linux/sched/signal.h: all of it ends */
#define SIGNAL_GROUP_EXIT 4

/* As wait() has it; up to 5.18 (d80f7f6d79dc) with threads that end one by one, the leader's. */
static __always_inline __u32 exit_status(struct task_struct *leader)
{
	struct signal_struct *signal = leader->signal;

	return signal->flags & SIGNAL_GROUP_EXIT ? signal->group_exit_code : leader->exit_code;
}

static __always_inline void send_exit(struct task_struct *task, __u64 time_ns, __u32 slot)
{
	struct task_struct *leader = task->group_leader;
	struct exit_record r = {};

	record_begin(&r.head, EXEC_EXIT, time_ns, sizeof(r));
	process_fill(&r.who, task, true, time_ns, slot);
	/* Which thread is the last one says nothing. */
	r.who.tid = r.who.pid;
	bpf_probe_read_kernel(r.who.comm, sizeof(r.who.comm), leader->comm);
	r.ppid = task->real_parent->tgid;
	r.ns_pid = process_ns_pid(task, true);
	r.loginuid = UID_ANY;
	if (bpf_core_field_exists(task->loginuid))
		r.loginuid = task->loginuid.val;
	r.cpu = bpf_get_smp_processor_id();
	r.status = exit_status(leader);
	r.started_ns = leader->start_time;
	r.exec_id = leader->self_exec_id;
	bpf_probe_read_kernel(r.pcomm, sizeof(r.pcomm), task->real_parent->group_leader->comm);
	ring_emit(&r, sizeof(r));
}

/*
 * Has it executed a program, or is it older than the tool? Only the leader's flag tells of the
 * process: each thread begins with its own.
 */
static __always_inline bool process_counts(struct task_struct *leader)
{
	return !(leader->flags & PF_FORKNOEXEC) || leader->start_time < tool_started_ns;
}

/* Threads end one by one; the process with the last of them, of whatever age. */
static __always_inline bool process_ends(struct task_struct *task)
{
	return process_counts(task->group_leader) && !BPF_CORE_READ(task, signal, live.counter);
}

static __always_inline void on_exit(struct task_struct *task, __u32 slot)
{
	/* User space knows whose exec was shown, and filters. */
	EVENT (EVENT_BESIDE, true, time_ns, slot, EXEC_BUSY)
		send_exit(task, time_ns, slot);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_exit, struct task_struct *task)
{
	/* Each task: the kernel counts every end that it skipped. */
	again_mark(task->pid);
	if (process_ends(task))
		on_exit(task, SLOT_EXIT);
	return 0;
}

/* As again_exec. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(again_exit, struct task_struct *task)
{
	if (!again_needed(task->pid))
		return 0;
	count_add(EXEC_EXIT_AGAIN);
	if (process_ends(task))
		on_exit(task, SLOT_EXIT_AGAIN);
	return 0;
}

/*
 * SIGSEGV of one's own in an exec: it has failed with the old program gone. Without -x nothing else
 * tells that, and the end would be that of a process which nobody has seen.
 */
SEC("tp_btf/signal_generate")
int BPF_PROG(doomed, int sig, struct kernel_siginfo *info, struct task_struct *task)
{
	struct doomed_record r = {};

	if (sig != SIGSEGV || (__u64)task != bpf_get_current_task() || !begun_mm(task))
		return 0;
	if (!process_wanted(task, true))
		return 0;
	ORDERED (time_ns, SLOT_DOOMED, EXEC_DOOMED_LOST) {
		record_begin(&r.head, EXEC_DOOMED, time_ns, sizeof(r));
		r.started_ns = task->group_leader->start_time;
		r.pid = task->tgid;
		r.exec_id = task->self_exec_id;
		bpf_get_current_comm(r.comm, sizeof(r.comm));
		if (!ring_output(&r, sizeof(r), sizeof(r)))
			count_add(EXEC_DOOMED_LOST);
	}
	return 0;
}

static __always_inline bool running_has_comm(const char *comm)
{
	const __u64 *words = (const void *)comm;

	return words[0] == process_filter.comm[0] && words[1] == process_filter.comm[1];
}

/* A process that was there before, of those that the user asked for. */
SEC("iter/task")
int running(struct bpf_iter__task *ctx)
{
	struct seq_file *seq = ctx->meta->seq;
	struct task_struct *task = ctx->task;
	struct running_record r = {};
	struct path_room *path = NULL;
	struct file *exe;
	__u64 len = 0;

	if (!task || task->pid != task->tgid || task->flags & PF_KTHREAD)
		return 0;
	if (!BPF_CORE_READ(task, signal, live.counter) || !process_counts(task))
		return 0;
	bpf_core_read(r.comm, sizeof(r.comm), &task->comm);
	if (process_filter.comm[0] && !running_has_comm(r.comm))
		return 0;
	if (!process_wanted_unnamed(task, false))
		return 0;
	r.started_ns = task->start_time;
	r.pid = task->tgid;
	r.exec_id = task->self_exec_id;
	exe = BPF_CORE_READ(task, mm, exe_file);
	if (exe)
		path = path_fill(PATH_SLOT_RUNNING, &exe->f_path, task);
	if (path) {
		len = path->len;
		r.exe_len = len;
		r.exe_state = path->state;
	}
	bpf_seq_write(seq, &r, sizeof(r));
	if (!path)
		return 0;
	/* Compared once and with nothing else: newer compilers make one comparison of two. */
	barrier_var(len);
	if (len <= PATH_BYTES_MAX)
		bpf_seq_write(seq, path->names, len);
	return 0;
}

#endif
