/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Is something in the cgroup that the user named? Kernfs numbers repeat between hierarchies, so an
 * id is never compared without its hierarchy.
 */
#ifndef SNOOPKIT_CGROUP_BPF_H
#define SNOOPKIT_CGROUP_BPF_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "cgroup_target_wire.h"

const volatile struct cgroup_target cgroup_target = {};

/*
 * Of the one hierarchy of the filter: what is not in it is outside. User space enters what is there
 * (cgroup_follow.c), cgroup_follow.bpf.h what comes. Full: what comes is outside, and is counted.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u64);
	__type(value, __u32);	/* enum cgroup_verdict */
	__uint(max_entries, 1); /* with a filter CGROUP_TARGETS_MAX */
} cgroup_targets SEC(".maps");

/* The target has the memory controller, so the pages of its tasks are known to be its own. */
bool cgroup_has_memory;

/* Not of kernels built without cgroups. */
static __always_inline bool cgroup_is_there(void)
{
	return bpf_core_field_exists(struct task_struct, cgroups);
}

static __always_inline __u64 cgroup_id(struct cgroup *cgrp)
{
	return BPF_CORE_READ(cgrp, kn, id);
}

static __always_inline enum cgroup_verdict cgroup_verdict_of_id(__u64 id)
{
	__u32 *verdict = bpf_map_lookup_elem(&cgroup_targets, &id);

	return verdict ? *verdict : CGROUP_OUTSIDE;
}

static __always_inline bool cgroup_is_of_target(struct cgroup *cgrp)
{
	return (__u32)BPF_CORE_READ(cgrp, root, hierarchy_id) == cgroup_target.hierarchy;
}

static __always_inline enum cgroup_verdict cgroup_verdict_of(struct cgroup *cgrp)
{
	if (!cgroup_is_there() || !cgrp || !cgroup_is_of_target(cgrp))
		return CGROUP_UNKNOWN;
	return cgroup_verdict_of_id(cgroup_id(cgrp));
}

/*
 * For events that user space can take out again (cgroup_follow__wants()): those of a cgroup that it
 * has not judged yet are wanted, too.
 */
static __always_inline bool cgroup_wanted(struct cgroup *cgrp)
{
	enum cgroup_verdict verdict = cgroup_verdict_of(cgrp);

	return verdict == CGROUP_INSIDE || verdict == CGROUP_PENDING;
}

static __always_inline struct cgroup *cgroup_of_task(struct task_struct *task)
{
	struct cgroup_subsys_state *css = NULL;
	/* Not inside the read: CO-RE would look for this struct in the kernel, and its modules. */
	__u32 subsys = cgroup_target.subsys;
	struct css_set *set;

	if (!cgroup_is_there())
		return NULL;
	set = BPF_CORE_READ(task, cgroups);
	if (!cgroup_target.hierarchy)
		return BPF_CORE_READ(set, dfl_cgrp);
	bpf_core_read(&css, sizeof(css), &set->subsys[subsys]);
	return BPF_CORE_READ(css, cgroup);
}

static __always_inline struct cgroup *cgroup_of_current(void)
{
	return cgroup_of_task((void *)bpf_get_current_task());
}

/* Until 5.11 (commit bcfe06bf2622) page->mem_cgroup, then tagged page->memcg_data. */
struct page___mem_cgroup {
	struct mem_cgroup *mem_cgroup;
} __attribute__((preserve_access_index));

/* Since 7.0 memcg_data of every page is an obj_cgroup; is_root came with that. */
struct obj_cgroup___all {
	struct mem_cgroup *memcg;
	bool is_root;
} __attribute__((preserve_access_index));

/* 7.0 (commit fc3f334ce2b9) renamed compound_head to compound_info. */
struct page___compound_info {
	unsigned long compound_info;
} __attribute__((preserve_access_index));

struct page___compound_head {
	unsigned long compound_head;
} __attribute__((preserve_access_index));

#define MEMCG_DATA_FLAGS 3UL
#define MEMCG_DATA_KMEM 2UL

/*
 * A tail page points to its head with bit 0 set; or, since 7.0 (commit d6746190bbf3) on
 * some builds, holds the mask that makes the head's address of its own. A mask has its
 * upper half all ones; no page is that close to the end of the address space.
 */
static __always_inline struct page *cgroup_page_head(struct page *page)
{
	unsigned long link = 0;

	if (bpf_core_field_exists(struct page___compound_head, compound_head))
		link = BPF_CORE_READ((struct page___compound_head *)page, compound_head);
	else if (bpf_core_field_exists(struct page___compound_info, compound_info))
		link = BPF_CORE_READ((struct page___compound_info *)page, compound_info);
	if (!(link & 1))
		return page;
	if (link >> 32 == 0xffffffff)
		return (struct page *)((unsigned long)page & link);
	return (struct page *)(link - 1);
}

static __always_inline struct mem_cgroup *cgroup_page_memcg(struct page *page)
{
	unsigned long data;

	if (bpf_core_field_exists(struct page___mem_cgroup, mem_cgroup))
		return BPF_CORE_READ((struct page___mem_cgroup *)page, mem_cgroup);
	/* Built without the memory controller. */
	if (!bpf_core_field_exists(page->memcg_data))
		return NULL;
	data = BPF_CORE_READ(page, memcg_data);
	if ((data & MEMCG_DATA_KMEM) || bpf_core_field_exists(struct obj_cgroup___all, is_root))
		return BPF_CORE_READ((struct obj_cgroup___all *)(data & ~MEMCG_DATA_FLAGS), memcg);
	return (struct mem_cgroup *)(data & ~MEMCG_DATA_FLAGS);
}

/* Whom the page's memory is charged to, also when a kernel thread writes it back. */
static __always_inline struct cgroup *cgroup_of_page(struct page *page)
{
	struct mem_cgroup *memcg;

	if (!page || !bpf_core_field_exists(struct mem_cgroup, css))
		return NULL;
	memcg = cgroup_page_memcg(cgroup_page_head(page));
	return memcg ? BPF_CORE_READ(memcg, css.cgroup) : NULL;
}

#endif
