/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
#ifndef EXITS_H
#define EXITS_H

#include "common/bpf/count_wire.h"
#include "common/bpf/record_wire.h"

/* enum record_kind goes on. */
#define EXIT_RECORD RECORD_TOOL

/* enum count_id goes on. */
#define EXIT_BUSY COUNT_TOOL

struct exit_record {
	struct record head;
	__u64 age_ns; /* since the process was forked */
	__u32 pid;
	__u32 ppid;
	__s32 status; /* exit code, or 128 + signal as shells tell it */
	__u32 pad;
	char comm[16];
};

_Static_assert(sizeof(struct exit_record) == 56, "wire size");

#endif
