/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Where tracepoints are under SRCU (7.x) their programs can be preempted, and meanwhile the kernel
 * skips the program for every other task on that CPU. There a second program on the same tracepoint
 * looks whether the first one was run for this event, and else does its work.
 *
 * The first one leaves a key in a slot, the second one takes it away: what the event is about, and
 * no other event meanwhile; not 0. 33 kB. Where another key has the slot, the key goes to the hash,
 * 21 kB, whose oldest entry goes when it is full.
 *
 * Both may be on different CPUs, and so may be programs for other events with the same slot: it is
 * read and written under its lock. A program can be preempted anywhere else, so a key is somewhere
 * to be found from again_mark()'s end on.
 */
#ifndef SNOOPKIT_AGAIN_BPF_H
#define SNOOPKIT_AGAIN_BPF_H

#include <bpf/bpf_helpers.h>

#ifndef AGAIN_SLOTS_LOG2
#define AGAIN_SLOTS_LOG2 11
#endif

/* What has been left so long ago is of an event for which the second program was skipped. */
#define AGAIN_OLD_NS 10000000000ULL

/* There is a second program. */
const volatile bool again = false;

struct again_slot {
	struct bpf_spin_lock lock;
	__u32 since; /* in units of 2^30 ns */
	__u64 key;   /* 0: free */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct again_slot);
	__uint(max_entries, 1 << AGAIN_SLOTS_LOG2);
} again_slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, __u64);
	__type(value, __u8);
	__uint(max_entries, 256);
} again_others SEC(".maps");

static __always_inline struct again_slot *again_slot(__u64 key)
{
	__u32 idx = (key * 0x9e3779b97f4a7c15ULL) >> (64 - AGAIN_SLOTS_LOG2);

	return bpf_map_lookup_elem(&again_slots, &idx);
}

/* In the first program: it has been run for this event. Pairs with again_needed(). */
static __always_inline void again_mark_always(__u64 key)
{
	struct again_slot *slot = again_slot(key);
	__u8 one = 1;
	__u32 now;
	bool taken;

	if (!slot)
		return;
	now = bpf_ktime_get_ns() >> 30;
	bpf_spin_lock(&slot->lock);
	/* What is old, or its own, is left of an event for which the second program was skipped. */
	taken = slot->key && slot->key != key && now - slot->since <= AGAIN_OLD_NS >> 30;
	if (!taken) {
		slot->key = key;
		slot->since = now;
	}
	bpf_spin_unlock(&slot->lock);
	if (taken)
		bpf_map_update_elem(&again_others, &key, &one, BPF_ANY);
}

/* The same where the second program is one of a tracepoint. */
static __always_inline void again_mark(__u64 key)
{
	if (again)
		again_mark_always(key);
}

/* In the second one: the first was skipped for this event. Pairs with again_mark(). */
static __always_inline bool again_needed(__u64 key)
{
	struct again_slot *slot = again_slot(key);
	bool marked;

	if (!slot)
		return false;
	bpf_spin_lock(&slot->lock);
	marked = slot->key == key;
	if (marked)
		slot->key = 0;
	bpf_spin_unlock(&slot->lock);
	return !marked && bpf_map_delete_elem(&again_others, &key) != 0;
}

#endif
