// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/stream/stream.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include "common/base/clock.h"
#include "common/stream/order.h"

struct stream {
	int (*record)(void *ctx, const void *data, size_t size);
	void *ctx;
	struct order *order;
	struct bpf_map *order_map;
	const struct order_cpu *cpus;
	struct cgroup_names *cgroups;
	struct follow *follow;
	bool ended;
};

static int stream_record(void *ctx, const struct record *r)
{
	struct stream *s = ctx;

	return s->record(s->ctx, r, r->size);
}

int stream__size(struct bpf_object *obj)
{
	return order__size(bpf_object__find_map_by_name(obj, "order"));
}

static int stream_init(struct stream *s, struct bpf_object *obj)
{
	struct bpf_map *ring = bpf_object__find_map_by_name(obj, "events");
	struct bpf_map *known = bpf_object__find_map_by_name(obj, "cgroup_known");

	s->order_map = bpf_object__find_map_by_name(obj, "order");
	s->cpus = order__map(s->order_map);
	if (!s->cpus)
		return -errno;
	s->order = order__new(bpf_map__max_entries(ring), stream_record, s);
	if (!s->order)
		return -errno;
	if (known) {
		s->cgroups = cgroup_names__new(known);
		if (!s->cgroups)
			return -errno;
	}
	return 0;
}

struct stream *stream__new(struct bpf_object *obj,
			   int (*record)(void *ctx, const void *data, size_t size), void *ctx)
{
	struct stream *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return NULL;
	s->record = record;
	s->ctx = ctx;
	err = stream_init(s, obj);
	if (!err)
		return s;
	stream__free(s);
	errno = -err;
	return NULL;
}

void stream__free(struct stream *s)
{
	if (!s)
		return;
	order__unmap(s->order_map, s->cpus);
	order__free(s->order);
	cgroup_names__free(s->cgroups);
	free(s);
}

void stream__follow(struct stream *s, struct follow *follow)
{
	s->follow = follow;
}

/*
 * The time comes first: whatever cgroup an older record is of, news of it are in their ring by
 * then.
 */
static int stream_begin(void *ctx)
{
	struct stream *s = ctx;
	uint64_t until_ns = s->ended ? UINT64_MAX : order__until(s->order_map, s->cpus);
	uint64_t hold_ns = UINT64_MAX;
	int err = 0;

	if (s->follow)
		err = s->ended ? follow__end(s->follow) : follow__turn(s->follow, &hold_ns);
	order__begin(s->order, hold_ns < until_ns ? hold_ns : until_ns);
	return err;
}

/*
 * Names are told once, by whichever event comes to it first. An older one that finds it done relies
 * on them too, so they have no place in the order.
 */
static int stream_add(void *ctx, const void *data, size_t size)
{
	struct stream *s = ctx;
	const struct record *r = data;

	if (size >= sizeof(*r) && r->size <= size && r->kind == RECORD_CGROUP && s->cgroups)
		return cgroup_names__add(s->cgroups, r);
	return order__add(s->order, data, size);
}

static int stream_end(void *ctx, bool emptied)
{
	struct stream *s = ctx;
	int end = order__end(s->order, emptied);

	if (end < 0)
		return end;
	if (s->cgroups)
		cgroup_names__shown(s->cgroups, order__until_ns(s->order));
	return (end & ORDER_SHOWN ? EVENTS_END_SHOWN : 0) |
	       (end & ORDER_HELD ? EVENTS_END_HELD : 0);
}

void stream__reader(struct stream *s, struct events_reader *reader)
{
	*reader = (struct events_reader){
		.record = stream_add, .begin = stream_begin, .end = stream_end, .ctx = s
	};
}

bool stream__settle(const struct stream *s)
{
	uint64_t begin_ns = clock__mono_ns();

	while (!order__settled(s->order_map, s->cpus, begin_ns)) {
		if (clock__mono_ns() - begin_ns > ORDER_HOLD_NS)
			return false;
		usleep(20);
	}
	return true;
}

void stream__end(struct stream *s)
{
	s->ended = true;
}

uint64_t stream__late(const struct stream *s)
{
	return order__late(s->order);
}

uint64_t stream__now_ns(const struct stream *s, uint64_t now_ns)
{
	uint64_t until_ns = order__until_ns(s->order);

	return until_ns && until_ns < now_ns ? until_ns : now_ns;
}

struct cgroup_names *stream__cgroups(struct stream *s)
{
	return s->cgroups;
}
