/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * On whose behalf the current task submits I/O. A kernel thread's own identity says nothing: it
 * does the work of others. It is known whose as long as it uses that process's memory, which is so
 * of io_uring's threads before 5.12 and of vhost's before 6.4; since then these are threads of the
 * process itself.
 */
#ifndef SNOOPKIT_SUBMITTER_BPF_H
#define SNOOPKIT_SUBMITTER_BPF_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

/* include/linux/sched.h, the same since 2.6 */
#define PF_WQ_WORKER 0x00000020
#define PF_KTHREAD 0x00200000

#define SUBMITTER_NAME_LEN 24 /* WQ_NAME_LEN until 6.9 */

/* Until 5.17 (commit e32cf5dfbe22) a kernel thread's data hung on this pointer. */
struct task_struct___no_worker {
	int *set_child_tid;
} __attribute__((preserve_access_index));

/* Since 5.18 (commit d6986ce24fc0): the name in full. */
struct kthread___named {
	char *full_name;
} __attribute__((preserve_access_index));

/* NULL: a kernel thread, for an unknown process. */
static __always_inline struct task_struct *submitter_task(void)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct mm_struct *mm;

	if (!(BPF_CORE_READ(task, flags) & PF_KTHREAD))
		return task;
	mm = BPF_CORE_READ(task, mm);
	/* With CONFIG_MEMCG only. */
	if (!mm || !bpf_core_field_exists(struct mm_struct, owner))
		return NULL;
	return (struct task_struct *)BPF_CORE_READ(mm, owner);
}

static __always_inline struct kthread *submitter_kthread(struct task_struct *task)
{
	if (bpf_core_field_exists(struct task_struct, worker_private))
		return BPF_CORE_READ(task, worker_private);
	return (struct kthread *)BPF_CORE_READ((struct task_struct___no_worker *)task,
					       set_child_tid);
}

/* What the kernel thread is: of a worker the queue that it works for, "kcryptd/254:0". */
static __always_inline void submitter_name(char name[SUBMITTER_NAME_LEN])
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct kthread *kthread = submitter_kthread(task);
	struct workqueue_struct *wq;
	struct worker *worker;
	const char *full;

	bpf_get_current_comm(name, 16);
	if (BPF_CORE_READ(task, flags) & PF_WQ_WORKER) {
		worker = BPF_CORE_READ(kthread, data);
		wq = BPF_CORE_READ(worker, current_pwq, wq);
		if (wq)
			bpf_probe_read_kernel_str(name, SUBMITTER_NAME_LEN,
						  __builtin_preserve_access_index(&wq->name));
		return;
	}
	if (!bpf_core_field_exists(struct kthread___named, full_name))
		return;
	full = BPF_CORE_READ((struct kthread___named *)kthread, full_name);
	if (full)
		bpf_probe_read_kernel_str(name, SUBMITTER_NAME_LEN, full);
}

#endif
