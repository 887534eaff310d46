/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The owner of an event: the kernel's struct process, as columns and JSON members. */
#ifndef SNOOPKIT_PROCESS_H
#define SNOOPKIT_PROCESS_H

#include "common/bpf/cgroup_target_wire.h"
#include "common/bpf/process_wire.h"
#include "common/cgroup/cgroup_names.h"
#include "common/out/field.h"
#include "common/out/json.h"
#include "common/kernel/probe.h"

/* For a tool's field table; of borrowed strings. */
struct process_row {
	uint64_t pid, tid, uid, euid; /* FIELD_UNKNOWN: not known */
	const char *comm;	      /* NULL: not known */
	char comm_text[PROCESS_COMM_LEN + 1];
	const char *cgroup;    /* NULL: not known */
	uint64_t cgroup_id;    /* of that path */
	const char *container; /* its name, or the beginning of its ID; NULL: in none */
	char container_id[13];
	const struct container *container_full;
};

struct process_names {
	struct cgroup_names *cgroups;
	uint32_t cgroup1; /* hierarchy beside v2; 0: none */
};

/*
 * The v1 hierarchy whose cgroups are told beside those of v2: that of the filter, or the first that
 * is mounted of memory, pids, cpu, blkio. 0: there is none.
 */
void process__cgroup1(const struct cgroup_target *target, const struct probe *p,
		      uint32_t *hierarchy, uint32_t *subsys);

void process__row(const struct process *p, const struct process_names *names,
		  struct process_row *row);
/* No process is known. */
void process__row_unknown(struct process_row *row);
/* Of the member "container". */
extern const struct member process_container_members[];
#define PROCESS_MEMBER_CONTAINER                                                    \
	{                                                                           \
		"container", "object", "in a container", "the container it ran in", \
			process_container_members                                   \
	}

/* The member "container"; nothing outside of containers. */
void process__json(const struct process_row *row, struct json *j);
void process__json_container(const struct container *c, struct json *j);

#endif
