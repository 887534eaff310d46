/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Kernel side of order_wire.h: a program whose record carries a time is under way from before it
 * looks at the clock until its record is in the ring. Memory: 64 bytes a CPU; cannot overflow.
 */
#ifndef SNOOPKIT_ORDER_BPF_H
#define SNOOPKIT_ORDER_BPF_H

#include <bpf/bpf_helpers.h>
#include "atomic.bpf.h"
#include "count.bpf.h"
#include "order_wire.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct order_cpu);
	__uint(max_entries, 1); /* set at load: one a CPU */
} order SEC(".maps");

/*
 * The time of the event. NULL if the program has been interrupted by itself. Whoever gets
 * something else may use what the CPU has for this slot until order_leave().
 */
static __always_inline __u64 *order_enter(__u32 slot, __u64 *time_ns)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct order_cpu *c = bpf_map_lookup_elem(&order, &cpu);

	if (!c || c->since[slot])
		return NULL;
	/*
	 * Pairs with order_oldest(). Atomic, so that it is seen before the clock is read; on arm64
	 * soon after, which STORE_NS (order.c) allows for.
	 */
	atomic_add(&c->since[slot], 1);
	*time_ns = bpf_ktime_get_ns();
	c->since[slot] = *time_ns;
	return &c->since[slot];
}

/* 1: somebody has it. Without a branch, like all that follows: see hist_bucket(). */
static __always_inline __u64 order_is_taken(const __u64 *since)
{
	__u64 minus = -*(const volatile __u64 *)since;

	barrier_var(minus);
	return minus >> 63;
}

/*
 * For programs that others of their kind may come in between, by an interrupt or since they can be
 * preempted: the first of four slots that is free. Whoever comes in between this and the addition,
 * or as the fifth, may leave the event unguarded: then it is out of order if it takes long.
 */
static __always_inline __u64 *order_enter_any(__u64 *time_ns)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct order_cpu *c = bpf_map_lookup_elem(&order, &cpu);
	__u64 taken, slot;

	if (!c) {
		*time_ns = bpf_ktime_get_ns();
		return NULL;
	}
	taken = order_is_taken(&c->since[0]);
	slot = taken;
	taken &= order_is_taken(&c->since[1]);
	slot += taken;
	taken &= order_is_taken(&c->since[2]);
	slot += taken;
	barrier_var(slot);
	slot &= 3;
	/* Pairs with order_oldest(), as in order_enter(). */
	atomic_add(&c->since[slot], 1);
	*time_ns = bpf_ktime_get_ns();
	c->since[slot] = *time_ns;
	return &c->since[slot];
}

/*
 * Pairs with order_oldest() (order.c), which then takes for granted what was done before: a record
 * was put in the ring by an exchange, a full barrier. What was added up by atomic_add() may be seen
 * later on arm64; STORE_NS and the system calls that read it leave time for that.
 */
static __always_inline void order_leave(__u64 *since)
{
	barrier();
	if (!since)
		return;
	*since = 0;
}

static __always_inline __u64 *order_enter_or(__u32 slot, __u64 *time_ns, __u32 busy)
{
	__u64 *since = order_enter(slot, time_ns);

	if (!since)
		count_add(busy);
	return since;
}

static __always_inline void order_left(__u64 **since)
{
	order_leave(*since);
}

#define ___ORDERED(time_ns, enter)                                                    \
	for (__u64 time_ns, *___since __attribute__((cleanup(order_left))) = (enter), \
				      *___once = ___since;                            \
	     ___once; ___once = NULL)

/*
 * What follows, a block, is done between order_enter() and order_leave(), or else counted as
 * `busy`. `time_ns` becomes the name of the time.
 */
#define ORDERED(time_ns, slot, busy) ___ORDERED(time_ns, order_enter_or(slot, &time_ns, busy))

/* The same by order_enter_any(). There is one for each CPU, so it always is done. */
#define ORDERED_ANY(time_ns) ___ORDERED(time_ns, order_enter_any(&time_ns))

#endif
