/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Cgroups by their ids. */
#ifndef SNOOPKIT_CGROUP_ID_H
#define SNOOPKIT_CGROUP_ID_H

#include <stddef.h>
#include <stdint.h>

/*
 * The path of a cgroup. With CAP_DAC_READ_SEARCH one look-up, else a walk, and remembered in
 * bounded memory. -ENOENT: there is none now, or none that can be seen from here; `buf` then has
 * the path it had when it was last asked for, or "". -ENAMETOOLONG: `size` is too small.
 */
int cgroup__path_of_id(uint32_t hierarchy, uint64_t id, char *buf, size_t size);

/* A descriptor of a cgroup of v2, to attach programs to. -ENOENT as above. */
int cgroup__open(uint64_t id);

#endif
