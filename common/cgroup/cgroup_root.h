/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The root of cgroup v2, to attach programs to, wherever it is mounted or not. */
#ifndef SNOOPKIT_CGROUP_ROOT_H
#define SNOOPKIT_CGROUP_ROOT_H

#include <stdbool.h>

/*
 * A descriptor. Not *whole: only the root of this cgroup namespace, whose processes alone are seen
 * from there. Without a mount of it CAP_SYS_ADMIN is needed: -EPERM.
 */
int cgroup_root__open(bool *whole);

#endif
