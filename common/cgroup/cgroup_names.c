// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/cgroup/cgroup_names.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "common/base/clock.h"
#include "common/base/path.h"

/* The kernel's list holds so many, and is emptied before it is full. */
#define NAMES_MAX 1000
#define SLOTS 2048

/*
 * Whoever may create cgroups can do it fast, and call them like containers: looking for names may
 * take 5 % of the time, beyond a while at once.
 */
#define LOOKS_SHARE 20
#define LOOKS_AT_ONCE_NS (NSEC_PER_SEC / 4)

struct slot {
	uint64_t key; /* 0: free */
	struct cgroup_name name;
	bool unnamed; /* the container's name is still to be looked for */
};

struct generation {
	struct slot slots[SLOTS];
	size_t count;
};

/*
 * What is full becomes `old`, and the programs tell everything anew. Records that were under way
 * by then name cgroups of `old`.
 */
struct cgroup_names {
	struct bpf_map *known;
	struct generation *now, *old;
	int64_t left_ns; /* for looking for names */
	uint64_t since_ns;
};

static void generation_empty(struct generation *g)
{
	for (size_t i = 0; i < SLOTS; i++) {
		free(g->slots[i].name.path);
		free((void *)g->slots[i].name.container);
	}
	memset(g, 0, sizeof(*g));
}

/* The slot that has the key, or a free one. There always are free ones. */
static struct slot *generation_slot(struct generation *g, uint64_t key)
{
	size_t i = (key * UINT64_C(0x9e3779b97f4a7c15)) >> 32;

	while (g->slots[i % SLOTS].key && g->slots[i % SLOTS].key != key)
		i++;
	return &g->slots[i % SLOTS];
}

struct cgroup_names *cgroup_names__new(struct bpf_map *known)
{
	struct cgroup_names *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->known = known;
	n->left_ns = LOOKS_AT_ONCE_NS;
	n->since_ns = clock__mono_ns();
	n->now = calloc(1, sizeof(*n->now));
	n->old = calloc(1, sizeof(*n->old));
	if (n->now && n->old)
		return n;
	cgroup_names__free(n);
	errno = ENOMEM;
	return NULL;
}

void cgroup_names__free(struct cgroup_names *n)
{
	if (!n)
		return;
	if (n->now)
		generation_empty(n->now);
	if (n->old)
		generation_empty(n->old);
	free(n->now);
	free(n->old);
	free(n);
}

static void names_turn(struct cgroup_names *n)
{
	struct generation *old = n->old;
	uint64_t key;

	generation_empty(old);
	n->old = n->now;
	n->now = old;
	while (n->known && !bpf_map_get_next_key(bpf_map__fd(n->known), NULL, &key))
		if (bpf_map_delete_elem(bpf_map__fd(n->known), &key))
			break;
}

static struct container *container_of_path(const char *path)
{
	struct container c, *copy;

	if (container__from_path(path, &c))
		return NULL;
	copy = malloc(sizeof(*copy));
	if (copy)
		*copy = c;
	return copy;
}

static bool may_look(struct cgroup_names *n, uint64_t now_ns)
{
	n->left_ns += (now_ns - n->since_ns) / LOOKS_SHARE;
	n->since_ns = now_ns;
	if (n->left_ns > (int64_t)LOOKS_AT_ONCE_NS)
		n->left_ns = LOOKS_AT_ONCE_NS;
	return n->left_ns > 0;
}

static void slot_look(struct cgroup_names *n, struct slot *slot)
{
	uint64_t now_ns = clock__mono_ns();

	if (!may_look(n, now_ns))
		return;
	slot->unnamed = false;
	container__name((struct container *)slot->name.container);
	n->left_ns -= clock__mono_ns() - now_ns;
}

int cgroup_names__add(struct cgroup_names *n, const struct record *r)
{
	const struct cgroup_path_record *p = (const void *)r;
	const char *names = (const char *)(p + 1);
	struct slot *slot;
	size_t len;

	if (r->size < sizeof(*p) || !p->key)
		return -EINVAL;
	len = r->size - sizeof(*p);
	if (len > CGROUP_PATH_MAX)
		return -EINVAL;
	if (n->now->count >= NAMES_MAX)
		names_turn(n);
	slot = generation_slot(n->now, p->key);
	/* Told once more, as when its record had found no room in the list; it cannot move. */
	if (slot->key)
		return 0;
	slot->name.path = malloc(PATH_JOIN_SIZE(len));
	if (!slot->name.path)
		return -ENOMEM;
	path__join(slot->name.path, names, len, p->cut);
	slot->name.container = container_of_path(slot->name.path);
	slot->unnamed = slot->name.container;
	slot->key = p->key;
	n->now->count++;
	return 0;
}

const struct cgroup_name *cgroup_names__find(struct cgroup_names *n, uint64_t key)
{
	struct slot *slot = generation_slot(n->now, key);

	if (!slot->key)
		slot = generation_slot(n->old, key);
	if (!slot->key)
		return NULL;
	if (slot->unnamed)
		slot_look(n, slot);
	return &slot->name;
}
