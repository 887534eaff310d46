/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Mounted cgroup hierarchies; see cgroup.h for the words. What mountinfo says is read once, at the
 * first call. Directories of the functions cgroup_mount__*() have the test's root before them.
 */
#ifndef SNOOPKIT_CGROUP_MOUNT_H
#define SNOOPKIT_CGROUP_MOUNT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Levels of a hierarchy, its root not counted. */
#define CGROUP_ANCESTORS_MAX 32

struct cgroup_hierarchy {
	uint32_t id;	   /* as the kernel numbers them; 0 is v2 */
	char *controllers; /* "cpu,cpuacct", "name=systemd"; "" for v2 */
	char *mount;	   /* directory */
	char *root;	   /* path of the mount's root, "" for the hierarchy's root */
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

/* The directory that cgroup__set_root() set, or "". */
const char *cgroup__root(void);

/* Changes when the mounts are read anew: what was known of cgroups by their ids is known no more.
 */
unsigned int cgroup_mount__generation(void);

/* a, b and c in a row. -ENAMETOOLONG, with an empty `buf`: they do not fit. */
int cgroup_mount__join(char *buf, size_t size, const char *a, const char *b, const char *c);

/* Calls `line_fn` for the lines of a file below the root, until it returns other than 0. */
int cgroup_mount__lines(const char *file, int (*line_fn)(char *line, void *ctx), void *ctx);

/* Whether `path` is `dir` or below: whole components only. */
bool cgroup_mount__is_below(const char *path, const char *dir);

/* Whether the comma list has the item. */
bool cgroup_mount__list_has(const char *list, const char *item);

/* Reads mountinfo, once. */
int cgroup_mount__load(void);

/* Of several mounts one of the whole hierarchy rather than one of a part. NULL: not mounted. */
const struct cgroup_hierarchy *cgroup_mount__by_id(uint32_t id);

/*
 * Hierarchies in the order in which a cgroup is looked for, each once, the named ones last. NULL:
 * there are no more.
 */
const struct cgroup_hierarchy *cgroup_mount__nth(size_t n);

/* The mount that a directory without links in it is in. NULL: in none. */
const struct cgroup_hierarchy *cgroup_mount__of_dir(const char *dir);

int cgroup_mount__dir(const struct cgroup_hierarchy *h, const char *path, char *dir, size_t size);

/* Something else may have been mounted over it since. */
bool cgroup_mount__is_alive(const char *dir, bool v2);

#endif
