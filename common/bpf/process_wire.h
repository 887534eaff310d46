/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Whose event it is, as the kernel knew it at that time. */
#ifndef SNOOPKIT_PROCESS_WIRE_H
#define SNOOPKIT_PROCESS_WIRE_H

#include "record_wire.h"

#define PROCESS_COMM_LEN 16

struct process {
	__u64 cgroup_id;  /* of v2 */
	__u64 cgroup1_id; /* of the v1 hierarchy that user space chose; 0: none */
	__u32 pid;	  /* of the process, in the first pid namespace */
	__u32 tid;
	__u32 uid; /* real */
	__u32 euid;
	char comm[PROCESS_COMM_LEN];
};

_Static_assert(sizeof(struct process) == 48, "wire size");

/* How the records begin of a tool whose events are of processes. */
struct event_record {
	struct record head;
	struct process who;
};

/* A cgroup is told by name once, by the first event of its processes. */
#define CGROUP_PATH_MAX 4096
#define CGROUP_NAME_MAX 256
#define CGROUP_LEVELS_MAX 32

/* Followed by the names from the cgroup itself up to below the root, each ended by NUL. */
struct cgroup_path_record {
	struct record head; /* RECORD_CGROUP */
	__u64 key;	    /* CGROUP_KEY() */
	__u32 cut;	    /* there are more levels above */
	__u32 pad;
};

_Static_assert(sizeof(struct cgroup_path_record) == 32, "wire size");

/* Ids repeat between hierarchies (0: v2), and are counted up from 1. */
#define CGROUP_KEY_ID_BITS 56
#define CGROUP_KEY(hierarchy, id) ((__u64)(hierarchy) << CGROUP_KEY_ID_BITS | (id))
#define CGROUP_KEY_ID(key) ((key) & ((1ULL << CGROUP_KEY_ID_BITS) - 1))

#endif
