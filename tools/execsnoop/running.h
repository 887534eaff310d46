/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The processes whose ends are to be shown, because their exec was shown or because they were there
 * before. As many as there are processes at a time.
 */
#ifndef EXECSNOOP_RUNNING_H
#define EXECSNOOP_RUNNING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct running_slot {
	uint64_t since_ns; /* its exec; or its start, or anything up to its exec */
	char *exe;	   /* owned; NULL: not known */
	uint32_t pid;	   /* 0: free */
	uint32_t exec_id;  /* of the program that it ran then */
	uint8_t exe_state; /* enum path_state */
	bool before;	   /* when its exec was is not known */
	bool doomed;	   /* it failed, and nothing is left to the process but its end */
};

struct running {
	struct running_slot *slots;
	size_t size, count; /* size is a power of two */
};

/* Takes `process`, and its exe in any case. 0 or -ENOMEM. */
int running__set(struct running *r, const struct running_slot *process);
/*
 * Forgets it, and leaves it to the caller, with its exe, in `process`. False: nothing is there.
 * What is known of the pid from before `started_ns` is an earlier process's, whose end was lost.
 */
bool running__take(struct running *r, uint32_t pid, uint64_t started_ns,
		   struct running_slot *process);
/* The same, and frees it. */
void running__forget(struct running *r, uint32_t pid);
void running__free(struct running *r);

#endif
