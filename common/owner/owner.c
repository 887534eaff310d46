// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/owner/owner.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include "common/base/msg.h"
#include "common/base/option.h"
#include "common/base/text.h"
#include "common/cgroup/cgroup_filter.h"
#include "common/net/net.h"
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

/* As a cgroup's path, which belongs to `path`. */
static int owner_unit(const char *unit, char *path, size_t size)
{
	int err = unit__find(unit, path, size);

	if (!err)
		return 0;
	msg__error(option__typed("unit"), "'%s': %s", text__quote(unit),
		   err == -ENOENT ?
			   "no such unit is running (systemctl shows them; a unit of a user "
			   "is user@UID.service/NAME)" :
			   strerror(-err));
	return -EINVAL;
}

static int owner_cgroup(const struct owner_options *o, struct run *run,
			struct cgroup_target *target)
{
	const char *cgroup = o->cgroup;
	char path[PATH_MAX];

	if (o->unit && (cgroup || o->container)) {
		msg__error(option__typed("unit"), "cannot be used together with %s",
			   option__typed(cgroup ? "cgroup" : "container"));
		return -EINVAL;
	}
	if (o->unit) {
		if (owner_unit(o->unit, path, sizeof(path)))
			return -EINVAL;
		cgroup = path;
	}
	if (o->sockets)
		return cgroup_filter__set_v2(target, cgroup, o->container, run->probe);
	return cgroup_filter__set(target, cgroup, o->container, run->probe);
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

	if (process_filter__set(&filter, o) || owner_cgroup(o, run, &target) ||
	    net_filter__netns(o->netns, &netns))
		return TOOL_TOLD(TOOL_USAGE);
	owner_set(run, "process_filter", &filter, sizeof(filter));
	owner_set_u32(run, "filter_pid", filter.pid);
	owner_set_u32(run, "filter_uid", filter.uid);
	owner_set(run, "filter_comm", filter.comm, sizeof(filter.comm));
	owner_set_u32(run, "filter_netns", netns);
	owner_set(run, "filter_owner", &any, sizeof(any));
	owner_set_cgroup(run, &target);
	return process_filter__plan(run, &filter);
}
