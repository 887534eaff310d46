// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/cgroup/cgroup_rejected.h"

#define SLOTS (2 * CGROUP_REJECTED_MAX)

static size_t slot_of(uint64_t id)
{
	return (id * UINT64_C(0x9e3779b97f4a7c15)) >> 32;
}

/* That of the id, or a free one. */
static size_t rejected_find(const struct cgroup_rejected *r, uint64_t id)
{
	size_t i = slot_of(id) % SLOTS;

	while (r->slots[i] && r->slots[i] != id)
		i = (i + 1) % SLOTS;
	return i;
}

/* What stands behind it, up to the next free slot, moves up where it then is still found. */
static void rejected_drop(struct cgroup_rejected *r, uint64_t id)
{
	size_t hole = rejected_find(r, id), i = hole;

	r->slots[hole] = 0;
	for (;;) {
		size_t home;

		i = (i + 1) % SLOTS;
		if (!r->slots[i])
			return;
		home = slot_of(r->slots[i]) % SLOTS;
		if ((i - home) % SLOTS < (i - hole) % SLOTS)
			continue;
		r->slots[hole] = r->slots[i];
		r->slots[i] = 0;
		hole = i;
	}
}

bool cgroup_rejected__has(const struct cgroup_rejected *r, uint64_t id)
{
	return r->count && id && r->slots[rejected_find(r, id)] == id;
}

void cgroup_rejected__add(struct cgroup_rejected *r, uint64_t id)
{
	uint64_t *oldest = &r->ids[r->count % CGROUP_REJECTED_MAX];

	if (!id || cgroup_rejected__has(r, id))
		return;
	if (*oldest)
		rejected_drop(r, *oldest);
	*oldest = id;
	r->slots[rejected_find(r, id)] = id;
	r->count++;
}
