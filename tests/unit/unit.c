// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/cgroup/unit.h"

#include <errno.h>
#include "common/cgroup/cgroup.h"
#include "tests/unit/tap.h"
#include "tests/unit/tree.h"

#define MANAGER "/user.slice/user-1000.slice/user@1000.service"

static void from(const char *path, const char *want)
{
	char name[UNIT_NAME_SIZE];
	int err = unit__from_path(path, name);

	is_str(err ? "" : name, want, "%s", path);
	if (err)
		is_int(err, -ENOENT, "... none");
}

static void test_paths(void)
{
	char path[600], *long_name = path + sprintf(path, "/system.slice/");

	from("/system.slice/nginx.service", "nginx.service");
	from("/system.slice/nginx.service/worker", "nginx.service");
	from("/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service");
	from("/system.slice/docker-0123.scope", "docker-0123.scope");
	from("/machine.slice/libpod-0123.scope/container", "libpod-0123.scope");
	from("/user.slice/user-1000.slice/session-2.scope", "session-2.scope");
	from(MANAGER "/app.slice/mail.service", "user@1000.service/mail.service");
	from(MANAGER "/app.slice/app-x.slice/mail.service/sub", "user@1000.service/mail.service");
	from(MANAGER "/init.scope", "user@1000.service/init.scope");
	from(MANAGER MANAGER "/a.scope", "user@1000.service/user@1000.service");
	from(MANAGER, "user@1000.service");
	from(MANAGER "/app.slice", "user@1000.service");
	from(MANAGER "/session/mail.service", "user@1000.service");
	from("/init.scope", "init.scope");
	from("/system.slice/_cgroup.service", "cgroup.service");
	from("/", "");
	from("", "");
	from("/lxc.payload.web/system.slice/cron.service", "");
	from("/system.slice", "");
	from("/kubepods/burstable/pod1/0123", "");
	from("/system.slice/.service", "");
	from("//system.slice//a.service//", "a.service");
	memset(long_name, 'a', 300);
	strcpy(long_name + 300, ".service");
	from(path, "");
}

static void find(const char *name, const char *want)
{
	char path[256];
	int err = unit__find(name, path, sizeof(path));

	is_str(err ? strerror(-err) : path, want, "find %s", name);
}

static void test_find(void)
{
	cgroup__set_root(tree_open());
	tree_file("/proc/self/mountinfo", "30 1 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
	tree_file("/proc/self/cgroup", "0::/\n");
	tree_dir("/sys/fs/cgroup/system.slice/nginx.service/worker");
	tree_dir("/sys/fs/cgroup/system.slice/a.scope");
	tree_dir("/sys/fs/cgroup" MANAGER "/app.slice/mail.service");
	tree_dir(
		"/sys/fs/cgroup/user.slice/user-1001.slice/user@1001.service/app.slice/mail.service");
	tree_dir(
		"/sys/fs/cgroup/user.slice/user-1001.slice/user@1001.service/app.slice/my.service");
	find("nginx", "/system.slice/nginx.service");
	find("nginx.service", "/system.slice/nginx.service");
	find("a.scope", "/system.slice/a.scope");
	find("my", strerror(ENOENT));
	find("user@1001.service/my",
	     "/user.slice/user-1001.slice/user@1001.service/app.slice/my.service");
	find("mail", strerror(ENOENT));
	find("user@1000.service/mail", MANAGER "/app.slice/mail.service");
	find("user@1000", MANAGER);
	find("ngin", strerror(ENOENT));
	find("a", strerror(ENOENT));
	find("system.slice", strerror(ENOENT));
	find("", strerror(ENOENT));
	tree_close();
	cgroup__set_root(NULL);
}

int main(void)
{
	test_paths();
	test_find();
	return done_testing();
}
