// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/cgroup/unit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "common/cgroup/cgroup.h"

/* NAME_MAX */
#define UNIT_PART_MAX 255
#define SEARCH_FOUND 1

struct unit_search {
	const char *name;
	char *path;
	size_t size;
};

static bool has_end(const char *s, size_t len, const char *end)
{
	size_t n = strlen(end);

	return len > n && !memcmp(s + len - n, end, n);
}

/* Of what has processes of its own. A slice has none, the other kinds no cgroup. */
static bool is_unit(const char *s, size_t len)
{
	static const char *const kinds[] = { ".service", ".scope", ".socket", ".mount", ".swap" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (has_end(s, len, kinds[i]))
			return true;
	return false;
}

/* systemd sets '_' before names that the kernel might take for files of its own (cg_escape()). */
static char *unit_copy(char *to, const char *s, size_t len)
{
	if (*s == '_') {
		s++;
		len--;
	}
	memcpy(to, s, len);
	to[len] = '\0';
	return to + len;
}

static bool is_slice(const char *s, size_t len)
{
	return has_end(s, len, ".slice");
}

static bool is_users_manager(const char *s, size_t len)
{
	return !strncmp(s, "user@", 5) && has_end(s, len, ".service");
}

int unit__from_path(const char *path, char *name)
{
	char *end = name;

	*name = '\0';
	while (*path) {
		size_t len = strcspn(path += strspn(path, "/"), "/");

		if (len > UNIT_PART_MAX || (len && !is_unit(path, len) && !is_slice(path, len)))
			break;
		if (is_unit(path, len)) {
			/* A manager within a user's manager is but a name. */
			bool manager = end == name && is_users_manager(path, len);

			if (end != name)
				*end++ = '/';
			end = unit_copy(end, path, len);
			if (!manager)
				break;
		}
		path += len;
	}
	return end == name ? -ENOENT : 0;
}

static bool search_wants(const struct unit_search *s, const char *path)
{
	char unit[UNIT_NAME_SIZE];
	size_t len = strlen(s->name);

	if (unit__from_path(path, unit) || strncmp(unit, s->name, len))
		return false;
	return !unit[len] || !strcmp(unit + len, ".service");
}

/* Parents come first: the first cgroup that is of the unit is its own. */
static int search_visit(const char *path, uint64_t id, void *ctx)
{
	struct unit_search *s = ctx;

	(void)id;
	if (!search_wants(s, path))
		return 0;
	if (strlen(path) >= s->size)
		return -ENAMETOOLONG;
	strcpy(s->path, path);
	return SEARCH_FOUND;
}

int unit__find(const char *name, char *path, size_t size)
{
	static const char *const hierarchies[] = { "", "name=systemd" };
	struct unit_search s = { name, path, size };

	*path = '\0';
	for (size_t i = 0; i < sizeof(hierarchies) / sizeof(hierarchies[0]); i++) {
		const struct cgroup_hierarchy *h = cgroup__hierarchy(hierarchies[i]);
		int err = h ? cgroup__walk(h, search_visit, &s) : 0;

		if (err == SEARCH_FOUND)
			return 0;
		if (err && err != -E2BIG)
			return err;
	}
	return -ENOENT;
}
