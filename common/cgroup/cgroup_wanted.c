// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/cgroup/cgroup_wanted.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "common/base/text.h"
#include "common/cgroup/cgroup_mount.h"
#include "common/cgroup/container.h"
#include "common/cgroup/unit.h"

/* "web-0/web" is "default/web-0/web". */
static bool name_ends_with(const char *name, const char *what)
{
	size_t len = strlen(name), n = strlen(what);

	return n <= len && !strcmp(name + len - n, what) && (n == len || name[len - n - 1] == '/');
}

static bool is_id(const struct cgroup_wanted *w, const struct container *c)
{
	size_t n = strlen(w->given);

	if (*w->id)
		return !strcmp(c->id, w->id);
	if (w->by_name)
		return false;
	if (!strcmp(c->id, w->given))
		return true;
	/* A machine's ID is its name. */
	return !*c->name && n >= CONTAINER_PREFIX_MIN && !strncmp(c->id, w->given, n);
}

/* `c` is as container__from_path() has left it. */
static enum cgroup_verdict container_verdict(struct cgroup_wanted *w, struct container *c)
{
	int err;

	if (is_id(w, c)) {
		snprintf(w->id, sizeof(w->id), "%s", c->id);
		return CGROUP_INSIDE;
	}
	if (*w->id)
		return CGROUP_OUTSIDE;
	err = container__name(c);
	if (!err && name_ends_with(c->name, w->given)) {
		w->by_name = true;
		return CGROUP_INSIDE;
	}
	w->unread |= err == -EACCES || err == -EPERM;
	/* It may not be there yet, or not whole. */
	return err && err != -EACCES && err != -EPERM ? CGROUP_PENDING : CGROUP_OUTSIDE;
}

/* Containers that are in one another, from the outermost on. `len`: how much of the path it is. */
static enum cgroup_verdict in_container(struct cgroup_wanted *w, const char *path, size_t *len)
{
	enum cgroup_verdict verdict = CGROUP_OUTSIDE, one;
	char part[PATH_MAX];
	struct container c;

	for (*len = 0; path[*len] && verdict != CGROUP_INSIDE;) {
		*len += strspn(path + *len, "/");
		*len += strcspn(path + *len, "/");
		if (*len >= sizeof(part))
			break;
		memcpy(part, path, *len);
		part[*len] = '\0';
		if (container__from_path(part, &c) || c.path_len != *len)
			continue;
		one = container_verdict(w, &c);
		if (one != CGROUP_OUTSIDE)
			verdict = one;
	}
	return verdict;
}

static enum cgroup_verdict in_unit(const struct cgroup_wanted *w, const char *path)
{
	char unit[UNIT_NAME_SIZE];
	size_t len = strlen(w->given);

	if (unit__from_path(path, unit) || strncmp(unit, w->given, len))
		return CGROUP_OUTSIDE;
	return !unit[len] || !strcmp(unit + len, ".service") ? CGROUP_INSIDE : CGROUP_OUTSIDE;
}

static enum cgroup_verdict in_path(const struct cgroup_wanted *w, const char *path)
{
	if (!strcmp(w->path, "/") || cgroup_mount__is_below(path, w->path))
		return CGROUP_INSIDE;
	if (!strcmp(path, "/") || cgroup_mount__is_below(w->path, path))
		return CGROUP_UNKNOWN;
	return CGROUP_OUTSIDE;
}

enum cgroup_verdict cgroup_wanted__verdict(struct cgroup_wanted *w, const char *path)
{
	size_t len;

	switch (w->kind) {
	case CGROUP_WANTED_PATH:
		return in_path(w, path);
	case CGROUP_WANTED_UNIT:
		return in_unit(w, path);
	case CGROUP_WANTED_CONTAINER:
		return in_container(w, path, &len);
	}
	return CGROUP_OUTSIDE;
}

/* The shortest beginning that is of the unit. */
static size_t unit_len(const struct cgroup_wanted *w, const char *path)
{
	char part[PATH_MAX];
	size_t len = 0;

	while (path[len]) {
		len += strspn(path + len, "/");
		len += strcspn(path + len, "/");
		if (len >= sizeof(part))
			break;
		memcpy(part, path, len);
		part[len] = '\0';
		if (in_unit(w, part) == CGROUP_INSIDE)
			break;
	}
	return len;
}

size_t cgroup_wanted__own_len(struct cgroup_wanted *w, const char *path)
{
	size_t len = 0;

	if (w->kind == CGROUP_WANTED_PATH)
		return strlen(w->path);
	if (w->kind == CGROUP_WANTED_UNIT)
		return unit_len(w, path);
	in_container(w, path, &len);
	return len;
}

const char *cgroup_wanted__text(const struct cgroup_wanted *w)
{
	static const char *const kinds[] = { "cgroup", "unit", "container" };
	static char text[512];

	snprintf(text, sizeof(text), "%s '%s'", kinds[w->kind],
		 text__quote(w->kind == CGROUP_WANTED_PATH ? w->path : w->given));
	return text;
}
