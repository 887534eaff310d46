/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Cgroups that come and go while a tool looks at some of them by name. What is made within one of
 * these is inside from its first moment on: the kernel runs this before anybody can find the new
 * cgroup. Of others user space is told; until it has judged they are CGROUP_PENDING.
 */
#ifndef SNOOPKIT_CGROUP_FOLLOW_BPF_H
#define SNOOPKIT_CGROUP_FOLLOW_BPF_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "atomic.bpf.h"
#include "cgroup.bpf.h"

/*
 * struct cgroup_news. A ring of its own: nothing else can fill it. 100 bytes each with usual paths.
 * Full: what was made is outside until user space has looked through all cgroups, and is counted.
 */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 512 * 1024); /* not made without a filter */
} cgroup_news SEC(".maps");

struct cgroup_news_room {
	struct cgroup_news news;
	char path[CGROUP_NEWS_PATH_MAX];
};

/* 1 kB a CPU, not made without a filter. The kernel has a lock around these tracepoints. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct cgroup_news_room);
	__uint(max_entries, 1);
} cgroup_news_rooms SEC(".maps");

/* Cgroups that were made and not entered, or not told of. Pairs with follow_missed(). */
__u64 cgroup_missed;

/* -1: it is not below the base. */
static __always_inline int follow_depth(struct cgroup *cgrp)
{
	int depth = -1;

#pragma clang loop unroll(disable)
	for (int i = 0; i < 64 && cgrp; i++) {
		if (cgroup_id(cgrp) == cgroup_target.base) {
			depth = i;
			break;
		}
		cgrp = BPF_CORE_READ(cgrp, self.parent, cgroup);
	}
	return depth;
}

static __always_inline bool follow_tell(struct cgroup *cgrp, const char *path, __u32 kind)
{
	__u32 zero = 0;
	struct cgroup_news_room *room = bpf_map_lookup_elem(&cgroup_news_rooms, &zero);
	long len;

	if (!room)
		return false;
	room->news.id = cgroup_id(cgrp);
	room->news.time_ns = bpf_ktime_get_ns();
	room->news.kind = kind;
	room->news.depth = follow_depth(cgrp);
	len = bpf_probe_read_kernel_str(room->path, sizeof(room->path), path);
	if (len < 0)
		return false;
	len += sizeof(room->news);
	barrier_var(len);
	if ((__u64)len > sizeof(*room))
		return false;
	/* Rare, and soon wanted. */
	return !bpf_ringbuf_output(&cgroup_news, room, len, BPF_RB_FORCE_WAKEUP);
}

static __always_inline bool follow_enter(__u64 id, __u32 verdict)
{
	return !bpf_map_update_elem(&cgroup_targets, &id, &verdict, BPF_ANY);
}

SEC("?raw_tp/cgroup_mkdir")
int BPF_PROG(follow_mkdir, struct cgroup *cgrp, const char *path)
{
	__u64 id = cgroup_id(cgrp), parent;

	if (!cgroup_is_of_target(cgrp))
		return 0;
	parent = BPF_CORE_READ(cgrp, self.parent, cgroup, kn, id);
	if (cgroup_verdict_of_id(parent) == CGROUP_INSIDE) {
		if (!follow_enter(id, CGROUP_INSIDE))
			atomic_add(&cgroup_missed, 1);
		return 0;
	}
	if (follow_enter(id, CGROUP_PENDING) && follow_tell(cgrp, path, CGROUP_NEWS_BORN))
		return 0;
	bpf_map_delete_elem(&cgroup_targets, &id);
	atomic_add(&cgroup_missed, 1);
	return 0;
}

/* When nothing has it any more. After rmdir() pages of it may still be written for a long time. */
SEC("?raw_tp/cgroup_release")
int BPF_PROG(follow_release, struct cgroup *cgrp)
{
	__u64 id = cgroup_id(cgrp);

	if (cgroup_is_of_target(cgrp))
		bpf_map_delete_elem(&cgroup_targets, &id);
	return 0;
}

SEC("?raw_tp/cgroup_rmdir")
int BPF_PROG(follow_rmdir, struct cgroup *cgrp, const char *path)
{
	if (cgroup_is_of_target(cgrp) && cgroup_verdict_of_id(cgroup_id(cgrp)) == CGROUP_INSIDE)
		follow_tell(cgrp, path, CGROUP_NEWS_GONE);
	return 0;
}

/* Only v1 can. */
SEC("?raw_tp/cgroup_rename")
int BPF_PROG(follow_rename, struct cgroup *cgrp, const char *path)
{
	if (cgroup_is_of_target(cgrp) && !follow_tell(cgrp, path, CGROUP_NEWS_RENAMED))
		atomic_add(&cgroup_missed, 1);
	return 0;
}

#endif
