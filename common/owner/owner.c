// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/owner/owner.h"

#include <string.h>
#include "common/cgroup/cgroup_filter.h"
#include "common/net/netns_follow.h"
#include "common/owner/process.h"
#include "common/owner/process_filter.h"

bool owner__filters(const struct owner_options *o)
{
	return o->uid || o->euid || o->comm || o->cgroup || o->container || o->unit || o->pid ||
	       o->ppid || o->tree;
}

static void owner_set(struct run *run, const char *name, const void *value, size_t size)
{
	void *variable = tool__variable(run, name, size);

	if (variable)
		memcpy(variable, value, size);
}

static void owner_set_u32(struct run *run, const char *name, uint32_t value)
{
	owner_set(run, name, &value, sizeof(value));
}

static int owner_cgroup(const struct owner_options *o, struct run *run,
			struct cgroup_target *target)
{
	const struct cgroup_filter filter = { o->cgroup, o->container, o->unit, o->sockets };
	struct cgroup_wanted wanted;

	if (cgroup_filter__set(&filter, &wanted, target, run->probe))
		return TOOL_TOLD(TOOL_USAGE);
	return target->given ? tool__follow(run, &wanted, target) : 0;
}

static void owner_set_cgroup(struct run *run, const struct cgroup_target *target)
{
	uint32_t hierarchy, subsys;

	owner_set(run, "cgroup_target", target, sizeof(*target));
	if (!tool__variable(run, "cgroup1_hierarchy", sizeof(hierarchy)))
		return;
	process__cgroup1(target, run->probe, &hierarchy, &subsys);
	owner_set_u32(run, "cgroup1_hierarchy", hierarchy);
	owner_set_u32(run, "cgroup1_subsys", subsys);
}

int owner__configure(struct run *run, const struct owner_options *o)
{
	struct process_filter filter;
	struct cgroup_target target;
	bool any = owner__filters(o);
	uint32_t netns;
	int err;

	if (process_filter__set(&filter, o))
		return TOOL_TOLD(TOOL_USAGE);
	/* A tool that has filters by address asks for it itself. */
	err = o->netns ? netns_follow__configure(run, o->netns, &netns) : 0;
	err = err ?: owner_cgroup(o, run, &target);
	if (err)
		return err;
	owner_set(run, "process_filter", &filter, sizeof(filter));
	owner_set_u32(run, "filter_pid", filter.pid);
	owner_set_u32(run, "filter_uid", filter.uid);
	owner_set(run, "filter_comm", filter.comm, sizeof(filter.comm));
	owner_set(run, "filter_owner", &any, sizeof(any));
	owner_set_cgroup(run, &target);
	return process_filter__plan(run, &filter);
}
