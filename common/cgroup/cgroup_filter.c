// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/cgroup/cgroup_filter.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "common/cgroup/cgroup.h"
#include "common/cgroup/container.h"
#include "common/base/msg.h"
#include "common/base/option.h"
#include "common/base/text.h"

/* Where css_set.subsys[] has the state of a v1 controller: enum cgroup_subsys_id. */
static int filter_subsys(const char *controller, const struct probe *p, uint32_t *subsys)
{
	char enumerator[64];
	int64_t value;

	snprintf(enumerator, sizeof(enumerator), "%s_cgrp_id", controller);
	if (probe__enumerator(p, enumerator, &value))
		return -ENOENT;
	*subsys = value;
	return 0;
}

static int filter_fill(struct cgroup_target *t, const struct cgroup_ref *ref, const char *given,
		       const struct probe *p)
{
	if (ref->nancestors >= CGROUP_TARGET_DEPTH) {
		msg__error(text__quote(given), "this cgroup is more than %d levels deep",
			   CGROUP_TARGET_DEPTH);
		return -EINVAL;
	}
	t->id = ref->id;
	t->hierarchy = ref->hierarchy;
	t->has_memory = cgroup__charges_memory(ref);
	for (uint32_t i = 0; i < ref->nancestors; i++)
		t->ancestors[i] = ref->ancestors[i];
	if (!ref->hierarchy || !filter_subsys(ref->controller, p, &t->subsys))
		return 0;
	msg__error(text__quote(given), "this kernel's BTF does not know the controller '%s'",
		   text__quote(ref->controller));
	return -EINVAL;
}

static int filter_cgroup(const char *given, struct cgroup_ref *ref)
{
	int err = cgroup__resolve(given, ref);

	if (err)
		msg__error(text__quote(given), "no cgroup: %s (systemd-cgls lists cgroups)",
			   strerror(-err));
	return err;
}

static void filter_candidates(const char *given)
{
	const struct container *list;
	size_t n = container__candidates(&list), used = 0;
	char ids[512] = "";

	for (size_t i = 0; i < n && i < CONTAINER_CANDIDATES_MAX && used < sizeof(ids); i++)
		used += snprintf(ids + used, sizeof(ids) - used, " %.32s", list[i].id);
	msg__error(text__quote(given), "matches %zu containers (give more digits of the ID):%s", n,
		   ids);
}

/*
 * On a hybrid host the container's cgroup of the same path in v1's memory hierarchy says more:
 * there its pages tell whose they are, also when a kernel thread writes them.
 */
static void filter_prefer_memory(struct cgroup_ref *ref)
{
	const struct cgroup_hierarchy *memory = cgroup__hierarchy("memory");
	struct cgroup_ref better;

	if (memory && !cgroup__charges_memory(ref) &&
	    !cgroup__resolve_in(memory, ref->path, &better))
		*ref = better;
}

static int filter_container(const char *given, struct cgroup_ref *ref)
{
	struct container c;
	int err = container__find(given, &c, ref);

	if (err == -ENOTUNIQ)
		filter_candidates(given);
	else if (err == -ENOENT)
		msg__error(text__quote(given), "no such running container (give its ID, the first "
					       "digits of its ID, or its name)");
	else if (err == -EACCES)
		msg__error(text__quote(given),
			   "no such container found, but some containers have no name here, "
			   "like those of users' own runtimes (give its ID)");
	else if (err)
		msg__error(text__quote(given), "no such container found: %s", strerror(-err));
	if (err)
		return err;
	msg__verbose("container %s %s, cgroup %s", c.runtime, c.id, text__quote(ref->path));
	return 0;
}

static int filter_find(const char *cgroup, const char *container, struct cgroup_ref *ref)
{
	int err;

	if (cgroup && container) {
		msg__error(option__typed("container"), "cannot be used together with %s",
			   option__typed("cgroup"));
		return -EINVAL;
	}
	err = cgroup ? filter_cgroup(cgroup, ref) : filter_container(container, ref);
	return err ? -EINVAL : 0;
}

int cgroup_filter__set(struct cgroup_target *t, const char *cgroup, const char *container,
		       const struct probe *p)
{
	struct cgroup_ref ref;

	memset(t, 0, sizeof(*t));
	if (!cgroup && !container)
		return 0;
	if (filter_find(cgroup, container, &ref))
		return -EINVAL;
	if (container)
		filter_prefer_memory(&ref);
	return filter_fill(t, &ref, cgroup ?: container, p);
}

int cgroup_filter__set_v2(struct cgroup_target *t, const char *cgroup, const char *container,
			  const struct probe *p)
{
	const char *given = cgroup ?: container;
	struct cgroup_ref ref, v2;

	memset(t, 0, sizeof(*t));
	if (!given)
		return 0;
	if (filter_find(cgroup, container, &ref))
		return -EINVAL;
	if (!ref.hierarchy)
		return filter_fill(t, &ref, given, p);
	if (!cgroup__resolve_in(cgroup__hierarchy(NULL), ref.path, &v2))
		return filter_fill(t, &v2, given, p);
	msg__error(text__quote(given),
		   "not in the hierarchy of cgroup v2, which sockets are known by");
	return -EINVAL;
}
