/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Execs that fail when the old program is gone. The process has the new memory by then, in which
 * the kernel has put file name and arguments already; where, it tells only before, in its
 * linux_binprm, which is no more when the call ends. One program at that place notes it:
 * sched_prepare_exec (6.10), or the end of begin_new_exec() where functions can be traced. Else the
 * file is told, without arguments.
 */
#ifndef EXECSNOOP_BEGUN_BPF_H
#define EXECSNOOP_BEGUN_BPF_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "tools/execsnoop/config.bpf.h"

/* include/uapi/asm-generic/signal.h */
#define SIGSEGV 11

#define BEGUN_SLOTS 1024

struct exec_begun {
	__u64 mm;
	__u64 name, strings; /* user addresses of the file name, and of the arguments below it */
	__u32 argc;
	__u32 pad;
};

/*
 * By task, in the slot of its address; with -x 40 kB. Whoever comes to the same slot before the
 * other's exec has failed, some microseconds later, takes it: the other one's arguments are
 * unreadable then. A hash would cost ten times as much at each exec.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct exec_begun);
	__uint(max_entries, BEGUN_SLOTS);
} begun SEC(".maps");

/* Of the current task. */
static __always_inline struct exec_begun *begun_slot(void)
{
	__u32 slot = bpf_get_current_task() * 0x9e3779b97f4a7c15ULL >> 32 & (BEGUN_SLOTS - 1);

	return bpf_map_lookup_elem(&begun, &slot);
}

static __always_inline void begun_note(struct linux_binprm *bprm, __u64 mm)
{
	struct exec_begun *b = begun_slot();

	if (!b)
		return;
	/* Pairs with begun_read(), of this task: nothing is wrong in between but for another's. */
	b->mm = 0;
	barrier();
	b->name = BPF_CORE_READ(bprm, exec);
	b->strings = BPF_CORE_READ(bprm, p);
	b->argc = BPF_CORE_READ(bprm, argc);
	barrier();
	b->mm = mm;
}

/* The old memory is there, still. */
SEC("tp_btf/sched_prepare_exec")
int BPF_PROG(begun_tp, struct task_struct *task, struct linux_binprm *bprm)
{
	begun_note(bprm, (__u64)BPF_CORE_READ(bprm, mm));
	return 0;
}

/* The new one is. */
SEC("fexit")
int begun_function(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	begun_note((void *)argument(ctx, 0), (__u64)BPF_CORE_READ(task, mm));
	return 0;
}

/*
 * The new memory of a process whose exec has failed, or NULL: its old program runs on. The end of
 * the environment is what the kernel fills in last.
 */
static __always_inline struct mm_struct *begun_mm(struct task_struct *task)
{
	struct mm_struct *mm = BPF_CORE_READ(task, mm);

	return mm && !BPF_CORE_READ(mm, env_end) ? mm : NULL;
}

/* Where file name and arguments are. The stack may have been moved since it was noted. */
static __always_inline void begun_read(struct exec_call *call, struct mm_struct *mm)
{
	const struct exec_begun *b = begun_slot();
	__u64 at = BPF_CORE_READ(mm, arg_start);

	call->dirfd = EXEC_NO_DIRFD;
	call->filename = call->argv = 0;
	if (!b || b->mm != (__u64)mm)
		return;
	call->strings = at ?: b->strings;
	call->filename = b->name - b->strings + call->strings;
	call->argc = b->argc;
	call->needed = 0;
}

/* As it is about to end: nothing but a signal is left to it. */
static __always_inline __u32 begun_flags(struct task_struct *task)
{
	__u64 pending = BPF_CORE_READ(task, pending.signal.sig[0]);

	return pending & 1 << (SIGSEGV - 1) ? EXEC_DIED : EXEC_DIED | EXEC_DIED_KILLED;
}

#endif
