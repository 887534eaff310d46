/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Whose a socket is. */
#ifndef SNOOPKIT_SOCKET_OWNER_WIRE_H
#define SNOOPKIT_SOCKET_OWNER_WIRE_H

#include "process_wire.h"

enum socket_owner_from {
	OWNER_UNKNOWN,
	OWNER_OPEN,	  /* it connected or listened */
	OWNER_DESCRIPTOR, /* it had a descriptor of it */
};

struct socket_owner {
	__u64 socket;	/* that it was noted for; another one has inherited it */
	__u64 start_ns; /* of the process, by CLOCK_MONOTONIC */
	__u32 pid;	/* 0: not known */
	__u32 from;	/* enum socket_owner_from */
	__u32 pass;	/* the last search that found a descriptor */
	__u32 sum;	/* of the rest: that it is whole (socket_kept.bpf.h) */
	char comm[PROCESS_COMM_LEN];
};

_Static_assert(sizeof(struct socket_owner) == 48, "wire size");

/* What a search but the first writes for each socket whose owner it has changed. */
struct socket_change {
	struct socket_owner owner;
	__u64 cookie; /* tells it from others that had or will have its address; 0: not known */
};

_Static_assert(sizeof(struct socket_change) == 56, "wire size");

enum socket_search {
	SEARCH_CONFIRM, /* notes which owners have a descriptor still */
	SEARCH_TAKE,	/* gives the sockets of others to those who have one */
	SEARCH_FIRST,	/* the same */
};

#endif
