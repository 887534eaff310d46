// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Which cgroups a filter by name means: those that are there, and those that come. */
#include "common/cgroup/cgroup_wanted.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common/cgroup/cgroup.h"
#include "common/cgroup/cgroup_future.h"
#include "common/cgroup/cgroup_joined.h"
#include "common/cgroup/cgroup_rejected.h"
#include "common/cgroup/cgroup_undecided.h"
#include "tests/unit/tap.h"
#include "tests/unit/tree.h"

#define FS "/sys/fs/cgroup"

#define A "4f797c539e6c745de61a93ca3ff892358ecbcaccd8414d5db545c38428142970"
#define B "9ec39b91f3d70e1beff50a308f77067065ea6be0d91a3378375056cd4422cf3d"
#define DOCKER "/var/lib/docker/containers/"
#define USER "/user.slice/user-1000.slice/user@1000.service"

static void host_v2(void)
{
	cgroup__set_root(tree_open());
	tree_file("/proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n30 22 0:26 / " FS
					  " rw - cgroup2 cgroup2 rw\n");
	tree_file("/proc/self/cgroup", "0::/user.slice\n");
	tree_dir(FS "/system.slice/a.service/inner");
	tree_dir(FS "/user.slice");
}

static void verdict_is(struct cgroup_wanted *w, const char *path, enum cgroup_verdict want)
{
	is_int(cgroup_wanted__verdict(w, path), want, "%s: %s", cgroup_wanted__text(w), path);
}

static struct cgroup_wanted of_kind(enum cgroup_wanted_kind kind, const char *given)
{
	struct cgroup_wanted w = { .kind = kind, .given = given };

	if (kind == CGROUP_WANTED_PATH)
		strcpy(w.path, given);
	return w;
}

static void test_path(void)
{
	struct cgroup_wanted w = of_kind(CGROUP_WANTED_PATH, "/a/b");
	struct cgroup_wanted root = of_kind(CGROUP_WANTED_PATH, "/");

	verdict_is(&w, "/a/b", CGROUP_INSIDE);
	verdict_is(&w, "/a/b/c/d", CGROUP_INSIDE);
	verdict_is(&w, "/a", CGROUP_UNKNOWN);
	verdict_is(&w, "/", CGROUP_UNKNOWN);
	verdict_is(&w, "/a/bc", CGROUP_OUTSIDE);
	verdict_is(&w, "/a/c", CGROUP_OUTSIDE);
	verdict_is(&w, "/b", CGROUP_OUTSIDE);
	verdict_is(&w, "/../a/b", CGROUP_OUTSIDE);
	is_int(cgroup_wanted__own_len(&w, "/a/b/c"), 4, "its own");
	verdict_is(&root, "/", CGROUP_INSIDE);
	verdict_is(&root, "/a", CGROUP_INSIDE);
}

static void test_unit(void)
{
	struct cgroup_wanted w = of_kind(CGROUP_WANTED_UNIT, "web");

	verdict_is(&w, "/system.slice/web.service", CGROUP_INSIDE);
	verdict_is(&w, "/system.slice/web.service/worker", CGROUP_INSIDE);
	verdict_is(&w, "/system.slice/web.scope", CGROUP_OUTSIDE);
	verdict_is(&w, "/system.slice/web2.service", CGROUP_OUTSIDE);
	verdict_is(&w, "/system.slice", CGROUP_OUTSIDE);
	verdict_is(&w, USER "/app.slice/web.service", CGROUP_OUTSIDE);
	is_int(cgroup_wanted__own_len(&w, "/system.slice/web.service/worker"), 25, "its own");
}

static void test_name(void)
{
	struct cgroup_wanted w = of_kind(CGROUP_WANTED_CONTAINER, "web");

	host_v2();
	verdict_is(&w, "/system.slice/docker-" A ".scope", CGROUP_PENDING);
	tree_file(DOCKER A "/config.v2.json", "{\"Name\":");
	verdict_is(&w, "/system.slice/docker-" A ".scope", CGROUP_PENDING);
	tree_file(DOCKER A "/config.v2.json", "{\"Name\":\"/web\"}");
	tree_file(DOCKER B "/config.v2.json", "{\"Name\":\"/web2\"}");
	verdict_is(&w, "/system.slice/docker-" A ".scope", CGROUP_INSIDE);
	verdict_is(&w, "/system.slice/docker-" A ".scope/init", CGROUP_INSIDE);
	is_int(cgroup_wanted__own_len(&w, "/docker/" A "/init"), 72, "its own");
	verdict_is(&w, "/system.slice/docker-" B ".scope", CGROUP_OUTSIDE);
	verdict_is(&w, "/docker/" A "/docker/" B, CGROUP_INSIDE);
	verdict_is(&w, "/docker/" B "/docker/" A, CGROUP_INSIDE);
	verdict_is(&w, "/system.slice/web.service", CGROUP_OUTSIDE);
	verdict_is(&w, "/system.slice", CGROUP_OUTSIDE);
	ok(!w.unread, "nothing was refused");
	verdict_is(&w, USER "/user.slice/docker-" A ".scope", CGROUP_OUTSIDE);
	ok(w.unread, "a user's runtime is not asked");
	/* It has lost the name; another one may have it. */
	tree_file(DOCKER A "/config.v2.json", "{\"Name\":\"/old\"}");
	tree_file(DOCKER B "/config.v2.json", "{\"Name\":\"/web\"}");
	verdict_is(&w, "/docker/" A, CGROUP_OUTSIDE);
	verdict_is(&w, "/docker/" B, CGROUP_INSIDE);
	tree_close();
	cgroup__set_root(NULL);
}

static void test_id(void)
{
	struct cgroup_wanted w = of_kind(CGROUP_WANTED_CONTAINER, "4f797c"), by_name;

	host_v2();
	tree_file(DOCKER B "/config.v2.json", "{\"Name\":\"/4f797c\"}");
	verdict_is(&w, "/docker/" A, CGROUP_INSIDE);
	is_str(w.id, A, "from then on it is that one");
	verdict_is(&w, "/docker/4f797c539e6c745de61a93ca3ff892358ecbcaccd8414d5db545c38428142971",
		   CGROUP_OUTSIDE);
	verdict_is(&w, "/docker/" B, CGROUP_OUTSIDE);
	by_name = of_kind(CGROUP_WANTED_CONTAINER, "4f797c");
	verdict_is(&by_name, "/docker/" B, CGROUP_INSIDE);
	ok(by_name.by_name, "a name that looks like an ID");
	verdict_is(&by_name, "/docker/" A, CGROUP_PENDING);
	tree_close();
	cgroup__set_root(NULL);
}

static void future_is(const char *given, int want_err, const char *want)
{
	const struct cgroup_hierarchy *h;
	char path[PATH_MAX];
	int err = cgroup_future__path(given, path, &h);

	is_int(err, want_err, "future of '%s'", given);
	if (!err && !want_err)
		is_str(path, want, "... path");
}

static void test_future(void)
{
	char dir[PATH_MAX];

	host_v2();
	cgroup_mount__load();
	tree_dir("/etc");
	future_is("/a/b", 0, "/a/b");
	future_is("a/b", 0, "/a/b");
	future_is("/a//b/", 0, "/a/b");
	future_is(FS "/a/b", 0, "/a/b");
	future_is(FS "/system.slice/b.service", 0, "/system.slice/b.service");
	future_is("/system.slice/b.service", 0, "/system.slice/b.service");
	future_is("/etc/a", -ENOENT, NULL);
	future_is("/", -ENOENT, NULL);
	future_is("/a/../b", -ENOENT, NULL);
	future_is("/a\nb", -ENOENT, NULL);
	future_is("./a", -ENOENT, NULL);
	if (getcwd(dir, sizeof(dir)) && !chdir(tree_path(FS "/user.slice"))) {
		future_is("./a", 0, "/user.slice/a");
		future_is("../a", 0, "/a");
		future_is("./no/a", -ENOENT, NULL);
		ok(!chdir(dir), "back");
	}
	tree_close();
	cgroup__set_root(NULL);
}

/* The last ones are known, however many there were. */
static void test_rejected(void)
{
	struct cgroup_rejected *r = calloc(1, sizeof(*r));
	uint64_t n = 5 * CGROUP_REJECTED_MAX, wrong = 0;

	for (uint64_t id = 1; id <= n; id++) {
		cgroup_rejected__add(r, id * 4096);
		cgroup_rejected__add(r, id * 4096);
		wrong += !cgroup_rejected__has(r, id * 4096);
		wrong += cgroup_rejected__has(r, id * 4096 + 1);
	}
	for (uint64_t id = 1; id <= n; id++)
		wrong += cgroup_rejected__has(r, id * 4096) != (id > n - CGROUP_REJECTED_MAX);
	is_int(wrong, 0, "rejected: the last %d are known", CGROUP_REJECTED_MAX);
	ok(!cgroup_rejected__has(r, 0), "rejected: not what has no id");
	free(r);
}

static void test_undecided(void)
{
	struct cgroup_undecided *u = calloc(1, sizeof(*u));
	struct cgroup_undecided_one *one;
	int looks = 0;

	is_int(cgroup_undecided__add(u, 2, 2000, "/two"), 0, "undecided: one");
	is_int(cgroup_undecided__add(u, 1, 1000, "/one"), 0, "undecided: an older one");
	is_int(cgroup_undecided__since_ns(u), 1000, "undecided: since the older one");
	ok(!cgroup_undecided__due(u, 3000), "undecided: not at once again");
	for (uint64_t now = 0; now < 2 * CGROUP_UNDECIDED_NS; now += 1000000) {
		while ((one = cgroup_undecided__due(u, now))) {
			looks++;
			if (now - one->time_ns >= CGROUP_UNDECIDED_NS)
				cgroup_undecided__drop(u, one);
		}
	}
	is_int(u->count, 0, "undecided: over after a second");
	ok(looks >= 8 && looks <= 20, "undecided: %d looks", looks);
	for (int i = 0; i < CGROUP_UNDECIDED_MAX; i++)
		cgroup_undecided__add(u, 1 + i, i, "/x");
	is_int(cgroup_undecided__add(u, 1, 1, "/x"), -ENOSPC, "undecided: bounded");
	ok(cgroup_undecided__find(u, CGROUP_UNDECIDED_MAX) != NULL, "undecided: found");
	cgroup_undecided__free(u);
	is_int(cgroup_undecided__since_ns(u) == UINT64_MAX, 1, "undecided: none");
	free(u);
}

static void test_joined(void)
{
	struct cgroup_joined j = {};

	ok(cgroup_joined__add(&j, 1, "/a"), "joined: a new one");
	ok(!cgroup_joined__add(&j, 1, "/a"), "joined: it is there");
	ok(cgroup_joined__drop(&j, 1), "joined: it leaves");
	ok(!cgroup_joined__drop(&j, 1), "joined: it has left");
	for (int i = 0; i < CGROUP_JOINED_MAX; i++)
		cgroup_joined__add(&j, 1 + i, "/a");
	ok(!cgroup_joined__add(&j, 1000, "/a"), "joined: bounded");
	cgroup_joined__free(&j);
}

int main(void)
{
	test_path();
	test_unit();
	test_name();
	test_id();
	test_future();
	test_rejected();
	test_undecided();
	test_joined();
	return done_testing();
}
