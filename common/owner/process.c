// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/owner/process.h"

#include <stdio.h>
#include <string.h>
#include "common/cgroup/cgroup.h"
#include "common/out/out.h"

void process__cgroup1(const struct cgroup_target *target, const struct probe *p,
		      uint32_t *hierarchy, uint32_t *subsys)
{
	/* By their names in mounts, and in the kernel's enumerators. */
	static const char *const wanted[][2] = {
		{ "memory", "memory_cgrp_id" },
		{ "pids", "pids_cgrp_id" },
		{ "cpu", "cpu_cgrp_id" },
		{ "blkio", "io_cgrp_id" },
	};

	*hierarchy = target->hierarchy;
	*subsys = target->subsys;
	for (size_t i = 0; !*hierarchy && i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		const struct cgroup_hierarchy *h = cgroup__hierarchy(wanted[i][0]);
		int64_t value;

		if (!h || !h->id || probe__enumerator(p, wanted[i][1], &value))
			continue;
		*hierarchy = h->id;
		*subsys = value;
	}
}

/* On a hybrid host what is in v2's root is told by its v1 cgroup. */
static void row_cgroup(struct process_row *row, const struct process *p,
		       const struct cgroup_name *v2, const struct cgroup_name *v1)
{
	bool use_v1 = v1 && (!v2 || !strcmp(v2->path, "/"));
	const struct cgroup_name *name = use_v1 ? v1 : v2;

	row->cgroup = name ? name->path : NULL;
	row->cgroup_id = use_v1 ? p->cgroup1_id : p->cgroup_id ?: FIELD_UNKNOWN;
	row->container_full = v2 ? v2->container : NULL;
	if (!row->container_full && v1)
		row->container_full = v1->container;
}

void process__row(const struct process *p, const struct process_names *names,
		  struct process_row *row)
{
	const struct cgroup_name *v2, *v1 = NULL;
	const struct container *c;

	row->pid = p->pid;
	row->tid = p->tid;
	row->uid = p->uid;
	row->euid = p->euid;
	memcpy(row->comm_text, p->comm, sizeof(p->comm));
	row->comm_text[PROCESS_COMM_LEN] = '\0';
	row->comm = row->comm_text;
	v2 = cgroup_names__find(names->cgroups, CGROUP_KEY(0, p->cgroup_id));
	if (p->cgroup1_id)
		v1 = cgroup_names__find(names->cgroups, CGROUP_KEY(names->cgroup1, p->cgroup1_id));
	if ((p->cgroup_id && !v2) || (p->cgroup1_id && !v1))
		cgroup_names__miss(names->cgroups);
	row_cgroup(row, p, v2, v1);
	c = row->container_full;
	row->container = NULL;
	if (!c)
		return;
	snprintf(row->container_id, sizeof(row->container_id), "%.12s", c->id);
	row->container = *c->name ? c->name : row->container_id;
}

void process__row_unknown(struct process_row *row)
{
	memset(row, 0, sizeof(*row));
	row->pid = row->tid = row->uid = row->euid = row->cgroup_id = FIELD_UNKNOWN;
}

void process__json(const struct process_row *row, struct json *j)
{
	if (row->container_full)
		process__json_container(row->container_full, j);
}

const struct member process_container_members[] = {
	{ "runtime", "string", NULL, "what runs it, such as docker, podman, containerd, crio" },
	{ "id", "string", NULL, "its whole ID" },
	{ "name", "text", "where it is known", "its name" },
	{ "pod", "string", "in a pod of Kubernetes", "the pod's UID" },
	{},
};

void process__json_container(const struct container *c, struct json *j)
{
	json__object(j, "container");
	json__str(j, "runtime", c->runtime);
	json__str(j, "id", c->id);
	if (*c->name)
		json__text(j, "name", c->name);
	if (*c->pod)
		json__str(j, "pod", c->pod);
	json__object_end(j);
}
