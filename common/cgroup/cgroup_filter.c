// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/cgroup/cgroup_filter.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "common/cgroup/cgroup.h"
#include "common/cgroup/cgroup_future.h"
#include "common/cgroup/container.h"
#include "common/cgroup/unit.h"
#include "common/base/msg.h"
#include "common/base/option.h"
#include "common/base/text.h"

/* What is there now; `h` also where it is not there yet. */
struct found {
	const struct cgroup_hierarchy *h;
	struct cgroup_ref ref;
	bool there;
};

static int filter_refuse(const char *given, const char *text)
{
	msg__error(text__quote(given), "%s", text);
	return -EINVAL;
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

static void found_is(struct found *found)
{
	found->there = true;
	found->h = cgroup_mount__by_id(found->ref.hierarchy);
}

/* ---- --cgroup ---- */

static int filter_cgroup(const char *given, struct cgroup_wanted *w, struct found *found)
{
	int err = cgroup__resolve(given, &found->ref);

	if (!err) {
		strcpy(w->path, found->ref.path);
		found_is(found);
		return 0;
	}
	if (err == -ENOENT)
		err = cgroup_future__path(given, w->path, &found->h);
	if (err)
		msg__error(text__quote(given), "no cgroup: %s (systemd-cgls lists cgroups)",
			   strerror(-err));
	return err ? -EINVAL : 0;
}

/* ---- --unit ---- */

/* What systemd takes, a user's manager before it, and of kinds that have processes. */
static bool unit_can_be(const char *name)
{
	static const char *const without[] = { ".slice",  ".target", ".timer",
					       ".device", ".path",   ".automount" };
	size_t len = strlen(name);

	if (!len || len >= UNIT_NAME_SIZE || name[0] == '/' || name[len - 1] == '/' ||
	    strspn(name, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			 ":_.@-\\/") != len)
		return false;
	for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++) {
		size_t n = strlen(without[i]);

		if (len >= n && !strcmp(name + len - n, without[i]))
			return false;
	}
	return true;
}

static int filter_unit(const char *given, struct found *found)
{
	char path[PATH_MAX];
	int err;

	if (!unit_can_be(given)) {
		msg__error(option__typed("unit"),
			   "'%s': no unit with processes can have that name (for a slice use "
			   "--cgroup)",
			   text__quote(given));
		return -EINVAL;
	}
	err = unit__find(given, path, sizeof(path));
	if (!err && !cgroup__resolve(path, &found->ref))
		found_is(found);
	else if (!err)
		msg__warn(
			option__typed("unit"),
			"'%s' is running, but has a cgroup in systemd's own hierarchy of v1 only, "
			"which programs do not know: it needs a controller, as by "
			"CPUAccounting=yes",
			text__quote(given));
	if (!err || err == -ENOENT)
		return 0;
	msg__error(option__typed("unit"), "'%s': %s", text__quote(given), strerror(-err));
	return -EINVAL;
}

/* ---- --container ---- */

/*
 * On a hybrid host the container's cgroup of the same path in v1's memory hierarchy says more:
 * there its pages tell whose they are, also when a kernel thread writes them.
 */
static void filter_prefer_memory(struct found *found)
{
	const struct cgroup_hierarchy *memory = cgroup__hierarchy("memory");
	struct cgroup_ref better;

	if (!memory || !memory->id)
		return;
	if (!found->there) {
		found->h = memory;
	} else if (!cgroup__charges_memory(&found->ref) &&
		   !cgroup__resolve_in(memory, found->ref.path, &better)) {
		found->ref = better;
		found->h = memory;
	}
}

/* No runtime takes blanks, control characters or letters of other alphabets. */
static bool container_can_be(const char *name)
{
	size_t len = strlen(name), n = 0;

	while (name[n] > ' ' && name[n] < 0x7f)
		n++;
	return len && n == len && len < sizeof(((struct container *)NULL)->name);
}

static int filter_container(const char *given, struct cgroup_wanted *w, struct found *found)
{
	struct container c;
	int err;

	if (!container_can_be(given))
		return filter_refuse(given, "no container can have that name");
	err = container__find(given, &c, &found->ref);
	if (err == -ENOENT || err == -EACCES || err == -E2BIG) {
		w->unread = err == -EACCES;
		filter_prefer_memory(found);
		return 0;
	}
	if (err == -ENOTUNIQ)
		filter_candidates(given);
	else if (err)
		msg__error(text__quote(given), "no such container found: %s", strerror(-err));
	if (err)
		return -EINVAL;
	found_is(found);
	filter_prefer_memory(found);
	w->by_name = strncmp(c.id, given, strlen(given)) != 0;
	if (!w->by_name)
		snprintf(w->id, sizeof(w->id), "%s", c.id);
	return 0;
}

/* ---- the hierarchy ---- */

/* Sockets know their cgroup of v2 only. */
static int filter_v2(const char *given, struct found *found)
{
	const struct cgroup_hierarchy *v2 = cgroup__hierarchy(NULL);
	struct cgroup_ref ref;

	if (!v2)
		return filter_refuse(given, "there is no cgroup v2 here, which sockets are known "
					    "by");
	if (found->there && found->h->id) {
		if (cgroup__resolve_in(v2, found->ref.path, &ref))
			return filter_refuse(given, "not in the hierarchy of cgroup v2, which "
						    "sockets are known by");
		found->ref = ref;
	}
	found->h = v2;
	return 0;
}

/* Where css_set.subsys[] has the state of a v1 controller: enum cgroup_subsys_id. */
static int filter_subsys(const char *given, const struct cgroup_hierarchy *h,
			 struct cgroup_target *t, const struct probe *p)
{
	char controller[CGROUP_CONTROLLER_SIZE], enumerator[64];
	int64_t value;

	if (!h->id)
		return 0;
	cgroup__controller(h, controller);
	snprintf(enumerator, sizeof(enumerator), "%s_cgrp_id", controller);
	if (!probe__enumerator(p, enumerator, &value)) {
		t->subsys = value;
		return 0;
	}
	msg__error(text__quote(given), "this kernel's BTF does not know the controller '%s'",
		   text__quote(controller));
	return -EINVAL;
}

static int filter_fill(const char *given, const struct cgroup_hierarchy *h, struct cgroup_target *t,
		       const struct probe *p)
{
	char dir[PATH_MAX];
	struct stat st;

	if (cgroup_mount__dir(h, "/", dir, sizeof(dir)) || stat(dir, &st)) {
		msg__error(text__quote(given), "%s: %s", h->mount, strerror(errno));
		return -EINVAL;
	}
	t->given = true;
	t->hierarchy = h->id;
	t->base = st.st_ino;
	return filter_subsys(given, h, t, p);
}

static int filter_find(const struct cgroup_filter *f, struct cgroup_wanted *w, struct found *found)
{
	w->given = f->cgroup ?: f->container ?: f->unit;
	if (f->cgroup) {
		w->kind = CGROUP_WANTED_PATH;
		return filter_cgroup(f->cgroup, w, found);
	}
	if (f->unit) {
		w->kind = CGROUP_WANTED_UNIT;
		return filter_unit(f->unit, found);
	}
	w->kind = CGROUP_WANTED_CONTAINER;
	return filter_container(f->container, w, found);
}

static int filter_check(const struct cgroup_filter *f)
{
	if (f->unit && (f->cgroup || f->container)) {
		msg__error(option__typed("unit"), "cannot be used together with %s",
			   option__typed(f->cgroup ? "cgroup" : "container"));
		return -EINVAL;
	}
	if (f->cgroup && f->container) {
		msg__error(option__typed("container"), "cannot be used together with %s",
			   option__typed("cgroup"));
		return -EINVAL;
	}
	return 0;
}

int cgroup_filter__set(const struct cgroup_filter *f, struct cgroup_wanted *w,
		       struct cgroup_target *t, const struct probe *p)
{
	struct found found = {};

	memset(w, 0, sizeof(*w));
	memset(t, 0, sizeof(*t));
	if (!f->cgroup && !f->container && !f->unit)
		return 0;
	if (filter_check(f))
		return -EINVAL;
	cgroup_mount__load();
	found.h = cgroup_mount__nth(0);
	if (filter_find(f, w, &found))
		return -EINVAL;
	if (f->sockets && filter_v2(w->given, &found))
		return -EINVAL;
	if (!found.h)
		return filter_refuse(w->given, "there are no cgroups here (no hierarchy is "
					       "mounted)");
	t->there = found.there ? found.ref.id : 0;
	return filter_fill(w->given, found.h, t, p);
}
