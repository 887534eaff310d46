/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Execs that fail, when they have: the registers of the call still hold its arguments, so nothing
 * is kept from its beginning. One family of programs is attached: at the end of the functions, or
 * of their tracepoints, or of all system calls, whichever the kernel has (plan.c).
 */
#ifndef EXECSNOOP_FAILED_BPF_H
#define EXECSNOOP_FAILED_BPF_H

#include "again.bpf.h"
#include "tools/execsnoop/begun.bpf.h"
#include "tools/execsnoop/build.bpf.h"
#include "tools/execsnoop/syscall.bpf.h"

/* There are second programs at the ends of functions, where the first ones can be preempted. */
const volatile bool again_ends = false;
/* The first programs are attached, from user space: until then the second ones have nothing to do.
 */
bool ends_attached;

/* Its length with NUL, also that of an empty one, for which older kernels return 0; or less. */
static __always_inline long read_user_str(char *to, __u32 size, __u64 from)
{
	long n = bpf_probe_read_user_str(to, size, (void *)from);

	if (n)
		return n;
	*to = '\0';
	return 1;
}

static __always_inline __u64 append_user_filename(struct room *room, __u64 filename)
{
	long n = read_user_str(room->data, EXEC_PATH_MAX, filename);

	if (n <= 0)
		return 0;
	room->exec.filename_len = n;
	return n;
}

/*
 * The i-th argument's address, with `len` bytes before it, 0 behind the last; an error if it cannot
 * be read. From an array or where the strings are, without a branch between them, which the
 * verifier would go through each time.
 */
static __always_inline long user_arg(struct exec_call *call, __u64 i, __u64 len, __u64 *pointer)
{
	__u64 size = 1ULL << (call->pointer_shift & 3), inside;
	long err;

	*pointer = 0;
	barrier_var(size);
	if (size > sizeof(*pointer))
		return -1;
	err = bpf_probe_read_user(pointer, size, (void *)(call->argv + i * size));
	inside = (__s64)(i - call->argc) >> 63;
	*pointer |= (call->strings + len) & inside;
	return err & call->needed;
}

/*
 * Appends the i-th argument to those at data + off. False: that was the last one. A string is read
 * with all the room there may be, which goes into that of paths not yet there. All that is changed
 * is in the map, where the verifier does not follow it, so that each round is like the one before.
 */
static __always_inline bool append_user_arg(struct room *room, __u64 off, __u32 i)
{
	__u64 pointer, len = room->exec.args_len;
	void *to;
	long n;

	if (user_arg(&room->call, i, len, &pointer)) {
		room->exec.flags |= EXEC_ARGS_UNREADABLE;
		return false;
	}
	if (!pointer)
		return false;
	if (len >= room->call.most || i == EXEC_FAILED_ARGS_MAX) {
		room->exec.flags |= EXEC_ARGS_MORE;
		return false;
	}
	/* A byte more than is kept tells whether it has been cut. */
	to = room_at(room, off + len, EXEC_ARGS_INLINE + 1);
	n = to ? read_user_str(to, EXEC_ARGS_INLINE + 1, pointer) : 0;
	if (n <= 0) {
		room->exec.flags |= EXEC_ARGS_UNREADABLE;
		return false;
	}
	room->exec.args_len = len + n;
	return true;
}

/* The arguments, at data + off. Returns their length, at most call.most. */
static __always_inline __u64 append_user_args(struct room *room, __u64 off)
{
	room->exec.args_len = 0;
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i <= EXEC_FAILED_ARGS_MAX; i++) {
		unknown_memory();
		if (!append_user_arg(room, off, i))
			break;
	}
	/* The last one may be cut. */
	if (room->exec.args_len > room->call.most) {
		room->exec.flags |= EXEC_ARGS_MORE;
		room->exec.args_len = room->call.most;
	}
	return room->exec.args_len;
}

/* With the ring nearly full just some of it. Returns whether that is so. */
static __always_inline bool call_limit(struct exec_call *call)
{
	bool tight = ring_is_tight(EXEC_ARGS_INLINE);

	call->most = max_args_bytes < EXEC_ARGS_INLINE ? max_args_bytes : EXEC_ARGS_INLINE;
	if (tight)
		call->most = EXEC_ARGS_SHORT;
	return tight;
}

static __always_inline void exec_failed(struct room *room, __s32 error, __u64 time_ns, __u32 slot)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct mm_struct *mm = begun_mm(task);
	__u64 off, len;

	fill_head(&room->exec, task, false, time_ns, EXEC_FAILED, slot);
	room->call.file = (__u64)mm;
	if (mm) {
		begun_read(&room->call, mm);
		room->exec.flags = begun_flags(task);
	}
	room->exec.error = error;
	room->exec.dirfd = room->call.dirfd;
	if (call_limit(&room->call))
		room->exec.flags |= EXEC_WAS_SHORTENED;
	off = append_user_filename(room, room->call.filename);
	len = append_user_args(room, off);
	/* All of them were few. */
	if (!(room->exec.flags & EXEC_ARGS_MORE))
		room->exec.flags &= ~EXEC_WAS_SHORTENED;
	room->exec.args_total = len;
	room->exec.args_ahead = 0;
	send(room, append_rest(room, slot, off + len, task, room->call.file));
}

static __always_inline void on_failed_in(__u32 slot, struct pt_regs *regs, bool at, bool compat,
					 __s32 error)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct room *room = room_of(slot);

	if (!room)
		return;
	EVENT (EVENT_BESIDE, process_wanted(task, false), time_ns, slot, EXEC_BUSY) {
		call_read(&room->call, regs, at, compat);
		exec_failed(room, error, time_ns, slot);
	}
}

static __always_inline void on_failed(struct pt_regs *regs, bool at, bool compat, __s32 error)
{
	on_failed_in(SLOT_FAILED, regs, at, compat, error);
}

/* The end of this task's call, for again.bpf.h; no other event of the task has this key. */
static __always_inline __u64 end_key(void)
{
	return 1ULL << 32 | (__u32)bpf_get_current_pid_tgid();
}

/* The ends of successful calls are marked, too: the kernel counts those that it skipped as well. */
static __always_inline void function_ends(void *ctx, bool at, bool compat)
{
	__s32 error = argument(ctx, 1);

	if (again_ends)
		again_mark_always(end_key());
	if (error < 0)
		on_failed((void *)argument(ctx, 0), at, compat, error);
}

static __always_inline void function_ends_again(void *ctx, bool at, bool compat)
{
	__s32 error = argument(ctx, 1);

	if (!ends_attached || !again_needed(end_key()))
		return;
	count_add(EXEC_END_AGAIN);
	if (error < 0)
		on_failed_in(SLOT_FAILED_AGAIN, (void *)argument(ctx, 0), at, compat, error);
}

/* The kernel runs first what was attached last (plan.c). */
#define FAILED_FUNCTION(function, at, compat)         \
	SEC("fexit")                                  \
	int failed_##function(void *ctx)              \
	{                                             \
		function_ends(ctx, at, compat);       \
		return 0;                             \
	}                                             \
                                                      \
	SEC("fexit")                                  \
	int again_##function(void *ctx)               \
	{                                             \
		function_ends_again(ctx, at, compat); \
		return 0;                             \
	}

FAILED_FUNCTION(execve, false, false)
FAILED_FUNCTION(execveat, true, false)
FAILED_FUNCTION(compat_execve, false, true)
FAILED_FUNCTION(compat_execveat, true, true)

/* Not called for 32-bit programs. Since 5.1 an RT kernel's trace_entry is longer: CO-RE knows. */
SEC("tracepoint/syscalls/sys_exit_execve")
int failed_tp_execve(struct syscall_trace_exit *ctx)
{
	if (ctx->ret < 0)
		on_failed(call_regs(), false, false, ctx->ret);
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_execveat")
int failed_tp_execveat(struct syscall_trace_exit *ctx)
{
	if (ctx->ret < 0)
		on_failed(call_regs(), true, false, ctx->ret);
	return 0;
}

/* At the end of each call of each process: by plain loads as far as that goes. */
SEC("tp_btf/sys_exit")
int BPF_PROG(failed_any_call, struct pt_regs *regs, long ret)
{
	__u64 number;
	bool compat, at;

	if (ret >= 0 || ret < -4095)
		return 0;
	number = call_number(regs);
	compat = call_is_compat((void *)bpf_get_current_task());
	at = number == (compat ? SYS_COMPAT_EXECVEAT : SYS_EXECVEAT);
	if (at || number == (compat ? SYS_COMPAT_EXECVE : SYS_EXECVE))
		on_failed(regs, at, compat, ret);
	return 0;
}

#endif
