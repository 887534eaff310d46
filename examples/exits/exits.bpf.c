/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Processes that end: the smallest tool that streams records. */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "ring.bpf.h"
#include "examples/exits/exits.h"

const volatile __u32 filter_tgid = 0;
const volatile bool only_failed = false;

/* As wait() has it: the signal in the low 7 bits, else the code in the next byte. */
static __always_inline __s32 shell_status(__u32 exit_code)
{
	return exit_code & 0x7f ? 128 + (exit_code & 0x7f) : exit_code >> 8 & 0xff;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_exit, struct task_struct *task)
{
	struct exit_record r = {};

	/* Threads end one by one; the process with the last of them. */
	if (BPF_CORE_READ(task, signal, live.counter))
		return 0;
	count_add(COUNT_SEEN);
	r.pid = task->tgid;
	r.status = shell_status(task->exit_code);
	if ((filter_tgid && r.pid != filter_tgid) || (only_failed && !r.status)) {
		count_add(COUNT_FILTERED);
		return 0;
	}
	r.time_ns = bpf_ktime_get_ns();
	r.age_ns = r.time_ns - BPF_CORE_READ(task, group_leader, start_time);
	r.ppid = BPF_CORE_READ(task, real_parent, tgid);
	bpf_get_current_comm(r.comm, sizeof(r.comm));
	ring_emit(&r, sizeof(r));
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
