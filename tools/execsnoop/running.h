/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The processes whose exec was shown, and when it was. As many as there are processes at a time. */
#ifndef EXECSNOOP_RUNNING_H
#define EXECSNOOP_RUNNING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct running_slot {
	uint64_t since_ns;
	uint32_t pid; /* 0: free */
};

struct running {
	struct running_slot *slots;
	size_t size, count; /* size is a power of two */
};

/* 0 or -ENOMEM. */
int running__set(struct running *r, uint32_t pid, uint64_t since_ns);
/*
 * Forgets it. False: its exec was not shown. What is known of the pid from before `started_ns` is
 * an earlier process's, whose end was lost.
 */
bool running__take(struct running *r, uint32_t pid, uint64_t started_ns, uint64_t *since_ns);
void running__free(struct running *r);

#endif
