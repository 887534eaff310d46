/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The parts of an exec_record that successful and failed execs have in common. */
#ifndef EXECSNOOP_BUILD_BPF_H
#define EXECSNOOP_BUILD_BPF_H

#include "tools/execsnoop/config.bpf.h"
#include "unknown.bpf.h"

/* Each append_ function returns the new length of room->data. */
static __always_inline __u64 append_filename(struct room *room, __u64 off, const char *filename)
{
	void *to = room_at(room, off, EXEC_PATH_MAX);
	long n = to ? bpf_probe_read_kernel_str(to, EXEC_PATH_MAX, filename) : 0;

	if (n <= 0)
		return off;
	room->exec.filename_len = n;
	return off + n;
}

static __always_inline __u64 append_interp(struct room *room, __u64 off, const char *interp)
{
	void *to = room_at(room, off, EXEC_PATH_MAX);
	long n = to ? bpf_probe_read_kernel_str(to, EXEC_PATH_MAX, interp) : 0;

	if (n <= 0)
		return off;
	room->exec.interp_len = n;
	return off + n;
}

/* Length of the names, at most PATH_BYTES_MAX. */
static __always_inline __u64 append_path(struct room *room, __u32 slot, __u64 off,
					 struct path *path, struct task_struct *task, __u8 *state)
{
	struct path_room *from = path_fill(slot, path, task);
	__u64 len;
	void *to;

	if (!from)
		return 0;
	*state = from->state;
	to = room_at(room, off, PATH_BYTES_MAX);
	len = from->len;
	if (!to || len > PATH_BYTES_MAX)
		return 0;
	bpf_probe_read_kernel(to, len, from->names);
	return len;
}

static __always_inline __u64 append_exe(struct room *room, __u32 slot, __u64 off,
					struct task_struct *task)
{
	struct file *exe = BPF_CORE_READ(task, mm, exe_file);

	if (exe)
		room->exec.exe_len =
			append_path(room, slot, off, &exe->f_path, task, &room->exec.exe_state);
	return off + room->exec.exe_len;
}

static __always_inline __u64 append_cwd(struct room *room, __u32 slot, __u64 off,
					struct task_struct *task)
{
	struct fs_struct *fs = BPF_CORE_READ(task, fs);

	if (fs)
		room->exec.cwd_len =
			append_path(room, slot, off, &fs->pwd, task, &room->exec.cwd_state);
	return off + room->exec.cwd_len;
}

static __always_inline __u64 append_ancestors(struct room *room, __u64 off,
					      struct task_struct *task)
{
	struct task_struct *at = BPF_CORE_READ(task, real_parent, group_leader);

	for (__u32 i = 0; i < EXEC_ANCESTORS_MAX && i < max_ancestors; i++) {
		struct exec_ancestor a = {};
		void *to;

		at = BPF_CORE_READ(at, real_parent, group_leader);
		a.pid = BPF_CORE_READ(at, tgid);
		if (!a.pid)
			break;
		bpf_core_read(a.comm, sizeof(a.comm), &at->comm);
		to = room_at(room, off, sizeof(a));
		if (!to)
			break;
		__builtin_memcpy(to, &a, sizeof(a));
		off += sizeof(a);
		room->exec.ancestors = i + 1;
	}
	return off;
}

/* `file`: the executable's path is needed, whether the user asked for it or not. */
static __always_inline __u64 append_rest(struct room *room, __u32 slot, __u64 off,
					 struct task_struct *task, bool file)
{
	__u64 time_ns = room->exec.head.time_ns;

	/* In one state, however it came to be: the walks up are long enough once. */
	off = unknown_of(off, time_ns, time_ns);
	if (with_exe || file)
		off = append_exe(room, slot, off, task);
	off = unknown_of(off, time_ns, time_ns);
	if (with_cwd)
		off = append_cwd(room, slot, off, task);
	if (max_ancestors)
		off = append_ancestors(room, off, task);
	return off;
}

static __always_inline void fill_head(struct exec_record *r, struct task_struct *task,
				      const bool typed, __u64 time_ns, __u32 kind, __u32 slot)
{
	struct task_struct *parent = task_read(task, typed, real_parent);

	r->head.time_ns = time_ns;
	r->head.kind = kind;
	process_fill(&r->who, task, typed, time_ns, slot);
	r->ppid = task_read(parent, typed, tgid);
	r->ns_pid = process_ns_pid(task, typed);
	r->loginuid = UID_ANY;
	if (bpf_core_field_exists(task->loginuid))
		r->loginuid = task_read(task, typed, loginuid.val);
	r->cpu = bpf_get_smp_processor_id();
	r->flags = 0;
	r->error = 0;
	r->dirfd = EXEC_NO_DIRFD;
	r->exec_id = task_read(task, typed, self_exec_id);
	r->filename_len = r->interp_len = r->exe_len = r->cwd_len = 0;
	r->ancestors = 0;
	r->exe_state = r->cwd_state = 0;
	bpf_probe_read_kernel(r->pcomm, sizeof(r->pcomm),
			      task_read(parent, typed, group_leader)->comm);
}

/* Its size is known when all is appended. */
static __always_inline void send(struct room *room, __u64 off)
{
	__u64 size = off + sizeof(room->exec);

	room->exec.head.size = size;
	if (!ring_emit_sized(room, size, sizeof(*room)))
		return;
	if (room->exec.flags & EXEC_WAS_SHORTENED)
		count_add(EXEC_SHORTENED);
	if (room->exec.flags & EXEC_ARGS_UNREADABLE)
		count_add(EXEC_UNREADABLE);
}

#endif
