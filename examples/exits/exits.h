/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
#ifndef EXITS_H
#define EXITS_H

#include "common/bpf/count_wire.h"

struct exit_record {
	__u64 time_ns; /* bpf_ktime_get_ns() */
	__u64 age_ns;  /* since the process was forked */
	__u32 pid;
	__u32 ppid;
	__s32 status; /* exit code, or 128 + signal as shells tell it */
	__u32 pad;
	char comm[16];
};

_Static_assert(sizeof(struct exit_record) == 48, "wire size");

#endif
