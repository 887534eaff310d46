/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The records of a tool that streams events: between the ring buffer and the tool, put in order
 * (order.h), with the paths of cgroups kept for those that name them (cgroup_names.h).
 */
#ifndef SNOOPKIT_STREAM_H
#define SNOOPKIT_STREAM_H

#include "common/cgroup/cgroup_names.h"
#include "common/stream/events.h"
#include "common/stream/follow.h"

struct bpf_object;
struct stream;

/* Before load: maps by number of CPUs. 0 or -errno. */
int stream__size(struct bpf_object *obj);
/* After load; the object has the maps of ring.bpf.h and order.bpf.h. NULL with errno set. */
struct stream *stream__new(struct bpf_object *obj,
			   int (*record)(void *ctx, const void *data, size_t size), void *ctx);
void stream__free(struct stream *s);
/* Keeps back what is not judged yet; borrowed. */
void stream__follow(struct stream *s, struct follow *follow);
/* The reader of the ring. */
void stream__reader(struct stream *s, struct events_reader *reader);
/*
 * Waits until each program that is under way between order_enter() and order_leave() has left.
 * False: one has been preempted, and is waited for no longer.
 */
bool stream__settle(const struct stream *s);
/* No program runs any more: nothing is held back from here on. */
void stream__end(struct stream *s);
/* Records that were shown behind younger ones. */
uint64_t stream__late(const struct stream *s);
/* A time between that of the records that the tool was given, and of those to come; <= now_ns. */
uint64_t stream__now_ns(const struct stream *s, uint64_t now_ns);
/* Of tools whose programs tell cgroups; else NULL. */
struct cgroup_names *stream__cgroups(struct stream *s);

#endif
