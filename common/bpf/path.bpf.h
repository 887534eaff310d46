/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The path of a file, by hand: d_path() is not for tracing programs. As the file's mount
 * namespace has it, through mounts, from the top of that namespace and not from a chroot.
 * What is longer than its room is without its beginning.
 */
#ifndef SNOOPKIT_PATH_BPF_H
#define SNOOPKIT_PATH_BPF_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "path_wire.h"
#include "unknown.bpf.h"

#define PATH_BYTES_MAX 4096
#define PATH_NAME_MAX 256
#define PATH_STEPS_MAX 64

/*
 * Names and mounts that a path may have, at most PATH_STEPS_MAX; of one that has more the beginning
 * is cut. The verifier goes through each step, which is what a start waits for.
 */
const volatile __u32 path_steps = PATH_STEPS_MAX;

struct path_room {
	__u64 dentry, mount, len;
	__u64 ns;    /* the mount namespace that it should be in */
	__u64 state; /* enum path_state */
	/* From the file up, each ended by NUL. */
	char names[PATH_BYTES_MAX];
};

/* 4 kB a CPU and slot (order_wire.h): 12 kB a CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct path_room);
	__uint(max_entries, 3);
} path_rooms SEC(".maps");

/*
 * At the root of a mount: on to where it is mounted, if anywhere. The state is made without a
 * branch, so that the verifier need not follow both.
 */
static __always_inline bool path_up_mount(struct path_room *room)
{
	struct mount *mount = (void *)room->mount, *above = BPF_CORE_READ(mount, mnt_parent);
	__u64 top = 1 ^ differs((__u64)above, (__u64)mount);
	__u64 ns = (__u64)BPF_CORE_READ(mount, mnt_ns);

	room->state &= ~(top * PATH_CUT);
	room->state |= top * differs(ns, room->ns) * PATH_UNREACHABLE;
	room->dentry = (__u64)BPF_CORE_READ(mount, mnt_mountpoint);
	room->mount = (__u64)above;
	return above != mount;
}

/*
 * One step up. False: that was the last one. All that it leaves behind is in the map, where the
 * verifier does not follow it, so that each round is like the one before.
 */
static __always_inline bool path_step(struct path_room *room)
{
	struct mount *mount = (void *)room->mount;
	struct dentry *dentry = (void *)room->dentry, *parent;
	const void *name;
	__u64 off;
	long n;

	if (dentry == BPF_CORE_READ(mount, mnt.mnt_root))
		return path_up_mount(room);
	name = BPF_CORE_READ(dentry, d_name.name);
	off = room->len;
	if (off > PATH_BYTES_MAX - PATH_NAME_MAX)
		return false;
	n = bpf_probe_read_kernel_str(room->names + off, PATH_NAME_MAX, name);
	if (n <= 0)
		return false;
	room->len = off + n;
	parent = BPF_CORE_READ(dentry, d_parent);
	/* A memfd is nowhere. */
	room->state &= ~((1 ^ differs((__u64)dentry, (__u64)parent)) * PATH_CUT);
	room->dentry = (__u64)parent;
	return dentry != parent;
}

/* As d_path() has it: no directory has it any more, or ever had. The root of a disk is in none. */
static __always_inline __u64 path_is_deleted(struct dentry *dentry, struct vfsmount *mnt)
{
	__u64 parent = (__u64)BPF_CORE_READ(dentry, d_parent);
	__u64 root = (__u64)BPF_CORE_READ(mnt, mnt_root), at = (__u64)dentry;

	return (1 ^ differs((__u64)BPF_CORE_READ(dentry, d_hash.pprev), 0)) &
	       (differs(parent, at) | differs(root, at));
}

/* Fills what the CPU has for this slot, for `task`. NULL: there is no path. */
static __always_inline struct path_room *path_fill(__u32 slot, struct path *path,
						   struct task_struct *task)
{
	struct path_room *room = bpf_map_lookup_elem(&path_rooms, &slot);
	struct vfsmount *mnt = BPF_CORE_READ(path, mnt);
	struct dentry *dentry = BPF_CORE_READ(path, dentry);

	if (!room || !mnt)
		return NULL;
	room->dentry = (__u64)dentry;
	room->mount = (__u64)mnt - bpf_core_field_offset(struct mount, mnt);
	room->len = 0;
	room->ns = (__u64)BPF_CORE_READ(task, nsproxy, mnt_ns);
	room->state = PATH_KNOWN | PATH_CUT | path_is_deleted(dentry, mnt) * PATH_DELETED;
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < PATH_STEPS_MAX && i < path_steps; i++) {
		unknown_memory();
		if (!path_step(room))
			break;
	}
	return room;
}

#endif
