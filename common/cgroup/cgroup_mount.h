/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* For what implements cgroup.h and container.h. Directories have the test's root before them. */
#ifndef SNOOPKIT_CGROUP_MOUNT_H
#define SNOOPKIT_CGROUP_MOUNT_H

#include "common/cgroup/cgroup.h"

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

/* cgroup_id.c: what it remembers is of another root. */
void cgroup_id__forget(void);

#endif
