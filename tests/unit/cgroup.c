// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What a user calls a cgroup, in hierarchies of all kinds. */
#include "tests/unit/cgroup_host.h"

static struct cgroup_ref ref;

static void resolves(const char *what, const char *dir, const char *path, uint32_t hierarchy,
		     const char *controller)
{
	is_int(cgroup__resolve(what, &ref), 0, "resolve %s", what);
	is_int((long long)ref.id, (long long)ino(dir), "... id");
	is_str(ref.path, path, "... path");
	is_int(ref.hierarchy, hierarchy, "... hierarchy");
	is_str(ref.controller, controller, "... controller");
}

static void fails(const char *what, int err)
{
	is_int(cgroup__resolve(what, &ref), err, "resolve %.60s", what);
}

/* ---- v2 ---- */

static void test_v2(void)
{
	host_v2();
	resolves("/system.slice/a.service", FS "/system.slice/a.service", "/system.slice/a.service",
		 0, "");
	is_int(ref.nancestors, 2, "... two ancestors");
	is_int((long long)ref.ancestors[0], (long long)ino(FS "/system.slice"), "... the nearest");
	is_int((long long)ref.ancestors[1], (long long)ino(FS), "... the root");
	ok(!cgroup__charges_memory(&ref), "... without the memory controller");
	resolves("system.slice", FS "/system.slice", "/system.slice", 0, "");
	ok(cgroup__charges_memory(&ref), "... with the memory controller");
	resolves("/system.slice/", FS "/system.slice", "/system.slice", 0, "");
	resolves(FS "/system.slice", FS "/system.slice", "/system.slice", 0, "");
	resolves(FS "/system.slice/../user.slice", FS "/user.slice", "/user.slice", 0, "");
	resolves("/", FS, "/", 0, "");
	resolves(FS, FS, "/", 0, "");
	is_int(ref.nancestors, 0, "... no ancestors");
}

/* What a shell in that directory completes. */
static void test_relative(void)
{
	char here[PATH_MAX];

	host_v2();
	if (!getcwd(here, sizeof(here)) || chdir(tree_path(FS "/system.slice")))
		tree_die("chdir");
	resolves(".", FS "/system.slice", "/system.slice", 0, "");
	resolves("./a.service", FS "/system.slice/a.service", "/system.slice/a.service", 0, "");
	resolves("..", FS, "/", 0, "");
	resolves("a.service", FS "/system.slice/a.service", "/system.slice/a.service", 0, "");
	resolves("system.slice", FS "/system.slice", "/system.slice", 0, "");
	fails("./no", -ENOENT);
	fails("no", -ENOENT);
	fails("../../..", -EINVAL);
	if (chdir(here))
		tree_die("chdir");
	fails(".", -EINVAL);
	fails("tests", -ENOENT);
}

static void test_v2_errors(void)
{
	char deep[PATH_MAX] = FS, *long_path;

	host_v2();
	tree_dir("/elsewhere");
	fails("/nope", -ENOENT);
	fails("nope", -ENOENT);
	fails("", -EINVAL);
	fails("/elsewhere", -EINVAL);
	fails("/../elsewhere", -ENOENT);
	fails("../../../elsewhere", -ENOENT);
	fails(FS "/system.slice/memory.stat", -ENOTDIR);
	fails("/system.slice/memory.stat", -ENOTDIR);
	fails("/system.slice/memory.stat/x", -ENOTDIR);
	is_int(symlink("/etc", tree_path(FS "/link")), 0, "a link out of the tree");
	ok(cgroup__resolve("/link", &ref) < 0, "... leads nowhere");
	for (int i = 0; i < CGROUP_ANCESTORS_MAX; i++)
		strcat(deep, "/d");
	tree_dir(deep);
	resolves(deep, deep, deep + strlen(FS), 0, "");
	is_int(ref.nancestors, CGROUP_ANCESTORS_MAX, "... with as many ancestors as there may be");
	strcat(deep, "/d");
	tree_dir(deep);
	fails(deep, -E2BIG);
	long_path = calloc(1, 2 * PATH_MAX);
	memset(long_path, 'x', 2 * PATH_MAX - 1);
	fails(long_path, -ENAMETOOLONG);
	free(long_path);
	is_int(cgroup__resolve(NULL, &ref), -EINVAL, "resolve NULL");
}

/* ---- v1 and hybrid ---- */

static const char v1_mounts[] =
	"32 31 0:29 / " FS "/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
	"33 31 0:30 / " FS "/blkio rw shared:9 - cgroup cgroup rw,blkio\n"
	"34 31 0:31 / " FS "/memory rw - cgroup none rw,xattr,memory,clone_children\n"
	"35 31 0:32 / " FS "/systemd rw - cgroup cgroup rw,xattr,release_agent=/x/y,name=systemd\n"
	"36 31 0:33 / /mnt/a\\040b\\134c rw - cgroup cgroup rw,pids,name=limits\n"
	"37 31 0:34 / " FS "/ghost rw - cgroup cgroup rw,rdma\n";
static const char v1_self[] = "9:pids,name=limits:/\n7:cpu,cpuacct:/x:y\n5:memory:/\n"
			      "4:blkio:/\n1:name=systemd:/user.slice\n";

static void v1_dirs(void)
{
	tree_dir(FS "/cpu,cpuacct/docker/c");
	tree_dir(FS "/memory/docker/c");
	tree_dir(FS "/blkio/docker/c");
	tree_dir(FS "/blkio/only");
	tree_dir(FS "/systemd/docker/c");
	tree_dir(FS "/systemd/user.slice");
	tree_dir("/mnt/a b\\c/docker/c");
	tree_dir("/mnt/a b\\c/p");
}

static void test_v1(void)
{
	const struct cgroup_hierarchy *list;

	host(v1_mounts, v1_self);
	v1_dirs();
	is_int((long long)cgroup__hierarchies(&list), 5, "one that no process is in is not listed");
	is_str(list[0].controllers, "cpu,cpuacct", "controllers of the first");
	is_int(list[0].id, 7, "... its id");
	ok(!cgroup__hierarchy(NULL) && !cgroup__hierarchy(""), "no v2");
	ok(cgroup__hierarchy("cpuacct") == &list[0], "by the second controller");
	ok(!cgroup__hierarchy("cpu,cpuacct") && !cgroup__hierarchy("cp"), "by one, and whole");
	ok(cgroup__hierarchy("name=systemd") == &list[3], "by name");
	ok(!cgroup__hierarchy("rdma"), "not numbered");
	resolves("/docker/c", FS "/memory/docker/c", "/docker/c", 5, "memory");
	ok(cgroup__charges_memory(&ref), "... has the memory controller");
	resolves("/only", FS "/blkio/only", "/only", 4, "io");
	ok(!cgroup__charges_memory(&ref), "... has not");
	resolves(FS "/cpu,cpuacct/docker/c", FS "/cpu,cpuacct/docker/c", "/docker/c", 7, "cpu");
	is_int(cgroup__resolve_in(cgroup__hierarchy("memory"), ref.path, &ref), 0, "elsewhere");
	is_int((long long)ref.id, (long long)ino(FS "/memory/docker/c"), "... is that of memory");
	is_int(cgroup__resolve_in(cgroup__hierarchy(""), ref.path, &ref), -ENOENT, "not mounted");
	is_int(cgroup__resolve_in(cgroup__hierarchy("memory"), "/../blkio/only", &ref), -ENOENT,
	       "from one hierarchy to another");
	resolves("/p", "/mnt/a b\\c/p", "/p", 9, "pids");
	fails("/user.slice", -EOPNOTSUPP);
	fails(FS "/systemd/docker", -EOPNOTSUPP);
	path_is(5, ino(FS "/memory/docker/c"), 0, "/docker/c");
	path_is(4, ino(FS "/memory/docker/c"), -ENOENT, "");
}

static void test_hybrid(void)
{
	char mounts[2000], self[500];

	snprintf(mounts, sizeof(mounts), "%s38 31 0:38 / " FS "/unified rw - cgroup2 cgroup2 rw\n",
		 v1_mounts);
	snprintf(self, sizeof(self), "%s0::/\n", v1_self);
	host(mounts, self);
	v1_dirs();
	tree_dir(FS "/unified/docker/c");
	resolves("/docker/c", FS "/unified/docker/c", "/docker/c", 0, "");
	ok(!cgroup__charges_memory(&ref), "memory is charged in its own hierarchy");
	is_int(cgroup__resolve_in(cgroup__hierarchy("memory"), ref.path, &ref), 0, "there");
	ok(cgroup__charges_memory(&ref), "... it is");
	resolves("/only", FS "/blkio/only", "/only", 4, "io");
	resolves(FS "/memory/docker/c", FS "/memory/docker/c", "/docker/c", 5, "memory");
}

/* What still has a v1 hierarchy on a host of v2 is mounted inside. */
static void test_nested_mount(void)
{
	host(V2_MOUNT "40 30 0:40 / " FS "/net_cls rw - cgroup cgroup rw,net_cls\n",
	     "1:net_cls:/\n0::/\n");
	tree_dir(FS "/net_cls/docker");
	tree_dir(FS "/a");
	resolves(FS "/net_cls/docker", FS "/net_cls/docker", "/docker", 1, "net_cls");
	resolves(FS "/a", FS "/a", "/a", 0, "");
}

/* ---- seen from inside ---- */

static void test_container(void)
{
	const struct cgroup_hierarchy *list;

	host("210 1 0:28 / " FS " rw - tmpfs tmpfs rw\n"
	     "212 210 0:32 / " FS "/memory rw - cgroup cgroup rw,memory\n"
	     "248 241 0:84 / " FS " rw - tmpfs tmpfs rw\n"
	     "249 248 0:32 /docker/c " FS "/memory ro - cgroup cgroup rw,memory\n",
	     "4:memory:/docker/c\n");
	tree_dir(FS "/memory/inner");
	is_int((long long)cgroup__hierarchies(&list), 1, "what is mounted over is not there");
	is_str(list[0].root, "/docker/c", "... the root is that of the later");
	resolves("/docker/c/inner", FS "/memory/inner", "/docker/c/inner", 4, "memory");
	is_int(ref.nancestors, 1, "... ancestors end at the mount");
	resolves("/docker/c", FS "/memory", "/docker/c", 4, "memory");
	resolves("/inner", FS "/memory/inner", "/docker/c/inner", 4, "memory");
	resolves(FS "/memory", FS "/memory", "/docker/c", 4, "memory");
	path_is(4, ino(FS "/memory/inner"), 0, "/docker/c/inner");
	path_is(4, ino(FS "/memory"), 0, "/docker/c");
}

static void test_two_mounts(void)
{
	host("30 1 0:26 /docker/c " FS " rw - cgroup2 cgroup2 rw\n"
	     "31 1 0:26 / /host" FS " rw - cgroup2 cgroup2 rw\n",
	     "0::/docker/c\n");
	tree_dir(FS);
	tree_dir("/host" FS "/docker/d");
	is_str(cgroup__hierarchy("")->mount, "/host" FS, "the mount of the whole hierarchy");
	resolves("/docker/d", "/host" FS "/docker/d", "/docker/d", 0, "");
	resolves(FS, FS, "/docker/c", 0, "");
}

static void test_namespace(void)
{
	host("30 1 0:26 /../.. " FS " rw - cgroup2 cgroup2 rw\n", "0::/\n");
	tree_dir(FS "/a/b");
	resolves("/a/b", FS "/a/b", "/a/b", 0, "");
	host("30 1 0:26 /..x/.. " FS " rw - cgroup2 cgroup2 rw\n", "0::/\n");
	tree_dir(FS "/a");
	is_str(cgroup__hierarchy("")->root, "/..x/..", "a name that begins with dots");
}

/* ---- processes ---- */

static void of_pid_is(pid_t pid, const char *controller, int want_err, const char *want)
{
	char path[PATH_MAX];

	is_int(cgroup__of_pid(pid, controller, path, sizeof(path)), want_err, "of %d in '%s'", pid,
	       controller ? controller : "v2");
	is_str(path, want, "... path");
}

static void test_of_pid(void)
{
	char mounts[2000], small[4];

	snprintf(mounts, sizeof(mounts), "%s38 31 0:38 / " FS "/unified rw - cgroup2 cgroup2 rw\n",
		 v1_mounts);
	host(mounts, v1_self);
	tree_dir(FS "/unified/kept (deleted)");
	tree_file("/proc/42/cgroup", "7:cpu,cpuacct:/x:y\n1:name=systemd:/s\n0::/docker/c\n");
	of_pid_is(42, NULL, 0, "/docker/c");
	of_pid_is(42, "", 0, "/docker/c");
	of_pid_is(42, "cpuacct", 0, "/x:y");
	of_pid_is(42, "name=systemd", 0, "/s");
	of_pid_is(42, "memory", -ENOENT, "");
	of_pid_is(43, NULL, -ESRCH, "");
	of_pid_is(0, NULL, -ESRCH, "");
	of_pid_is(-1, NULL, -ESRCH, "");
	is_int(cgroup__of_pid(42, NULL, small, sizeof(small)), -ENAMETOOLONG, "too small a buffer");
	tree_file("/proc/44/cgroup", "0::/gone (deleted)\n");
	of_pid_is(44, NULL, 0, "/gone");
	tree_file("/proc/45/cgroup", "0::/kept (deleted)\n");
	of_pid_is(45, NULL, 0, "/kept (deleted)");
	tree_file("/proc/46/cgroup", "\n0\n0:\n:::\n0::/ok");
	of_pid_is(46, NULL, 0, "/ok");
	tree_file("/proc/47/cgroup", "");
	of_pid_is(47, NULL, -ENOENT, "");
}

/* ---- hostile or broken files ---- */

static bool list_is_sane(void)
{
	const struct cgroup_hierarchy *list;
	size_t n = cgroup__hierarchies(&list);

	for (size_t i = 0; i < n; i++) {
		if (!list[i].controllers || !list[i].mount || list[i].mount[0] != '/' ||
		    !list[i].root || (list[i].id && !*list[i].controllers))
			return false;
	}
	return n <= 64;
}

static void test_broken_mountinfo(void)
{
	size_t len = sizeof(v1_mounts) - 1;
	char text[sizeof(v1_mounts)];
	unsigned int bad = 0;

	host(v1_mounts, v1_self);
	v1_dirs();
	for (size_t i = 0; i < len; i++) {
		snprintf(text, sizeof(text), "%.*s", (int)i, v1_mounts);
		tree_file("/proc/self/mountinfo", text);
		cgroup__set_root(tree_root);
		bad += !list_is_sane();
		strcpy(text, v1_mounts);
		text[i] = " \n\\-/,="[i % 7];
		tree_file("/proc/self/mountinfo", text);
		cgroup__set_root(tree_root);
		bad += !list_is_sane();
		cgroup__resolve("/docker/c", &ref);
	}
	is_int(bad, 0, "mountinfo cut and changed at every byte");
	tree_file("/proc/self/mountinfo", v1_mounts);
	tree_file("/proc/self/cgroup",
		  "::\n0\n99999999999999999999:memory:/\n-1:blkio:/\n4294967297:cpu:/\n"
		  "x:pids:/\n\n:");
	cgroup__set_root(tree_root);
	ok(list_is_sane(), "numbers out of range");
	ok(!cgroup__hierarchy("memory") && !cgroup__hierarchy("cpu"), "... number nothing");
}

static void test_many_mounts(void)
{
	const struct cgroup_hierarchy *list;
	char *text = calloc(1, 300 * 100), *end = text;

	for (int i = 0; i < 300; i++)
		end += sprintf(end, "%d 1 0:26 / /m%d rw - cgroup2 cgroup2 rw\n", i, i);
	host(text, "0::/\n");
	free(text);
	is_int((long long)cgroup__hierarchies(&list), 64, "no more than there is room for");
}

static void test_missing_files(void)
{
	const struct cgroup_hierarchy *list;

	cgroup__set_root(tree_open());
	is_int((long long)cgroup__hierarchies(&list), 0, "without /proc");
	fails("/a", -ENOENT);
	ok(!cgroup__hierarchy("memory"), "... no hierarchy");
	ok(!cgroup__charges_memory(&ref), "... no memory");
	path_is(0, 1, -ENOENT, "");
	of_pid_is(1, NULL, -ENOENT, "");
	ok(cgroup__set_root("/nonexistent/root") < 0, "a root that is not there");
}

/* ---- this host ---- */

static void test_host(void)
{
	const struct cgroup_hierarchy *list;
	char path[PATH_MAX], again[PATH_MAX], dir[2 * PATH_MAX];
	struct stat st;
	size_t n;

	cgroup__set_root(NULL);
	n = cgroup__hierarchies(&list);
	for (size_t i = 0; i < n; i++) {
		char first[64];

		snprintf(first, sizeof(first), "%.*s", (int)strcspn(list[i].controllers, ","),
			 list[i].controllers);
		if (cgroup__of_pid(getpid(), first, path, sizeof(path)) ||
		    cgroup__resolve_in(&list[i], path, &ref) || *list[i].root)
			continue;
		snprintf(dir, sizeof(dir), "%s%s", list[i].mount, path);
		ok(!stat(dir, &st) && st.st_ino == ref.id, "the id of %s", dir);
		is_int(cgroup__path_of_id(ref.hierarchy, ref.id, again, sizeof(again)), 0, "back");
		is_str(again, path, "... to the same path");
	}
	diag("%zu hierarchies on this host", n);
}

int main(void)
{
	test_v2();
	test_relative();
	test_v2_errors();
	test_v1();
	test_hybrid();
	test_nested_mount();
	test_container();
	test_two_mounts();
	test_namespace();
	test_of_pid();
	test_broken_mountinfo();
	test_many_mounts();
	test_missing_files();
	test_host();
	tree_close();
	return done_testing();
}
