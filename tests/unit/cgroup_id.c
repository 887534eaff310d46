// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Cgroups by their ids, and all there are. */
#include "tests/unit/cgroup_host.h"

static void opens(uint64_t id, const char *what)
{
	int fd = cgroup__open(id);
	struct stat st = {};

	ok(fd >= 0 && !fstat(fd, &st) && st.st_ino == id, "open %s", what);
	if (fd >= 0)
		close(fd);
}

static void test_path_of_id(void)
{
	char dir[2 * PATH_MAX], small[8];
	uint64_t a, inner;

	host_v2();
	a = ino(FS "/system.slice/a.service");
	inner = ino(FS "/system.slice/a.service/inner");
	path_is(0, ino(FS), 0, "/");
	path_is(0, inner, 0, "/system.slice/a.service/inner");
	path_is(0, a, 0, "/system.slice/a.service");
	path_is(0, 0, -ENOENT, "");
	path_is(0, UINT64_MAX, -ENOENT, "");
	path_is(3, a, -ENOENT, "");
	opens(inner, FS "/system.slice/a.service/inner");
	is_int(cgroup__open(UINT64_MAX), -ENOENT, "open what is not there");
	is_int(cgroup__path_of_id(0, a, small, sizeof(small)), -ENAMETOOLONG, "too small a buffer");
	is_str(small, "", "... is empty");
	snprintf(dir, sizeof(dir), "%s", tree_path(FS "/system.slice/b.service"));
	rename(tree_path(FS "/system.slice/a.service"), dir);
	path_is(0, a, 0, "/system.slice/b.service");
	rmdir(tree_path(FS "/system.slice/b.service/inner"));
	path_is(0, inner, -ENOENT, "/system.slice/a.service/inner");
	is_int(cgroup__open(inner), -ENOENT, "open what is gone");
	/* More than are remembered. */
	for (int i = 0; i < 3000; i++)
		cgroup__path_of_id(0, UINT64_MAX - (uint64_t)i, dir, sizeof(dir));
	path_is(0, a, 0, "/system.slice/b.service");
}

static int visit_count(const char *path, uint64_t id, void *ctx)
{
	(void)id;
	++*(int *)ctx;
	return strcmp(path, "/stop") ? 0 : 77;
}

static void test_walk(void)
{
	char deep[PATH_MAX] = FS;
	int visited = 0;

	host_v2();
	is_int(cgroup__walk(cgroup__hierarchy(""), visit_count, &visited), 0, "walk");
	is_int(visited, 5, "... over all, from the root on");
	is_int(symlink("..", tree_path(FS "/user.slice/loop")), 0, "a loop");
	is_int(cgroup__walk(cgroup__hierarchy(""), visit_count, &visited), 0,
	       "... is not followed");
	is_int(visited, 10, "... nor visited");
	for (int i = 0; i < 60; i++)
		strcat(deep, "/d");
	tree_dir(deep);
	is_int(cgroup__walk(cgroup__hierarchy(""), visit_count, &visited), -E2BIG, "too deep");
	tree_dir(FS "/stop");
	is_int(cgroup__walk(cgroup__hierarchy(""), visit_count, &visited), 77, "ended by a visit");
}

int main(void)
{
	test_path_of_id();
	test_walk();
	tree_close();
	return done_testing();
}
