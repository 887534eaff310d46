/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Every exec, whole, from the one tracepoint behind all ways to execute: by then the kernel has
 * itself just written the arguments to the new program's stack, and nobody else has run on it.
 */
#include "vmlinux.h"
#include <bpf/bpf_tracing.h>
#include "tools/execsnoop/build.bpf.h"
#include "tools/execsnoop/exit.bpf.h"
#include "tools/execsnoop/failed.bpf.h"

TREE_PROGRAMS(process_filter.tree)

/* A part of the arguments in a record of its own, whose head is filled. False: it is not sent. */
static __always_inline bool send_piece(struct room *room, __u64 address, __u64 len)
{
	barrier_var(len);
	if (len > EXEC_ARGS_PIECE)
		len = EXEC_ARGS_PIECE;
	room->args.head.size = sizeof(room->args) + len;
	if (bpf_probe_read_user(room->piece, len, (void *)address)) {
		room->exec.flags |= EXEC_ARGS_UNREADABLE;
		return false;
	}
	return ring_output(&room->args, room->args.head.size, sizeof(room->args) + EXEC_ARGS_PIECE);
}

/*
 * Sends ahead what would not fit in the record itself. How much that is, is noted there; it is less
 * than needed if the ring is full. The number that ends the loop is read from the map each time: of
 * a variable the verifier would learn in each round how large it is, and go through all that
 * follows once more for that.
 */
static __always_inline void send_ahead(struct room *room, __u64 time_ns, __u64 start)
{
	room->args.head.time_ns = time_ns;
	room->args.head.kind = EXEC_ARGS;
	room->args.pid = room->exec.who.pid;
#pragma clang loop unroll(disable)
	for (__u64 i = 0; i < max_pieces; i++) {
		__u64 sent = i * EXEC_ARGS_PIECE, bytes;

		unknown_memory();
		bytes = room->call.most;
		if (bytes <= sent + EXEC_ARGS_INLINE)
			break;
		room->args.offset = sent;
		if (!send_piece(room, start + sent, bytes - sent))
			break;
		sent += EXEC_ARGS_PIECE;
		room->exec.args_ahead = bytes < sent ? bytes : sent;
	}
}

/* How many bytes of arguments go with this exec. */
static __always_inline __u64 args_wanted(__u64 total, bool *tight)
{
	__u64 wanted = total < max_args_bytes ? total : max_args_bytes;

	*tight = wanted > EXEC_ARGS_SHORT && ring_is_tight(wanted);
	return *tight ? EXEC_ARGS_SHORT : wanted;
}

static __always_inline __u64 append_args(struct room *room, __u64 off, __u64 start, __u64 wanted)
{
	void *to = room_at(room, off, EXEC_ARGS_INLINE);
	__u64 ahead = room->exec.args_ahead, len = wanted - ahead;

	/* More than that: a piece found no room. What is behind it must not follow. */
	barrier_var(len);
	if (!to || len > EXEC_ARGS_INLINE)
		return off;
	if (bpf_probe_read_user(to, len, (void *)(start + ahead))) {
		room->exec.flags |= EXEC_ARGS_UNREADABLE;
		return off;
	}
	room->exec.args_len = len;
	return off + len;
}

/* Its first 8 bytes as they are in memory; both architectures are little-endian. */
static __always_inline __u64 name_begin(const char *name)
{
	__u64 begin = 0;

#pragma unroll
	for (int i = 0; i < 8 && name[i]; i++)
		begin |= (__u64)(__u8)name[i] << (8 * i);
	return begin;
}

/*
 * Whether the name that the file was given tells nothing of it: it has none any more, as a memfd
 * has none ever, or the name is that of a descriptor. Found without a branch.
 */
static __always_inline __u64 file_is_elsewhere(const struct room *room, struct linux_binprm *bprm,
					       bool script)
{
	__u64 begin = *(const __u64 *)room->data;

	if (script)
		bpf_probe_read_kernel(&begin, sizeof(begin), bprm->interp);
	return 1 ^
	       (differs((__u64)BPF_CORE_READ(bprm, file, f_path.dentry, d_hash.pprev), 0) &
		differs(begin, name_begin("/dev/fd/")) & differs(begin, name_begin("/dev/std")) &
		differs(begin << 16, name_begin("/proc/") << 16));
}

/*
 * The head comes first: the kernel's verifier takes a millisecond for each pointer that it knows
 * the type of, and goes through what follows a branch once more.
 */
static __always_inline void exec_done(struct task_struct *task, __u32 old_pid,
				      struct linux_binprm *bprm, __u64 time_ns, __u32 slot)
{
	struct room *room = room_of(slot);
	const char *filename = bprm->filename, *interp = bprm->interp;
	struct mm_struct *mm = task->mm;
	__u64 start = mm->arg_start, total = mm->arg_end - start;
	__u64 off = 0, wanted;
	bool tight;

	if (!room)
		return;
	fill_head(&room->exec, task, true, time_ns, EXEC_DONE, slot);
	wanted = args_wanted(total, &tight);
	room->exec.who.tid = old_pid;
	room->exec.args_total = total;
	room->exec.args_ahead = 0;
	room->exec.args_len = 0;
	room->call.most = wanted;
	if (wanted > EXEC_ARGS_INLINE)
		send_ahead(room, time_ns, start);
	if (tight || (!(room->exec.flags & EXEC_ARGS_UNREADABLE) &&
		      wanted > room->exec.args_ahead + EXEC_ARGS_INLINE))
		room->exec.flags |= EXEC_WAS_SHORTENED;
	off = append_filename(room, off, filename);
	room->call.file = file_is_elsewhere(room, bprm, interp != filename);
	if (interp != filename)
		off = append_interp(room, off, interp);
	off = append_args(room, off, start, wanted);
	send(room, append_rest(room, slot, off, task, room->call.file));
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(exec, struct task_struct *task, pid_t old_pid, struct linux_binprm *bprm)
{
	again_mark(task->pid);
	EVENT (EVENT_OWN, process_wanted(task, true), time_ns, SLOT_EXEC, EXEC_BUSY)
		exec_done(task, old_pid, bprm, time_ns, SLOT_EXEC);
	return 0;
}

/* Attached after the first one, so it is run after it. */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(again_exec, struct task_struct *task, pid_t old_pid, struct linux_binprm *bprm)
{
	if (!again_needed(task->pid))
		return 0;
	count_add(EXEC_AGAIN);
	EVENT (EVENT_BESIDE, process_wanted(task, true), time_ns, SLOT_AGAIN, EXEC_BUSY)
		exec_done(task, old_pid, bprm, time_ns, SLOT_AGAIN);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
