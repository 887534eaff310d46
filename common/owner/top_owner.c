// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/owner/top_owner.h"

#include <stdio.h>
#include <string.h>
#include "common/cgroup/container.h"
#include "common/cgroup/unit.h"

/* Of a longer path the end is kept; its number tells the cgroup apart. */
#define CGROUP_SHOWN 504

struct process_key {
	uint32_t pid;
	char comm[PROCESS_COMM_LEN + 1];
};

struct program_key {
	char comm[PROCESS_COMM_LEN + 1];
};

/*
 * Names are not unique, may be found only later, and may be cut; IDs are what runtimes tell
 * containers apart by. Of a machine, whose ID somebody has chosen, the runtime is part of it.
 */
struct container_key {
	char id[sizeof(((struct container *)NULL)->id)];
	char runtime[sizeof(((struct container *)NULL)->runtime)];
	char name[sizeof(((struct container *)NULL)->name)];
};

_Static_assert(sizeof(struct container_key) <= TOP_KEY_MAX, "the largest key");

struct cgroup_key {
	uint64_t id;
	char path[CGROUP_SHOWN];
};

static void key_text(char *to, size_t size, const char *text)
{
	snprintf(to, size, "%s", text ?: "");
}

static const char *row_text(const char *text)
{
	return *text ? text : NULL;
}

static void process_key(void *key, const struct top_owner *owner, const void *event)
{
	struct process_key *k = key;

	(void)event;
	k->pid = owner->pid;
	if (owner->pid)
		key_text(k->comm, sizeof(k->comm), owner->comm);
}

static void process_row(const void *key, void *row)
{
	const struct process_key *k = key;
	struct top_row *r = row;

	r->pid = k->pid ?: FIELD_UNKNOWN;
	r->comm = row_text(k->comm);
}

static void program_key(void *key, const struct top_owner *owner, const void *event)
{
	struct program_key *k = key;

	(void)event;
	key_text(k->comm, sizeof(k->comm), owner->comm);
}

static void program_row(const void *key, void *row)
{
	const struct program_key *k = key;

	((struct top_row *)row)->comm = row_text(k->comm);
}

static void parent_key(void *key, const struct top_owner *owner, const void *event)
{
	struct process_key *k = key;

	(void)event;
	k->pid = owner->ppid;
	key_text(k->comm, sizeof(k->comm), owner->pcomm);
}

static void parent_row(const void *key, void *row)
{
	const struct process_key *k = key;
	struct top_row *r = row;

	r->ppid = k->pid ?: FIELD_UNKNOWN;
	r->pcomm = row_text(k->comm);
}

static void container_key(void *key, const struct top_owner *owner, const void *event)
{
	const struct container *c = owner->container_full;
	struct container_key *k = key;

	(void)event;
	key_text(k->name, sizeof(k->name), owner->container);
	if (!c)
		return;
	key_text(k->id, sizeof(k->id), c->id);
	if (!strcmp(c->id, c->name))
		key_text(k->runtime, sizeof(k->runtime), c->runtime);
}

static void container_row(const void *key, void *row)
{
	const struct container_key *k = key;

	((struct top_row *)row)->container = row_text(k->name);
	((struct top_row *)row)->container_id = row_text(k->id);
}

static void cgroup_key(void *key, const struct top_owner *owner, const void *event)
{
	const char *path = owner->cgroup ?: "";
	struct cgroup_key *k = key;
	size_t len = strlen(path);

	(void)event;
	/* A cgroup that was made anew, as by a restart of its service, is the same one. */
	if (len < sizeof(k->path)) {
		memcpy(k->path, path, len);
	} else {
		k->id = owner->cgroup_id;
		snprintf(k->path, sizeof(k->path), "...%s",
			 path + len - (sizeof(k->path) - sizeof("...")));
	}
}

static void cgroup_row(const void *key, void *row)
{
	const struct cgroup_key *k = key;

	((struct top_row *)row)->cgroup = row_text(k->path);
}

static void unit_key(void *key, const struct top_owner *owner, const void *event)
{
	char name[UNIT_NAME_SIZE];

	(void)event;
	if (owner->cgroup && !unit__from_path(owner->cgroup, name))
		strcpy(key, name);
}

static void unit_row(const void *key, void *row)
{
	((struct top_row *)row)->unit = row_text(key);
}

const struct top_by top_by_process = { "process", sizeof(struct process_key), process_key,
				       process_row };
const struct top_by top_by_program = { "program", sizeof(struct program_key), program_key,
				       program_row };
const struct top_by top_by_parent = { "parent", sizeof(struct process_key), parent_key,
				      parent_row };
const struct top_by top_by_container = { "container", sizeof(struct container_key), container_key,
					 container_row, offsetof(struct container_key, name) };
const struct top_by top_by_cgroup = { "cgroup", sizeof(struct cgroup_key), cgroup_key, cgroup_row };
const struct top_by top_by_unit = { "unit", UNIT_NAME_SIZE, unit_key, unit_row };

void top_owner__of(struct top_owner *owner, const struct process_row *row)
{
	*owner = (struct top_owner){
		.pid = row->pid == FIELD_UNKNOWN ? 0 : row->pid,
		.comm = row->comm,
		.cgroup = row->cgroup,
		.container = row->container,
		.container_full = row->container_full,
		.cgroup_id = row->cgroup_id == FIELD_UNKNOWN ? 0 : row->cgroup_id,
	};
}
