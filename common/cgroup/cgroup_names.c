// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/cgroup/cgroup_names.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include "common/base/clock.h"
#include "common/base/path.h"
#include "common/kernel/priv.h"
#include "common/base/table.h"
#include "common/cgroup/cgroup_id.h"

/* The kernel's list holds 1,024, and is emptied before it is full. */
#define TOLD_MAX 1000
/*
 * A generation is followed by the next one when it has so many names and is so old: tools keep
 * events back for some seconds. Before that only for its memory's sake: names of 20,000 containers.
 */
#define NAMES_MAX 4096
#define NAMES_NS (10 * NSEC_PER_SEC)
#define NAMES_BYTES (16 << 20)

/*
 * Whoever may create cgroups can do it fast, and call them like containers: looking for names may
 * take 5 % of the time, beyond a while at once.
 */
#define LOOKS_SHARE 20
#define LOOKS_AT_ONCE_NS (NSEC_PER_SEC / 4)

/* include/linux/proc_ns.h (until 6.18), include/uapi/linux/nsfs.h */
#define CGROUP_INIT_INO 0xEFFFFFFB

struct node {
	struct cgroup_name name;
	size_t bytes;
	bool unnamed; /* the container's name is still to be looked for */
	char path[];
};

struct entry {
	uint64_t key;
	struct node *node; /* NULL: looked for in vain */
};

struct generation {
	struct table entries;
	size_t bytes;
};

/*
 * When a generation has become `old`, the programs tell everything anew. Records that were under
 * way by then name cgroups of `old`; what is asked for there moves on. The one before it is
 * forgotten.
 */
struct cgroup_names {
	struct bpf_map *known;
	struct generation now, old;
	size_t told;	 /* since the kernel's list was emptied */
	int64_t left_ns; /* for looking for names */
	uint64_t since_ns, turned_ns, missed;
};

static void generation_empty(struct generation *g)
{
	for (size_t i = 0; i < g->entries.count; i++) {
		struct node *node = ((struct entry *)table__at(&g->entries, i))->node;

		if (!node)
			continue;
		free((void *)node->name.container);
		free(node);
	}
	table__clear(&g->entries);
	g->bytes = 0;
}

static int generation_put(struct generation *g, uint64_t key, struct node *node)
{
	struct entry *e = table__add(&g->entries, &key);

	if (!e)
		return -ENOMEM;
	e->node = node;
	g->bytes += sizeof(*e) + (node ? node->bytes : 0);
	return 0;
}

struct cgroup_names *cgroup_names__new(struct bpf_map *known)
{
	struct cgroup_names *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->known = known;
	n->left_ns = LOOKS_AT_ONCE_NS;
	n->since_ns = n->turned_ns = clock__mono_ns();
	n->now.entries.key_size = n->old.entries.key_size = sizeof(uint64_t);
	n->now.entries.entry_size = n->old.entries.entry_size = sizeof(struct entry);
	return n;
}

void cgroup_names__free(struct cgroup_names *n)
{
	if (!n)
		return;
	generation_empty(&n->now);
	generation_empty(&n->old);
	table__free(&n->now.entries);
	table__free(&n->old.entries);
	free(n);
}

/* No name is lost by that: what is told once more is known here. */
static void names_empty_list(struct cgroup_names *n)
{
	uint64_t key;

	n->told = 0;
	while (n->known && !bpf_map_get_next_key(bpf_map__fd(n->known), NULL, &key))
		if (bpf_map_delete_elem(bpf_map__fd(n->known), &key))
			break;
}

static void names_turn(struct cgroup_names *n)
{
	struct generation old = n->old;

	generation_empty(&old);
	n->old = n->now;
	n->now = old;
	names_empty_list(n);
	n->turned_ns = clock__mono_ns();
}

void cgroup_names__shown(struct cgroup_names *n, uint64_t until_ns)
{
	/* What was under way at the last turn, and may be of `old`, has been shown. */
	if (n->now.entries.count >= NAMES_MAX && until_ns >= n->turned_ns &&
	    clock__mono_ns() - n->turned_ns >= NAMES_NS)
		names_turn(n);
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

static void node_look(struct cgroup_names *n, struct node *node)
{
	uint64_t now_ns = clock__mono_ns();

	if (!may_look(n, now_ns))
		return;
	node->unnamed = false;
	/* If they are held (tool__follow()), for files that are root's and not one's own. */
	if (geteuid())
		priv__raise(PRIV_DAC_READ_SEARCH | PRIV_DAC_OVERRIDE, true);
	container__name((struct container *)node->name.container);
	if (geteuid())
		priv__raise(PRIV_DAC_READ_SEARCH | PRIV_DAC_OVERRIDE, false);
	n->left_ns -= clock__mono_ns() - now_ns;
}

/* With room for a path of `size` bytes. */
static struct node *node_new(size_t size)
{
	struct node *node = calloc(1, sizeof(*node) + size);

	if (!node)
		return NULL;
	node->bytes = sizeof(*node) + size;
	node->name.path = node->path;
	return node;
}

/* Its path is there. Takes the node. */
static int names_put(struct cgroup_names *n, uint64_t key, struct node *node)
{
	int err;

	node->name.container = container_of_path(node->path);
	node->unnamed = node->name.container;
	if (node->unnamed)
		node->bytes += sizeof(struct container);
	err = generation_put(&n->now, key, node);
	if (!err)
		return 0;
	free((void *)node->name.container);
	free(node);
	return err;
}

int cgroup_names__add(struct cgroup_names *n, const struct record *r)
{
	const struct cgroup_path_record *p = (const void *)r;
	const char *names = (const char *)(p + 1);
	const struct entry *known;
	struct node *node;
	size_t len;

	if (r->size < sizeof(*p) || !p->key)
		return -EINVAL;
	len = r->size - sizeof(*p);
	if (len > CGROUP_PATH_MAX)
		return -EINVAL;
	if (++n->told >= TOLD_MAX)
		names_empty_list(n);
	/* Told once more, as when its record had found no room in the list. */
	known = table__find(&n->now.entries, &p->key);
	if (known && known->node)
		return 0;
	if (n->now.bytes >= NAMES_BYTES)
		names_turn(n);
	node = node_new(PATH_JOIN_SIZE(len));
	if (!node)
		return -ENOMEM;
	path__join(node->path, names, len, p->cut);
	return names_put(n, p->key, node);
}

/* The programs tell paths from the root, which a namespace of cgroups has somewhere else. */
static bool names_sees_root(void)
{
	struct stat st;

	return stat("/proc/self/ns/cgroup", &st) || st.st_ino == CGROUP_INIT_INO;
}

/*
 * The programs' record found no room in the ring; or the cgroup was forgotten, and its process has
 * sent from a socket whose owner was known. Mostly it is still there.
 */
static struct node *names_look(struct cgroup_names *n, uint64_t key)
{
	uint64_t now_ns = clock__mono_ns();
	struct node *node;
	char path[PATH_MAX];
	int err;

	if (n->now.bytes >= NAMES_BYTES || !names_sees_root() || !may_look(n, now_ns))
		return NULL;
	err = cgroup__path_of_id(key >> CGROUP_KEY_ID_BITS, CGROUP_KEY_ID(key), path, sizeof(path));
	n->left_ns -= clock__mono_ns() - now_ns;
	if (err == -ENOENT)
		generation_put(&n->now, key, NULL);
	node = err ? NULL : node_new(strlen(path) + 1);
	if (!node)
		return NULL;
	strcpy(node->path, path);
	return names_put(n, key, node) ? NULL : node;
}

static struct node *names_node(struct cgroup_names *n, uint64_t key)
{
	const struct entry *e = table__find(&n->now.entries, &key);
	struct entry *old;

	if (e)
		return e->node;
	old = table__find(&n->old.entries, &key);
	if (!old || !old->node)
		return names_look(n, key);
	if (n->now.bytes < NAMES_BYTES && !generation_put(&n->now, key, old->node)) {
		struct node *node = old->node;

		old->node = NULL;
		return node;
	}
	return old->node;
}

const struct cgroup_name *cgroup_names__find(struct cgroup_names *n, uint64_t key)
{
	struct node *node = CGROUP_KEY_ID(key) ? names_node(n, key) : NULL;

	if (!node)
		return NULL;
	if (node->unnamed)
		node_look(n, node);
	return &node->name;
}

void cgroup_names__miss(struct cgroup_names *n)
{
	n->missed++;
}

uint64_t cgroup_names__missed(const struct cgroup_names *n)
{
	return n->missed;
}
