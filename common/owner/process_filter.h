/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Filters by process, turned into what the programs compare with (process_filter.bpf.h). */
#ifndef SNOOPKIT_PROCESS_FILTER_H
#define SNOOPKIT_PROCESS_FILTER_H

#include "common/bpf/process_filter_wire.h"
#include "common/tool/tool.h"

/* What options by owner have (owner.h); NULL and 0 are no filter. */
struct owner_options {
	const char *uid, *euid, *comm, *cgroup, *container, *unit, *netns;
	uint64_t pid, ppid, tree;
	bool sockets; /* not an option: the owners are sockets', which know their cgroup of v2 only
		       */
};

/* -EINVAL after a line on stderr. */
int process_filter__set(struct process_filter *f, const struct owner_options *opt);
/* configure(): the map of the tree, its programs where there is no use for them, what is watched.
 */
int process_filter__plan(struct run *run, const struct process_filter *f);

#endif
