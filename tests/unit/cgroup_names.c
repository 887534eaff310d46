// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/cgroup/cgroup_names.h"

#include <errno.h>
#include "common/base/clock.h"
#include "common/base/path.h"
#include "tests/unit/random.h"
#include "tests/unit/tap.h"
#include "tests/unit/tree.h"

static union {
	struct cgroup_path_record r;
	char room[sizeof(struct cgroup_path_record) + CGROUP_PATH_MAX + 8];
} told;

static int tell(struct cgroup_names *n, uint64_t key, const char *names, size_t len, bool cut)
{
	told.r = (struct cgroup_path_record){ .head = { 1, RECORD_CGROUP, sizeof(told.r) + len },
					      .key = key,
					      .cut = cut };
	memcpy(told.room + sizeof(told.r), names, len);
	return cgroup_names__add(n, &told.r.head);
}

/* With the literal's own NUL. */
#define TELL(n, key, names) tell(n, key, names, sizeof(names), false)

static const char *path(struct cgroup_names *n, uint64_t key)
{
	const struct cgroup_name *name = cgroup_names__find(n, key);

	return name ? name->path : NULL;
}

static const char *joined(const char *names, size_t len, bool cut)
{
	static char text[256];

	path__join(text, names, len, cut);
	return text;
}

#define JOINED(names, cut) joined(names, sizeof(names) - 1, cut)
#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void test_many(struct cgroup_names *n)
{
	char name[32];
	unsigned int lost = 0;

	for (uint64_t i = 0; i < 100000; i++) {
		int len = snprintf(name, sizeof(name), "c%llu", (unsigned long long)i) + 1;

		tell(n, 100 + i, name, len, false);
		/* As records under way do, that were sent before the programs began anew. */
		for (uint64_t back = 0; back < 900 && back <= i; back += 300) {
			snprintf(name, sizeof(name), "/c%llu", (unsigned long long)(i - back));
			lost += !path(n, 100 + i - back) || strcmp(path(n, 100 + i - back), name);
		}
	}
	is_u64(lost, 0, "of 100,000 cgroups the last hundreds are known at any time");
	ok(!cgroup_names__find(n, 100), "and not all of them");
}

#define LIST "/var/lib/containers/storage/overlay-containers/containers.json"

static void storm_list(const char *name)
{
	char *text = malloc(8 << 20), *at = text;

	at += sprintf(at, "[");
	for (int i = 0; i < 10000; i++)
		at += sprintf(at, "{\"id\":\"%d\",\"x\":\"%600d\"},", i, i);
	sprintf(at, "{\"id\":\"" ID "\",\"names\":[\"%s\"]}]", name);
	tree_file(LIST, text);
	free(text);
}

/* Somebody makes cgroups that are called like containers, and the list changes all the time. */
static void test_storm(struct cgroup_names *n)
{
	const struct cgroup_name *name = NULL;
	uint64_t spent_ns = 0, start_ns;
	char text[32];

	cgroup__set_root(tree_open());
	for (uint64_t i = 0; i < 30; i++) {
		snprintf(text, sizeof(text), "name%d", (int)i);
		storm_list(text);
		start_ns = clock__mono_ns();
		tell(n, 1000000 + i, "libpod-" ID ".scope", strlen("libpod-" ID ".scope") + 1,
		     false);
		name = cgroup_names__find(n, 1000000 + i);
		spent_ns += clock__mono_ns() - start_ns;
		if (!i)
			is_str(name->container->name, "name0", "a container's name");
	}
	ok(spent_ns < 3 * NSEC_PER_SEC, "names are not looked for all the time (%llu ms)",
	   (unsigned long long)spent_ns / 1000000);
	is_str(name->container->name, "", "... then it is not known");
	for (int i = 0; i < 100 && !*name->container->name; i++) {
		usleep(100000);
		name = cgroup_names__find(n, 1000029);
	}
	is_str(name->container->name, "name29", "... but a while later");
	cgroup__set_root(NULL);
	tree_close();
}

int main(void)
{
	struct cgroup_names *n = cgroup_names__new(NULL);
	const struct cgroup_name *name;
	char bytes[CGROUP_PATH_MAX];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = random_u64() % 8 ? random_u64() : 0;
	is_str(JOINED("", false), "/", "path: no names");
	is_str(JOINED("c\0b\0a\0", false), "/a/b/c", "path: from the root");
	is_str(JOINED("c\0b\0", true), ".../b/c", "path: without its beginning");
	is_str(JOINED("c\0b", false), "/b/c", "path: the last name without its end");

	is_int(TELL(n, 7, "a.service\0system.slice"), 0, "a cgroup is told");
	is_str(path(n, 7), "/system.slice/a.service", "its path");
	ok(!cgroup_names__find(n, 7)->container, "it is no container");
	is_int(TELL(n, CGROUP_KEY(3, 7), "x"), 0, "the same id in another hierarchy");
	is_str(path(n, CGROUP_KEY(3, 7)), "/x", "is another cgroup");
	is_str(path(n, 7), "/system.slice/a.service", "which takes nobody's place");
	is_int(tell(n, 8, "", 0, false), 0, "the root");
	is_str(path(n, 8), "/", "its path");
	is_str(path(n, 9), NULL, "one that was not told");

	TELL(n, 10, "container\0libpod-" ID ".scope\0machine.slice");
	name = cgroup_names__find(n, 10);
	ok(name->container && !strcmp(name->container->runtime, "podman") &&
		   !strcmp(name->container->id, ID),
	   "a container below its scope");

	is_int(TELL(n, 0, "x"), -EINVAL, "no key");
	told.r.head.size = 8;
	is_int(cgroup_names__add(n, &told.r.head), -EINVAL, "too short");
	is_int(tell(n, 11, bytes, sizeof(bytes), false), 0, "any bytes, as many as may be");
	test_many(n);
	test_storm(n);
	cgroup_names__free(n);
	cgroup_names__free(NULL);
	return done_testing();
}
