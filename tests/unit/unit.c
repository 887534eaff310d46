// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Units by the paths of their cgroups, and --unit. */
#include "common/cgroup/unit.h"

#include <errno.h>
#include "common/base/msg.h"
#include "common/cgroup/cgroup.h"
#include "common/cgroup/cgroup_filter.h"
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

/* What --unit says on stderr. */
static const char *said(const char *unit, struct cgroup_target *target)
{
	const struct cgroup_filter filter = { .unit = unit };
	int saved = dup(STDERR_FILENO), err;
	static struct cgroup_wanted wanted;
	FILE *catch = tmpfile();
	static char text[1024];

	if (saved < 0 || !catch || dup2(fileno(catch), STDERR_FILENO) < 0)
		tree_die("stderr");
	err = cgroup_filter__set(&filter, &wanted, target, NULL);
	dup2(saved, STDERR_FILENO);
	close(saved);
	is_int(err, 0, "--unit %s", unit);
	rewind(catch);
	text[fread(text, 1, sizeof(text) - 1, catch)] = '\0';
	fclose(catch);
	return text;
}

/* systemd's hierarchy has all units, those of controllers some. */
static void test_named_only(void)
{
	struct cgroup_target target;
	const char *text;

	cgroup__set_root(tree_open());
	tree_file("/proc/self/mountinfo",
		  "30 1 0:26 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
		  "31 1 0:27 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd\n");
	tree_file("/proc/self/cgroup", "1:name=systemd:/\n0::/\n");
	tree_dir("/sys/fs/cgroup/systemd/system.slice/a.service");
	tree_dir("/sys/fs/cgroup/systemd/system.slice/b.service");
	tree_dir("/sys/fs/cgroup/unified/system.slice/b.service");
	find("a", "/system.slice/a.service");
	text = said("a", &target);
	ok(strstr(text, "--unit: 'a' is running, but has a cgroup in systemd's own hierarchy"),
	   "one of a named hierarchy only: %s", text);
	ok(!target.there, "... is waited for");
	is_str(said("b", &target), "", "one that the programs know");
	ok(target.there, "... is there");
	is_str(said("c", &target), "", "one that is not running");
	ok(!target.there, "... is waited for");
	tree_close();
	cgroup__set_root(NULL);
}

int main(void)
{
	msg__init("tool", false);
	test_paths();
	test_find();
	test_named_only();
	return done_testing();
}
