/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* How the records of a tool begin whose events are shown in the order of their time. */
#ifndef SNOOPKIT_RECORD_H
#define SNOOPKIT_RECORD_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

enum record_kind {
	RECORD_CGROUP = 0, /* struct cgroup_path_record */
	RECORD_TOOL = 16,  /* a tool's own kinds follow */
};

struct record {
	__u64 time_ns; /* bpf_ktime_get_ns() */
	__u32 kind;
	__u32 size; /* of the whole record */
};

#endif
