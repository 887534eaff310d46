/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Records in the order of their time. Those of several CPUs come into the ring nearly in that
 * order: what a program that is still under way will send may be older than what is there.
 * So each look at the ring begins with the time before which nothing is under way, and what is
 * older is handed over when all has been read that was in the ring by then.
 *
 * That holds nothing back for longer than ORDER_HOLD_NS, though a program that was preempted may
 * take longer, and keeps no more than twice what the ring holds. What comes too late for its place
 * is handed over when it comes, and counted.
 */
#ifndef SNOOPKIT_ORDER_H
#define SNOOPKIT_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/bpf/record_wire.h"

#define ORDER_HOLD_NS 100000000ULL

struct order;
struct bpf_map;

/* Negative ends the handing over with that error. `r` is valid during the call only. */
typedef int (*order__fn)(void *ctx, const struct record *r);

/* `ring_bytes`: what the ring buffer can hold. NULL with errno set. */
struct order *order__new(size_t ring_bytes, order__fn fn, void *ctx);
void order__free(struct order *o);

/* Before a look at the ring: nothing older than this can still come. UINT64_MAX: nothing at all. */
void order__begin(struct order *o, uint64_t until_ns);
/* Records handed over from now on are not older than this; UINT64_MAX at the end. */
uint64_t order__until_ns(const struct order *o);
/* Copies a record. -EINVAL: it is none. */
int order__add(struct order *o, const void *data, size_t size);
/*
 * After the look, which emptied the ring or was ended early. Hands over what is older than the
 * time of order__begin(). Returns order_end, or -errno.
 */
enum order_end {
	ORDER_SHOWN = 1, /* records were handed over */
	ORDER_HELD = 2,	 /* some are left */
};
int order__end(struct order *o, bool emptied);
/* Records that were handed over behind younger ones. */
uint64_t order__late(const struct order *o);

/* For the map `order` (order.bpf.h). Before load: a slot for each CPU. 0 or -errno. */
int order__size(struct bpf_map *map);
/* After load. NULL with errno set. */
const struct order_cpu *order__map(struct bpf_map *map);
void order__unmap(struct bpf_map *map, const struct order_cpu *cpus);
/* The time for order__begin(): none is under way since before, or for ORDER_HOLD_NS at most. */
uint64_t order__until(const struct bpf_map *map, const struct order_cpu *cpus);
/* Whether none is under way that began before. */
bool order__settled(const struct bpf_map *map, const struct order_cpu *cpus, uint64_t before_ns);

#endif
