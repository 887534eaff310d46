/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The cgroups that events name by id, as the programs told them (cgroup_path.bpf.h), and their
 * containers. Right also when a cgroup is gone, and needs no privilege. In bounded memory.
 */
#ifndef SNOOPKIT_CGROUP_NAMES_H
#define SNOOPKIT_CGROUP_NAMES_H

#include "common/bpf/process_wire.h"
#include "common/cgroup/container.h"

struct bpf_map;
struct cgroup_names;

struct cgroup_name {
	const char *path;		   /* from the hierarchy's root */
	const struct container *container; /* NULL: none; with its name, if that is known by now */
};

/* `known` is the map cgroup_known, borrowed, or NULL in tests. NULL with errno set. */
struct cgroup_names *cgroup_names__new(struct bpf_map *known);
void cgroup_names__free(struct cgroup_names *names);

/* A record of RECORD_CGROUP. 0, -EINVAL, -ENOMEM. */
int cgroup_names__add(struct cgroup_names *names, const struct record *r);
/* All older records have been shown: names that only they had may go. */
void cgroup_names__shown(struct cgroup_names *names, uint64_t until_ns);
/*
 * NULL: it was not told, or is forgotten, and cannot be found in the file system, or not now. Valid
 * until the next cgroup_names__add() or cgroup_names__shown().
 */
const struct cgroup_name *cgroup_names__find(struct cgroup_names *names, uint64_t key);
/* A row is shown without its cgroup. */
void cgroup_names__miss(struct cgroup_names *names);
uint64_t cgroup_names__missed(const struct cgroup_names *names);

#endif
