// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Paths of cgroups, whose names are chosen by whoever may create cgroups: joined from records, and
 * read for containers.
 */
#include <stdio.h>
#include "common/cgroup/cgroup_names.h"
#include "common/base/path.h"
#include "tests/fuzz/fuzz.h"

#define HEX "0123456789abcdef"

static void must_be_word(const char *s, size_t size)
{
	must(memchr(s, '\0', size));
	must(s[strspn(s, HEX "ghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:")] == '\0');
}

/* What a docker container's cgroup is for certain, by systemd's driver: the last part says all. */
static void check_docker(const char *path, const struct container *c, int err)
{
	const char *last = strrchr(path, '/'), *prefix = "/docker-";
	size_t digits;

	if (!last || strncmp(last, prefix, strlen(prefix)))
		return;
	last += strlen(prefix);
	digits = strspn(last, HEX);
	if (digits != 64 || strcmp(last + digits, ".scope"))
		return;
	must(!err && !strcmp(c->runtime, "docker"));
	must(strlen(c->id) == digits && !memcmp(c->id, last, digits));
	must(c->path_len <= strlen(path));
}

static void check_path(const char *path)
{
	struct container c, part;
	int err = container__from_path(path, &c);
	char *own;

	must(!err == !!*c.id);
	must_be_word(c.runtime, sizeof(c.runtime));
	must_be_word(c.id, sizeof(c.id));
	must_be_word(c.pod, sizeof(c.pod));
	must(c.path_len <= strlen(path));
	check_docker(path, &c, err);
	if (err)
		return;
	must(path[c.path_len] == '\0' || path[c.path_len] == '/');
	/* The container's own cgroup is its own. */
	own = strndup(path, c.path_len);
	must(own && !container__from_path(own, &part));
	must(!strcmp(part.id, c.id) && !strcmp(part.runtime, c.runtime));
	must(part.path_len == c.path_len);
	free(own);
}

/* Names between NULs, from the last to the first, one after the other. */
static char *naive_join(const char *names, size_t len, bool cut)
{
	size_t starts[CGROUP_PATH_MAX], count = 0, at = 0;
	char *path = calloc(1, PATH_JOIN_SIZE(len) + len);

	must(path);
	while (at < len) {
		starts[count++] = at;
		at += strnlen(names + at, len - at) + 1;
	}
	strcpy(path, cut ? "..." : "");
	while (count--) {
		at = starts[count];
		strcat(path, "/");
		strncat(path, names + at, strnlen(names + at, len - at));
	}
	if (!*path)
		strcpy(path, "/");
	return path;
}

static void check_record(const char *names, size_t len, bool cut, uint64_t key)
{
	struct cgroup_path_record *r = calloc(1, sizeof(*r) + len);
	struct cgroup_names *all = cgroup_names__new(NULL);
	const struct cgroup_name *name;
	char *path;

	must(r && all);
	*r = (struct cgroup_path_record){ { 1, RECORD_CGROUP, sizeof(*r) + len }, key, cut, 0 };
	memcpy(r + 1, names, len);
	must(cgroup_names__add(all, &r->head) == 0);
	name = cgroup_names__find(all, key);
	/* No cgroup of this machine's has that number, which the file system is asked for. */
	must(name && !cgroup_names__find(all, key | 1ULL << 62));
	path = naive_join(names, len, cut);
	must(!strcmp(name->path, path));
	check_path(path);
	free(path);
	cgroup_names__free(all);
	free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static bool begun;
	char *path;

	if (!begun)
		cgroup__set_root("/nonexistent");
	begun = true;
	path = calloc(1, len + 1);
	must(path);
	memcpy(path, data, len);
	check_path(path);
	free(path);
	if (len && len <= CGROUP_PATH_MAX)
		check_record((const char *)data + 1, len - 1, data[0] & 1, 1 + data[0]);
	return 0;
}
