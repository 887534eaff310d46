// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/biolatency/held.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include "common/bpf/inflight_wire.h"

#define HELD_SIZE (sizeof(struct inflight_set) * INFLIGHT_SETS)

int held__init(struct held *h, const struct bpf_map *bios)
{
	void *p = mmap(NULL, HELD_SIZE, PROT_READ, MAP_SHARED, bpf_map__fd(bios), 0);

	if (p == MAP_FAILED)
		return -errno;
	h->sets = p;
	return 0;
}

void held__free(struct held *h)
{
	if (h->sets)
		munmap((void *)h->sets, HELD_SIZE);
	free(h->disks);
	*h = (struct held){};
}

static void held_count(struct held_disk *d, const __u64 *field)
{
	d->bios++;
	d->bytes[disk_group_of(field[BIO_WHAT])] += field[BIO_BYTES];
}

static int held_add(struct held *h, const __u64 *field)
{
	uint32_t dev = field[BIO_WHAT] >> 32;
	struct held_disk *d;

	for (size_t i = 0; i < h->ndisks; i++) {
		if (h->disks[i].dev == dev) {
			held_count(&h->disks[i], field);
			return 0;
		}
	}
	d = reallocarray(h->disks, h->ndisks + 1, sizeof(*d));
	if (!d)
		return -ENOMEM;
	h->disks = d;
	d += h->ndisks++;
	*d = (struct held_disk){ .dev = dev };
	held_count(d, field);
	return 0;
}

int held__look(struct held *h, bool trusted)
{
	int err = 0;

	h->ndisks = 0;
	for (size_t i = 0; trusted && i < INFLIGHT_SETS; i++) {
		const struct inflight_set *set = &h->sets[i];

		for (int way = 0; way < INFLIGHT_WAYS && !err; way++)
			/* Pairs with inflight_publish(). */
			if (__atomic_load_n(&set->key[way], __ATOMIC_ACQUIRE))
				err = held_add(h, set->field[way]);
	}
	return err;
}

uint64_t held__bytes(const struct held *h, uint32_t dev, enum disk_group group)
{
	for (size_t i = 0; i < h->ndisks; i++)
		if (h->disks[i].dev == dev)
			return h->disks[i].bytes[group];
	return 0;
}

uint64_t held__of(void *ctx, uint32_t dev)
{
	const struct held *h = ctx;

	for (size_t i = 0; i < h->ndisks; i++)
		if (h->disks[i].dev == dev)
			return h->disks[i].bios;
	return 0;
}
