// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Signals that processes send. */
#include "vmlinux.h"
#include <bpf/bpf_tracing.h>
#include "event.bpf.h"
#include "process_filter.bpf.h"
#include "examples/signals/signals.h"

const volatile __s32 filter_signal = 0;

/* siginfo.h: kill(), sigqueue(), tgkill(); what else there is comes from the kernel. */
static __always_inline bool is_sent(struct kernel_siginfo *info)
{
	int code = BPF_CORE_READ(info, si_code);

	return (unsigned long)info > 1 && (code == 0 || code == -1 || code == -6);
}

SEC("tp_btf/signal_generate")
int BPF_PROG(signal_generate, int signal, struct kernel_siginfo *info, struct task_struct *to)
{
	struct task_struct *sender = (void *)bpf_get_current_task();
	struct signal_record r = { .signal = signal };
	bool wanted = !filter_signal || signal == filter_signal;

	if (!is_sent(info))
		return 0;
	EVENT (EVENT_OWN, wanted && process_wanted(sender, false), time_ns, 0, COUNT_TOOL) {
		record_begin(&r.event.head, RECORD_TOOL, time_ns, sizeof(r));
		process_fill(&r.event.who, sender, false, time_ns, 0);
		r.target = to->tgid;
		ring_emit(&r, sizeof(r));
	}
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
