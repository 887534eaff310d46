/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* A cgroup that is not there yet, by what the user calls it. */
#ifndef SNOOPKIT_CGROUP_FUTURE_H
#define SNOOPKIT_CGROUP_FUTURE_H

#include <limits.h>
#include "common/cgroup/cgroup_mount.h"

/*
 * Where cgroup__resolve() has found nothing: the path and the hierarchy that a cgroup of this name
 * would have. A path without a mount point is in the first hierarchy that is searched. -ENOENT:
 * none can come there, as in a directory that is in no cgroup file system; other errors as they
 * come.
 */
int cgroup_future__path(const char *given, char path[PATH_MAX], const struct cgroup_hierarchy **h);

#endif
