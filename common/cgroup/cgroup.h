/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Control groups: which hierarchies there are, a cgroup's id for its path, and its path for an id.
 *
 * "Path" without a word more is a path in the hierarchy as /proc/PID/cgroup shows it: it begins
 * with '/' and does not name the mount point. "Directory" is an absolute path in the file system.
 * Paths hold whatever bytes the creator of the cgroup chose, except a newline.
 *
 * What mountinfo says is read once, at the first call. State is shared: for one thread only.
 * This header is the whole of it: mounts, the walk, ids, and here what a user calls a cgroup.
 */
#ifndef SNOOPKIT_CGROUP_H
#define SNOOPKIT_CGROUP_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "common/cgroup/cgroup_id.h"
#include "common/cgroup/cgroup_mount.h"
#include "common/cgroup/cgroup_walk.h"

#define CGROUP_CONTROLLER_SIZE 32

struct cgroup_ref {
	uint64_t id;	    /* as bpf_get_current_cgroup_id() and kernfs have it */
	uint32_t hierarchy; /* 0 is v2 */
	/*
	 * The first controller of a v1 hierarchy, "" for v2. By the kernel's own name, so that
	 * enum cgroup_subsys_id has "<controller>_cgrp_id": what mounts call blkio is io here.
	 */
	char controller[CGROUP_CONTROLLER_SIZE];
	/*
	 * The parents' ids, nearest first, the mount's root last. That root is the hierarchy's own
	 * root, and nancestors the cgroup's level, unless this runs in a cgroup namespace or a
	 * container.
	 */
	uint64_t ancestors[CGROUP_ANCESTORS_MAX];
	uint32_t nancestors;
	char path[PATH_MAX];
};

/*
 * `path` is a directory in a cgroup file system or a path, with or without the leading slash,
 * which is looked for in v2 first, then in the v1 hierarchies of memory, blkio, others. What
 * begins with "./" or "../" is a directory from here, and so is another name that is no cgroup's.
 * -ENOENT: no such cgroup; -ENOTDIR: no directory; -EINVAL: not in a cgroup file system;
 * -EOPNOTSUPP: in a named hierarchy without controllers, which BPF cannot tell tasks by;
 * -E2BIG: more than CGROUP_ANCESTORS_MAX levels; -ENAMETOOLONG, -EACCES and the like as they come.
 */
int cgroup__resolve(const char *path, struct cgroup_ref *ref);

/*
 * The same for a path in one hierarchy, which may be NULL: -ENOENT. With ref->path of another it
 * finds the cgroup of the same name in a hierarchy that suits a tool better.
 */
int cgroup__resolve_in(const struct cgroup_hierarchy *h, const char *path, struct cgroup_ref *ref);

/* The name of its first controller, as of struct cgroup_ref. */
void cgroup__controller(const struct cgroup_hierarchy *h, char name[CGROUP_CONTROLLER_SIZE]);

/*
 * Whether memory that a task of this very cgroup touches is charged to it, rather than to an
 * ancestor or in another hierarchy: only then do pages tell whose they are.
 */
bool cgroup__charges_memory(const struct cgroup_ref *ref);

/*
 * The path of a process in the hierarchy of a controller ("name=..." too); NULL or "" is v2.
 * -ESRCH: no such process; -ENOENT: no such hierarchy; -ENAMETOOLONG: `size` is too small.
 */
int cgroup__of_pid(pid_t pid, const char *controller, char *buf, size_t size);

#endif
