// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/cgroup/container.h"

#include <errno.h>
#include <string.h>
#include "common/cgroup/cgroup_mount.h"

/* How well a container fits what is looked for; only the best count. */
enum fit { FIT_NONE, FIT_PREFIX, FIT_NAME, FIT_ID };

struct search {
	const char *what;
	enum fit best;
	bool unread;	     /* a name that might be the one */
	char path[PATH_MAX]; /* of the first candidate */
};

static struct container candidates[CONTAINER_CANDIDATES_MAX];
static size_t candidate_count;

/* "web-0/web" is "default/web-0/web". */
static bool name_ends_with(const char *name, const char *what)
{
	size_t len = strlen(name), n = strlen(what);

	return n <= len && !strcmp(name + len - n, what) && (n == len || name[len - n - 1] == '/');
}

static enum fit fit_of(struct search *s, struct container *c)
{
	const char *what = s->what;
	size_t n = strlen(what);
	bool is_machine = *c->name;
	int err = container__name(c);

	if (err == -EACCES || err == -EPERM)
		s->unread = true;
	if (!strcmp(c->id, what))
		return FIT_ID;
	if (name_ends_with(c->name, what))
		return FIT_NAME;
	if (!is_machine && n >= CONTAINER_PREFIX_MIN && !strncmp(c->id, what, n))
		return FIT_PREFIX;
	return FIT_NONE;
}

static int search_visit(const char *path, uint64_t id, void *ctx)
{
	struct search *s = ctx;
	struct container c;
	enum fit fit;

	(void)id;
	if (container__from_path(path, &c) || c.path_len != strlen(path))
		return 0;
	fit = fit_of(s, &c);
	if (fit == FIT_NONE || fit < s->best)
		return 0;
	if (fit > s->best) {
		candidate_count = 0;
		strcpy(s->path, path);
	}
	s->best = fit;
	if (candidate_count < CONTAINER_CANDIDATES_MAX)
		candidates[candidate_count] = c;
	candidate_count++;
	return 0;
}

static int find_in(const struct cgroup_hierarchy *h, struct search *s, struct cgroup_ref *ref)
{
	int err = cgroup__walk(h, search_visit, s);

	if (candidate_count > 1)
		return -ENOTUNIQ;
	if (candidate_count)
		return cgroup__resolve_in(h, s->path, ref);
	return err ? err : s->unread ? -EACCES : -ENOENT;
}

int container__find(const char *what, struct container *c, struct cgroup_ref *ref)
{
	struct search s = { .what = what };
	const struct cgroup_hierarchy *h;
	int err, in_h;

	candidate_count = 0;
	if (!what || !*what)
		return -EINVAL;
	err = cgroup_mount__load();
	if (err)
		return err;
	err = -ENOENT;
	for (size_t i = 0; !candidate_count && (h = cgroup_mount__nth(i)); i++) {
		in_h = find_in(h, &s, ref);
		if (candidate_count || err == -ENOENT)
			err = in_h;
	}
	if (!err)
		*c = candidates[0];
	return err;
}

size_t container__candidates(const struct container **list)
{
	*list = candidates;
	return candidate_count;
}
