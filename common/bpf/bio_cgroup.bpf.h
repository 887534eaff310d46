/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Is this bio's I/O for the cgroup that the user named? */
#ifndef SNOOPKIT_BIO_CGROUP_BPF_H
#define SNOOPKIT_BIO_CGROUP_BPF_H

#include "cgroup.bpf.h"
#include "cgroup_follow.bpf.h"
#include "submitter.bpf.h"

static __always_inline struct cgroup *bio_cgroup(struct bio *bio)
{
	if (!bpf_core_field_exists(bio->bi_blkg))
		return NULL;
	return BPF_CORE_READ(bio, bi_blkg, blkcg, css.cgroup);
}

/* Whose memory the first page is. */
static __always_inline struct cgroup *bio_page_cgroup(struct bio *bio)
{
	struct bio_vec *vec = BPF_CORE_READ(bio, bi_io_vec);

	if (!vec || !BPF_CORE_READ(bio, bi_iter.bi_size))
		return NULL;
	vec += BPF_CORE_READ(bio, bi_iter.bi_idx);
	return cgroup_of_page(BPF_CORE_READ(vec, bv_page));
}

/*
 * To be asked where the bio is submitted: `current` at completion is anybody. Of what a kernel
 * thread submits pages tell, if they are charged to anybody: those of the target's tasks are
 * charged to the target, not to the root or an ancestor, if it has the controller. A kernel
 * thread's own pages (dm-crypt's) are nobody's. `by`: the cgroup that told, if one did.
 */
static __always_inline enum cgroup_verdict cgroup_verdict_of_bio(struct bio *bio,
								 struct cgroup **by)
{
	struct task_struct *task = submitter_task();
	enum cgroup_verdict verdict;
	struct cgroup *charged;

	*by = bio_cgroup(bio);
	verdict = cgroup_verdict_of(*by);
	if (verdict != CGROUP_UNKNOWN)
		return verdict;
	*by = charged = bio_page_cgroup(bio);
	verdict = cgroup_verdict_of(charged);
	if (verdict != CGROUP_UNKNOWN)
		return verdict;
	*by = task ? cgroup_of_task(task) : cgroup_of_current();
	verdict = cgroup_verdict_of(*by);
	if (verdict == CGROUP_INSIDE || verdict == CGROUP_PENDING)
		return verdict;
	if (!task && !(charged && cgroup_has_memory))
		return CGROUP_UNKNOWN;
	return CGROUP_OUTSIDE;
}

#endif
