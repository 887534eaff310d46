/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Is this bio's I/O for the cgroup that the user named? */
#ifndef SNOOPKIT_BIO_CGROUP_BPF_H
#define SNOOPKIT_BIO_CGROUP_BPF_H

#include "cgroup.bpf.h"

#define PF_KTHREAD 0x00200000 /* include/linux/sched.h */

/*
 * To be asked where the bio is submitted: `current` at completion is anybody. A kernel thread
 * says nothing about the owner, unless the cgroup's pages would have told.
 */
static __always_inline enum cgroup_verdict cgroup_verdict_of_bio(struct bio *bio)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	enum cgroup_verdict verdict = CGROUP_UNKNOWN;
	struct bio_vec *vec;

	/* Built without the I/O controller, bios do not tell. */
	if (bpf_core_field_exists(bio->bi_blkg))
		verdict = cgroup_verdict_of(BPF_CORE_READ(bio, bi_blkg, blkcg, css.cgroup));
	if (verdict != CGROUP_UNKNOWN)
		return verdict;
	vec = BPF_CORE_READ(bio, bi_io_vec);
	if (vec && BPF_CORE_READ(bio, bi_iter.bi_size)) {
		vec += BPF_CORE_READ(bio, bi_iter.bi_idx);
		verdict = cgroup_verdict_of(cgroup_of_page(BPF_CORE_READ(vec, bv_page)));
		if (verdict != CGROUP_UNKNOWN)
			return verdict;
	}
	if (cgroup_verdict_of(cgroup_of_current()) == CGROUP_INSIDE)
		return CGROUP_INSIDE;
	if ((BPF_CORE_READ(task, flags) & PF_KTHREAD) && !cgroup_target.has_memory)
		return CGROUP_UNKNOWN;
	return CGROUP_OUTSIDE;
}

#endif
