/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The registers of a system call that has returned, from the task's own stack. */
#ifndef EXECSNOOP_SYSCALL_BPF_H
#define EXECSNOOP_SYSCALL_BPF_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#if defined(__TARGET_ARCH_x86)

#define SYS_EXECVE 59
#define SYS_EXECVEAT 322
#define SYS_COMPAT_EXECVE 11
#define SYS_COMPAT_EXECVEAT 358
#define TS_COMPAT 2

static __always_inline void call_args(struct pt_regs *regs, bool compat, __u64 args[3])
{
	if (compat) {
		args[0] = (__u32)BPF_CORE_READ(regs, bx);
		args[1] = (__u32)BPF_CORE_READ(regs, cx);
		args[2] = (__u32)BPF_CORE_READ(regs, dx);
	} else {
		args[0] = BPF_CORE_READ(regs, di);
		args[1] = BPF_CORE_READ(regs, si);
		args[2] = BPF_CORE_READ(regs, dx);
	}
}

static __always_inline __u64 call_number(struct pt_regs *regs)
{
	return BPF_CORE_READ(regs, orig_ax);
}

static __always_inline bool call_is_compat(struct task_struct *task)
{
	return BPF_CORE_READ(task, thread_info.status) & TS_COMPAT;
}

#elif defined(__TARGET_ARCH_arm64)

#define SYS_EXECVE 221
#define SYS_EXECVEAT 281
#define SYS_COMPAT_EXECVE 11
#define SYS_COMPAT_EXECVEAT 387
#define TIF_32BIT 22

/* The first register holds the result by the time of the tracepoint. */
static __always_inline void call_args(struct pt_regs *regs, bool compat, __u64 args[3])
{
	__u64 mask = compat ? 0xffffffff : ~0ULL;

	args[0] = BPF_CORE_READ(regs, orig_x0) & mask;
	args[1] = BPF_CORE_READ(regs, regs[1]) & mask;
	args[2] = BPF_CORE_READ(regs, regs[2]) & mask;
}

static __always_inline __u64 call_number(struct pt_regs *regs)
{
	return (__u32)BPF_CORE_READ(regs, syscallno);
}

static __always_inline bool call_is_compat(struct task_struct *task)
{
	return BPF_CORE_READ(task, thread_info.flags) >> TIF_32BIT & 1;
}

#endif

/* execve(filename, argv, ...), execveat(dirfd, filename, argv, ...) */
static __always_inline void call_read(struct exec_call *call, struct pt_regs *regs, bool at,
				      bool compat)
{
	__u64 args[3];

	call_args(regs, compat, args);
	call->filename = at ? args[1] : args[0];
	call->argv = at ? args[2] : args[1];
	call->dirfd = at ? (__s32)args[0] : EXEC_NO_DIRFD;
	call->pointer_shift = compat ? 2 : 3;
	call->strings = call->argc = 0;
	call->needed = -1;
}

/* What kernels without bpf_task_pt_regs() (5.15) have on every build that Debian makes. */
#define STACK_BYTES 16384

static __always_inline struct pt_regs *call_regs(void)
{
	struct task_struct *task;

	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs))
		return (void *)bpf_task_pt_regs(bpf_get_current_task_btf());
	task = (void *)bpf_get_current_task();
	return (void *)BPF_CORE_READ(task, stack) + STACK_BYTES -
	       bpf_core_type_size(struct pt_regs);
}

#endif
