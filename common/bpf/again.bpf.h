/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Where tracepoints are under SRCU (7.x) their programs can be preempted, and meanwhile the kernel
 * skips the program for every other task on that CPU. There a second program on the same tracepoint
 * looks whether the first one was run for this event, and else does its work.
 *
 * The first one leaves a key in a slot, the second one takes it away: what the event is about, and
 * no other event meanwhile; not 0. 33 kB; a slot that is taken gives its key to the hash, 21 kB,
 * whose oldest entry goes when it is full.
 */
#ifndef SNOOPKIT_AGAIN_BPF_H
#define SNOOPKIT_AGAIN_BPF_H

#include <bpf/bpf_helpers.h>

#define AGAIN_SLOTS_LOG2 12

/* There is a second program. */
const volatile bool again = false;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 1 << AGAIN_SLOTS_LOG2);
} again_slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, __u64);
	__type(value, __u8);
	__uint(max_entries, 256);
} again_others SEC(".maps");

static __always_inline __u64 *again_slot(__u64 key)
{
	__u32 idx = (key * 0x9e3779b97f4a7c15ULL) >> (64 - AGAIN_SLOTS_LOG2);

	return bpf_map_lookup_elem(&again_slots, &idx);
}

/* In the first program: it has been run for this event. */
static __always_inline void again_mark(__u64 key)
{
	__u64 *slot, other;
	__u8 one = 1;

	if (!again)
		return;
	slot = again_slot(key);
	if (!slot)
		return;
	other = *slot;
	/* Its own is left of an event for which the second program was skipped. */
	if (other && other != key)
		bpf_map_update_elem(&again_others, &other, &one, BPF_ANY);
	*slot = key;
}

/* In the second one: the first was skipped for this event. */
static __always_inline bool again_needed(__u64 key)
{
	__u64 *slot = again_slot(key);

	if (!slot)
		return false;
	if (*slot == key) {
		*slot = 0;
		return false;
	}
	return bpf_map_delete_elem(&again_others, &key) != 0;
}

#endif
