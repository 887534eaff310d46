// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/stream/order.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "common/bpf/order_wire.h"
#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/cpu.h"

/* The kernel's header of a record in the ring. */
#define RING_HEADER 8
/* Room for the records of a storm is given back when it is over. */
#define KEEP_BYTES (64 << 10)
/* How long a CPU's store may take to be seen by another one; arm64 does not wait for it. */
#define STORE_NS 10000

struct entry {
	uint64_t time_ns;
	size_t offset; /* in `data` */
};

struct order {
	order__fn fn;
	void *ctx;
	struct buf data, spare;
	struct entry *entries;
	size_t count, room;
	uint64_t until_ns, last_ns; /* that was handed over */
	uint64_t late;
	size_t ring_bytes, read_bytes; /* since until_ns was taken */
	bool behind;		       /* the ring was not emptied since */
};

struct order *order__new(size_t ring_bytes, order__fn fn, void *ctx)
{
	struct order *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->ring_bytes = ring_bytes;
	o->fn = fn;
	o->ctx = ctx;
	return o;
}

void order__free(struct order *o)
{
	if (!o)
		return;
	buf__free(&o->data);
	buf__free(&o->spare);
	free(o->entries);
	free(o);
}

void order__begin(struct order *o, uint64_t until_ns)
{
	/* At the end nothing more can come. */
	if (o->behind && until_ns != UINT64_MAX)
		return;
	o->until_ns = until_ns;
	o->read_bytes = 0;
}

uint64_t order__until_ns(const struct order *o)
{
	return o->behind ? o->last_ns : o->until_ns;
}

static size_t padded(size_t size)
{
	return (size + 7) / 8 * 8;
}

static int order_reserve(struct order *o)
{
	size_t room = o->room ? 2 * o->room : 64;
	struct entry *entries;

	if (o->count < o->room)
		return 0;
	entries = reallocarray(o->entries, room, sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	o->entries = entries;
	o->room = room;
	return 0;
}

int order__add(struct order *o, const void *data, size_t size)
{
	const struct record *r = data;
	size_t i, offset = o->data.len;
	int err;

	if (size < sizeof(*r) || r->size > size || r->size < sizeof(*r))
		return -EINVAL;
	err = order_reserve(o);
	if (err)
		return err;
	buf__add(&o->data, data, r->size);
	buf__fill(&o->data, 0, padded(r->size) - r->size);
	if (o->data.err)
		return o->data.err;
	o->read_bytes += padded(size + RING_HEADER);
	/* Records of the same time stay as they came. */
	for (i = o->count; i && o->entries[i - 1].time_ns > r->time_ns; i--)
		o->entries[i] = o->entries[i - 1];
	o->entries[i] = (struct entry){ r->time_ns, offset };
	o->count++;
	return 0;
}

static const struct record *order_record(const struct order *o, size_t i)
{
	return (const void *)(o->data.data + o->entries[i].offset);
}

/* The first `done` have been handed over. */
static int order_keep_rest(struct order *o, size_t done)
{
	struct buf old = o->data;
	size_t at = 0;

	o->count -= done;
	memmove(o->entries, o->entries + done, o->count * sizeof(*o->entries));
	o->spare.len = 0;
	for (size_t i = 0; i < o->count; i++)
		buf__add(&o->spare, order_record(o, i), padded(order_record(o, i)->size));
	/* Then they stay where they are. */
	if (o->spare.err) {
		buf__free(&o->spare);
		return -ENOMEM;
	}
	for (size_t i = 0; i < o->count; i++) {
		size_t size = padded(order_record(o, i)->size);

		o->entries[i].offset = at;
		at += size;
	}
	o->data = o->spare;
	o->spare = old;
	return 0;
}

static void order_give_back(struct order *o)
{
	if (o->data.size > KEEP_BYTES)
		buf__free(&o->data);
	if (o->spare.size > KEEP_BYTES)
		buf__free(&o->spare);
	if (o->room * sizeof(*o->entries) > KEEP_BYTES) {
		free(o->entries);
		o->entries = NULL;
		o->room = 0;
	}
}

static int order_hand_over(struct order *o, const struct record *r)
{
	if (r->time_ns < o->last_ns)
		o->late++;
	else
		o->last_ns = r->time_ns;
	return o->fn(o->ctx, r);
}

int order__end(struct order *o, bool emptied)
{
	size_t done = 0, left = o->data.len;
	int err = 0;

	/* What was in the ring at the beginning is read when as much is read as it can hold. */
	o->behind = !emptied && o->read_bytes < o->ring_bytes;
	if (o->behind)
		return o->count ? ORDER_HELD : 0;
	while (!err && done < o->count &&
	       (o->entries[done].time_ns < o->until_ns || left > 2 * o->ring_bytes)) {
		const struct record *r = order_record(o, done++);

		left -= padded(r->size);
		err = order_hand_over(o, r);
	}
	if (done)
		err = order_keep_rest(o, done) ?: err;
	else if (!o->count)
		order_give_back(o);
	return err ?: (done ? ORDER_SHOWN : 0) | (o->count ? ORDER_HELD : 0);
}

uint64_t order__late(const struct order *o)
{
	return o->late;
}

int order__size(struct bpf_map *map)
{
	int cpus = cpu__limit();

	return cpus < 0 ? cpus : bpf_map__set_max_entries(map, cpus);
}

static size_t order_map_bytes(const struct bpf_map *map)
{
	size_t page = sysconf(_SC_PAGESIZE);
	size_t bytes = bpf_map__max_entries(map) * sizeof(struct order_cpu);

	return (bytes + page - 1) / page * page;
}

const struct order_cpu *order__map(struct bpf_map *map)
{
	void *p = mmap(NULL, order_map_bytes(map), PROT_READ, MAP_SHARED, bpf_map__fd(map), 0);

	return p == MAP_FAILED ? NULL : p;
}

void order__unmap(struct bpf_map *map, const struct order_cpu *cpus)
{
	if (cpus)
		munmap((void *)cpus, order_map_bytes(map));
}

/* Since when the oldest running program runs; `now_ns` if none runs. */
static uint64_t order_oldest(const struct bpf_map *map, const struct order_cpu *cpus,
			     uint64_t now_ns)
{
	uint64_t oldest_ns = now_ns - STORE_NS;

	/* A program that comes after the clock was read has a later time. */
	for (uint32_t cpu = 0; cpu < bpf_map__max_entries(map); cpu++) {
		for (int slot = 0; slot < ORDER_SLOTS; slot++) {
			/*
			 * Pairs with order_enter(), and with order_leave(): what was done before is
			 * seen by what is read from here on.
			 */
			uint64_t since = __atomic_load_n(&cpus[cpu].since[slot], __ATOMIC_ACQUIRE);

			if (since && since < oldest_ns)
				oldest_ns = since;
		}
	}
	return oldest_ns;
}

uint64_t order__until(const struct bpf_map *map, const struct order_cpu *cpus)
{
	uint64_t now_ns = clock__mono_ns(), oldest_ns = order_oldest(map, cpus, now_ns);

	return now_ns > ORDER_HOLD_NS && oldest_ns < now_ns - ORDER_HOLD_NS ?
		       now_ns - ORDER_HOLD_NS :
		       oldest_ns;
}

bool order__settled(const struct bpf_map *map, const struct order_cpu *cpus, uint64_t before_ns)
{
	return order_oldest(map, cpus, clock__mono_ns()) > before_ns;
}
