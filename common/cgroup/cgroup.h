/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Control groups: which hierarchies there are, a cgroup's id for its path, and its path for an id.
 *
 * "Path" without a word more is a path in the hierarchy as /proc/PID/cgroup shows it: it begins
 * with '/' and does not name the mount point. "Directory" is an absolute path in the file system.
 * Paths hold whatever bytes the creator of the cgroup chose, except a newline.
 *
 * What mountinfo says is read once, at the first call. State is shared: for one thread only.
 * cgroup_mount.c, cgroup.c, cgroup_id.c and cgroup_walk.c implement this, in this order.
 */
#ifndef SNOOPKIT_CGROUP_H
#define SNOOPKIT_CGROUP_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CGROUP_ANCESTORS_MAX 32

struct cgroup_hierarchy {
	uint32_t id;	   /* as the kernel numbers them; 0 is v2 */
	char *controllers; /* "cpu,cpuacct", "name=systemd"; "" for v2 */
	char *mount;	   /* directory */
	char *root;	   /* path of the mount's root, "" for the hierarchy's root */
};

struct cgroup_ref {
	uint64_t id;	    /* as bpf_get_current_cgroup_id() and kernfs have it */
	uint32_t hierarchy; /* 0 is v2 */
	/*
	 * The first controller of a v1 hierarchy, "" for v2. By the kernel's own name, so that
	 * enum cgroup_subsys_id has "<controller>_cgrp_id": what mounts call blkio is io here.
	 */
	char controller[32];
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
 * The mounted hierarchies in the order of mountinfo. One that is mounted more than once comes more
 * than once. The list belongs to this module.
 */
size_t cgroup__hierarchies(const struct cgroup_hierarchy **list);

/* By a controller or "name=..."; NULL or "" is v2. NULL when it is not mounted. */
const struct cgroup_hierarchy *cgroup__hierarchy(const char *controller);

/*
 * For tests only: puts `root` before every file name, mount points included, and takes whatever is
 * below a mount point for a cgroup. NULL goes back to the real root. Forgets what was read.
 */
int cgroup__set_root(const char *root);

/* What cgroup__set_root() set, or "". */
const char *cgroup__root(void);

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

/*
 * The path of a cgroup. With CAP_DAC_READ_SEARCH one look-up, else a walk, and remembered in
 * bounded memory. -ENOENT: there is none now, or none that can be seen from here; `buf` then has
 * the path it had when it was last asked for, or "". -ENAMETOOLONG: `size` is too small.
 */
int cgroup__path_of_id(uint32_t hierarchy, uint64_t id, char *buf, size_t size);

/* A descriptor of a cgroup of v2, to attach programs to. -ENOENT as above. */
int cgroup__open(uint64_t id);

/*
 * Calls `visit` for each cgroup from the mount's root on, parents before children, not following
 * links. A visit that returns other than 0 ends the walk, which returns the same. -E2BIG: walked
 * to the end, but parts were left out for being too deep, too many or not readable.
 */
typedef int (*cgroup__visit_fn)(const char *path, uint64_t id, void *ctx);
int cgroup__walk(const struct cgroup_hierarchy *h, cgroup__visit_fn visit, void *ctx);

#endif
