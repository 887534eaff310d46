/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Where tracepoints are under SRCU (7.x) their programs can be preempted, and meanwhile the kernel
 * skips the program for every other task on that CPU. There a second program on the same tracepoint
 * looks whether the first one was run for this task, and else does its work.
 *
 * The first one leaves the task's number in a slot, the second one takes it away. 64 kB; a slot
 * that is taken gives its number to the hash, 24 kB, whose oldest entry goes when it is full.
 */
#ifndef SNOOPKIT_AGAIN_BPF_H
#define SNOOPKIT_AGAIN_BPF_H

#include <bpf/bpf_helpers.h>

#define AGAIN_SLOTS 16384

/* There is a second program. */
const volatile bool again = false;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 1); /* set at load: AGAIN_SLOTS */
} again_slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, __u32);
	__type(value, __u8);
	__uint(max_entries, 256);
} again_others SEC(".maps");

/* In the first program: it has been run for this task. */
static __always_inline void again_mark(__u32 tid)
{
	__u32 key = tid % AGAIN_SLOTS, *slot, other;
	__u8 one = 1;

	if (!again)
		return;
	slot = bpf_map_lookup_elem(&again_slots, &key);
	if (!slot)
		return;
	other = *slot;
	if (other)
		bpf_map_update_elem(&again_others, &other, &one, BPF_ANY);
	*slot = tid;
}

/* In the second one: the first was skipped for this task. */
static __always_inline bool again_needed(__u32 tid)
{
	__u32 key = tid % AGAIN_SLOTS, *slot = bpf_map_lookup_elem(&again_slots, &key);

	if (!slot)
		return false;
	if (*slot == tid) {
		*slot = 0;
		return false;
	}
	return bpf_map_delete_elem(&again_others, &tid) != 0;
}

#endif
