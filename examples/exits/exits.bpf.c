/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Processes that end: the smallest tool that streams records. */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "event.bpf.h"
#include "examples/exits/exits.h"

const volatile __u32 filter_tgid = 0;
const volatile bool only_failed = false;

/* As wait() has it: the signal in the low 7 bits, else the code in the next byte. */
static __always_inline __s32 shell_status(__u32 exit_code)
{
	return exit_code & 0x7f ? 128 + (exit_code & 0x7f) : exit_code >> 8 & 0xff;
}

static __always_inline bool wanted(const struct exit_record *r)
{
	return (!filter_tgid || r->pid == filter_tgid) && (!only_failed || r->status);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_exit, struct task_struct *task)
{
	struct exit_record r = {};

	/* Threads end one by one; the process with the last of them. */
	if (BPF_CORE_READ(task, signal, live.counter))
		return 0;
	r.pid = task->tgid;
	r.status = shell_status(task->exit_code);
	EVENT (EVENT_OWN, wanted(&r), time_ns, 0, EXIT_BUSY) {
		record_begin(&r.head, EXIT_RECORD, time_ns, sizeof(r));
		r.age_ns = time_ns - BPF_CORE_READ(task, group_leader, start_time);
		r.ppid = BPF_CORE_READ(task, real_parent, tgid);
		bpf_get_current_comm(r.comm, sizeof(r.comm));
		ring_emit(&r, sizeof(r));
	}
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
