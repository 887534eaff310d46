// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* With what is inside: whose time is over, and how much memory it takes. */
#include "common/cgroup/cgroup_names.c"

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

static void tell_number(struct cgroup_names *n, uint64_t i)
{
	char name[32];

	tell(n, i, name, snprintf(name, sizeof(name), "c%llu", (unsigned long long)i) + 1, false);
}

static bool knows_number(struct cgroup_names *n, uint64_t i)
{
	char name[32];

	snprintf(name, sizeof(name), "/c%llu", (unsigned long long)i);
	return path(n, i) && !strcmp(path(n, i), name);
}

static void tell_numbers(struct cgroup_names *n, uint64_t from, uint64_t to)
{
	for (; from < to; from++)
		tell_number(n, from);
}

static uint64_t unknown_numbers(struct cgroup_names *n, uint64_t from, uint64_t to)
{
	uint64_t unknown = 0;

	for (; from < to; from++)
		unknown += !knows_number(n, from);
	return unknown;
}

/* What has not been shown keeps its names: of a reader that stood still, all that the ring holds.
 */
static void test_shown(void)
{
	struct cgroup_names *n = cgroup_names__new(NULL);
	uint64_t begun_ns = n->turned_ns;

	tell_numbers(n, 100, 20000);
	is_u64(unknown_numbers(n, 100, 20000), 0, "20,000 cgroups are told before any is shown");
	cgroup_names__shown(n, UINT64_MAX);
	is_u64(n->old.entries.count, 0, "what is young stays, since tools keep events back");
	n->turned_ns -= NAMES_NS;
	cgroup_names__shown(n, begun_ns - NAMES_NS - 1);
	is_u64(n->old.entries.count, 0, "and what is not shown stays");
	cgroup_names__shown(n, begun_ns);
	is_u64(n->now.entries.count, 0, "what is old and shown becomes the generation before");
	is_u64(unknown_numbers(n, 100, 200), 0, "... where it is found");
	is_u64(n->now.entries.count, 100, "... and what is found there moves on");
	tell_numbers(n, 20000, 20000 + NAMES_MAX);
	n->turned_ns -= NAMES_NS;
	cgroup_names__shown(n, UINT64_MAX);
	is_u64(unknown_numbers(n, 100, 200), 0,
	       "what was asked for is known after the next one, too");
	is_u64(unknown_numbers(n, 20000, 20000 + NAMES_MAX), 0, "... and what is new");
	ok(!cgroup_names__find(n, 300), "... and nothing else");
	cgroup_names__free(n);
}

/* Whatever is told, and never shown. */
static void test_bound(void)
{
	struct cgroup_names *n = cgroup_names__new(NULL);
	size_t most = 0, lost = 0;

	for (uint64_t i = 100; i < 700000; i++) {
		tell_number(n, i);
		most = n->now.bytes + n->old.bytes > most ? n->now.bytes + n->old.bytes : most;
		if (i % 1000 == 0)
			lost += unknown_numbers(n, i - 900, i);
	}
	is_u64(lost, 0, "of 700,000 cgroups the last ones are known at any time");
	is_str(path(n, 100), NULL, "and not all of them");
	ok(most > NAMES_BYTES && most < 2 * NAMES_BYTES + 8192, "in bounded memory: %zu bytes",
	   most);
	is_u64(cgroup_names__missed(n), 0, "no row has been shown");
	cgroup_names__miss(n);
	is_u64(cgroup_names__missed(n), 1, "a row without");
	cgroup_names__free(n);
}

/* The programs' record was lost, but the cgroup is there. */
static void test_found(struct cgroup_names *n)
{
	struct stat st;

	tree_file("/proc/self/mountinfo",
		  "30 23 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw\n");
	tree_file("/proc/self/cgroup", "0::/\n");
	tree_dir("/sys/fs/cgroup/system.slice/a.service");
	cgroup__set_root(tree_root);
	n->left_ns = LOOKS_AT_ONCE_NS;
	is_int(stat(tree_path("/sys/fs/cgroup/system.slice/a.service"), &st), 0, "a cgroup");
	is_str(path(n, CGROUP_KEY(0, st.st_ino)),
	       names_sees_root() ? "/system.slice/a.service" : NULL,
	       "one that was not told is found in the file system");
	is_str(path(n, CGROUP_KEY(0, 1ULL << 50)), NULL, "one that is not there either");
	ok(!names_sees_root() || table__find(&n->now.entries, &(uint64_t){ 1ULL << 50 }),
	   "... is looked for once");
	TELL(n, 1ULL << 50, "late");
	is_str(path(n, 1ULL << 50), "/late", "... and known when it is told");
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
	uint64_t spent_ns = 0, most_ns = 0, start_ns, begun_ns = clock__mono_ns(), look_ns;
	char text[32];

	for (uint64_t i = 0; i < 29; i++) {
		snprintf(text, sizeof(text), "name%d", (int)i);
		storm_list(text);
		start_ns = clock__mono_ns();
		tell(n, 1000000 + i, "libpod-" ID ".scope", strlen("libpod-" ID ".scope") + 1,
		     false);
		name = cgroup_names__find(n, 1000000 + i);
		look_ns = clock__mono_ns() - start_ns;
		spent_ns += look_ns;
		most_ns = look_ns > most_ns ? look_ns : most_ns;
		if (!i)
			is_str(name->container->name, "name0", "a container's name");
	}
	/* The last look may be a long one. */
	ok(spent_ns < LOOKS_AT_ONCE_NS + (clock__mono_ns() - begun_ns) / LOOKS_SHARE + most_ns,
	   "names are not looked for all the time (%llu ms)",
	   (unsigned long long)spent_ns / 1000000);
	storm_list("name29");
	n->left_ns = -(int64_t)(NSEC_PER_SEC / LOOKS_SHARE);
	n->since_ns = clock__mono_ns();
	TELL(n, 1000029, "libpod-" ID ".scope");
	name = cgroup_names__find(n, 1000029);
	is_str(name->container->name, "", "... then it is not known");
	for (int i = 0; i < 100 && !*name->container->name; i++) {
		usleep(100000);
		name = cgroup_names__find(n, 1000029);
	}
	is_str(name->container->name, "name29", "... but a while later");
}

int main(void)
{
	struct cgroup_names *n = cgroup_names__new(NULL);
	const struct cgroup_name *name;
	char bytes[CGROUP_PATH_MAX];

	cgroup__set_root(tree_open());
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
	test_shown();
	test_bound();
	test_storm(n);
	test_found(n);
	cgroup_names__free(n);
	cgroup__set_root(NULL);
	tree_close();
	cgroup_names__free(NULL);
	return done_testing();
}
