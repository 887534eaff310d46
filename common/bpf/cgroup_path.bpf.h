/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The paths of cgroups, told to user space before the first event that names them by id: a
 * container's cgroup is often gone when its last events are shown.
 */
#ifndef SNOOPKIT_CGROUP_PATH_BPF_H
#define SNOOPKIT_CGROUP_PATH_BPF_H

#include <bpf/bpf_core_read.h>
#include "process_wire.h"
#include "ring.bpf.h"
#include "unknown.bpf.h"

/*
 * What user space knows already. 83 kB. Full: paths are told with each event, until user space
 * empties it.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u64);
	__type(value, __u8);
	__uint(max_entries, 1024);
} cgroup_known SEC(".maps");

struct cgroup_path_room {
	struct cgroup_path_record record;
	char names[CGROUP_PATH_MAX];
	__u64 node, len;
};

/* 4 kB a CPU and slot (order_wire.h): 21 kB a CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct cgroup_path_room);
	__uint(max_entries, 5);
} cgroup_path_rooms SEC(".maps");

/* 6.15 (commit 633488947ef6) renamed it. */
struct kernfs_node___parent {
	struct kernfs_node *__parent;
} __attribute__((preserve_access_index));

static __always_inline struct kernfs_node *cgroup_node_parent(struct kernfs_node *kn)
{
	struct kernfs_node___parent *renamed = (void *)kn;

	if (bpf_core_field_exists(renamed->__parent))
		return BPF_CORE_READ(renamed, __parent);
	return BPF_CORE_READ(kn, parent);
}

/*
 * One level. False: there are no more. All that it leaves behind is in the map, where the verifier
 * does not follow it, so that each round is like the one before.
 */
static __always_inline bool cgroup_path_step(struct cgroup_path_room *room)
{
	struct kernfs_node *kn = (void *)room->node, *parent = cgroup_node_parent(kn);
	const char *name = BPF_CORE_READ(kn, name);
	__u64 off;
	long n;

	if (!parent) {
		room->record.cut = 0;
		return false;
	}
	/* Right before its use: up to 5.11 the verifier forgets the bounds of what is spilled. */
	off = room->len;
	if (off > CGROUP_PATH_MAX - CGROUP_NAME_MAX)
		return false;
	n = bpf_probe_read_kernel_str(room->names + off, CGROUP_NAME_MAX, name);
	if (n <= 0)
		return false;
	room->len = off + n;
	room->node = (__u64)parent;
	return true;
}

/* Run once for a cgroup, with the event's time. */
static __always_inline void cgroup_path_tell(struct kernfs_node *kn, __u64 key, __u64 time_ns,
					     __u32 slot)
{
	struct cgroup_path_room *room = bpf_map_lookup_elem(&cgroup_path_rooms, &slot);
	__u8 known = 1;

	if (!room)
		return;
	room->node = (__u64)kn;
	room->len = 0;
	room->record.cut = 1;
#pragma clang loop unroll(disable)
	for (int i = 0; i < CGROUP_LEVELS_MAX; i++) {
		unknown_memory();
		if (!cgroup_path_step(room))
			break;
	}
	room->record.head.time_ns = time_ns;
	room->record.head.kind = RECORD_CGROUP;
	room->record.head.size = sizeof(room->record) + room->len;
	room->record.key = key;
	/*
	 * In the ring first, so that whoever finds the key comes behind its path there. Pairs with
	 * cgroup_path_is_known(), and with names_turn() (cgroup_names.c), which empties the list:
	 * records under way by then name paths that user space has still.
	 */
	if (ring_output(room, room->record.head.size, sizeof(*room)))
		bpf_map_update_elem(&cgroup_known, &key, &known, BPF_ANY);
}

static __always_inline bool cgroup_path_is_known(__u64 key)
{
	return bpf_map_lookup_elem(&cgroup_known, &key);
}

#endif
