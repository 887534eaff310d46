/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * A process by the number that the user gave. The programs know a process by its number in the
 * initial PID namespace, so one of another namespace is translated, or refused.
 */
#ifndef SNOOPKIT_PROCESS_NUMBER_H
#define SNOOPKIT_PROCESS_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

struct process_number {
	uint32_t pid; /* in the initial namespace */
	/* When it was started, in hundredths of a second since the boot; 0: not known. */
	uint64_t started;
	int fd; /* of the process (pidfd), to be closed; -1: the kernel gave none */
};

/* `option`: its long name. -EINVAL after a line on stderr. */
int process_number__find(const char *option, uint64_t given, struct process_number *n);
bool process_number__has_ended(const struct process_number *n);
void process_number__close(struct process_number *n);

#endif
