// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What runtimes' files call containers, and which one is found for a name. */
#include "common/cgroup/container.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include "tests/unit/tap.h"
#include "tests/unit/tree.h"

#define A "4f797c539e6c745de61a93ca3ff892358ecbcaccd8414d5db545c38428142970"
#define B "9ec39b91f3d70e1beff50a308f77067065ea6be0d91a3378375056cd4422cf3d"
#define UUID "6c85216c-82ad-11e7-9fb0-061c2985ea4a"
#define UUID_ "6c85216c_82ad_11e7_9fb0_061c2985ea4a"
#define USER "/user.slice/user-1000.slice/user@1000.service"
#define BURSTABLE "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UUID_ ".slice"

/* ---- names ---- */

static void name_is(const char *path, int want_err, const char *want, const char *what)
{
	struct container c;

	if (!is_int(container__from_path(path, &c), 0, "%s", path))
		return;
	is_int(container__name(&c), want_err, "%s", what);
	is_str(c.name, want, "... name");
}

#define BUNDLE "/run/containerd/io.containerd.runtime.v2.task/"

static void test_docker_names(void)
{
	cgroup__set_root(tree_open());
	name_is("/docker/" A, -ENOENT, "", "docker: no file");
	tree_file("/var/lib/docker/containers/" A "/config.v2.json",
		  "{\"Config\":{\"Name\":\"wrong\"},\"Name\":\"/web\"}");
	name_is("/docker/" A, 0, "web", "docker");
	name_is("/some/parent/" A, 0, "web", "docker by its file only");
	tree_file("/var/lib/docker/containers/" B "/config.v2.json",
		  "{\"Name\":\"/k8s_nginx_web-0_prod_" UUID "_3\"}");
	name_is(BURSTABLE "/docker-" B ".scope", 0, "prod/web-0/nginx", "docker in Kubernetes");
	name_is(USER "/user.slice/docker-" A ".scope", -EPERM, "", "rootless docker is not root's");
}

static void test_cri_names(void)
{
	struct container c;

	cgroup__set_root(tree_open());
	tree_file(BUNDLE "k8s.io/" A "/config.json",
		  "{\"annotations\":{\"io.kubernetes.cri.container-name\":\"web\","
		  "\"io.kubernetes.cri.container-type\":\"container\","
		  "\"io.kubernetes.cri.sandbox-name\":\"web-0\","
		  "\"io.kubernetes.cri.sandbox-namespace\":\"prod\"},\"hooks\":{}}");
	name_is(BURSTABLE "/cri-containerd-" A ".scope", 0, "prod/web-0/web", "containerd");
	container__from_path("/kubepods/pod" UUID "/" A, &c);
	container__name(&c);
	is_str(c.runtime, "containerd", "the runtime is told by whose file it is");
	tree_file(BUNDLE "k8s.io/" B "/config.json",
		  "{\"annotations\":{\"io.kubernetes.cri.sandbox-name\":\"web-0\","
		  "\"io.kubernetes.cri.sandbox-namespace\":\"prod\"}}");
	name_is("/k8s.io/" B, 0, "prod/web-0/POD", "containerd's sandbox");
	tree_file(BUNDLE "default/" A "/config.json",
		  "{\"annotations\":{\"nerdctl/name\":\"cache\"}}");
	name_is("/default/" B, 0, "prod/web-0/POD", "a namespace is not in the path");
	tree_file("/run/containers/storage/overlay-containers/" A "/userdata/config.json",
		  "{\"annotations\":{\"io.kubernetes.container.name\":\"db\","
		  "\"io.kubernetes.pod.name\":\"db-1\",\"io.kubernetes.pod.namespace\":\"x\"}}");
	name_is(BURSTABLE "/crio-" A ".scope", 0, "x/db-1/db", "cri-o");
	tree_file("/run/containers/storage/overlay-containers/" B "/userdata/config.json",
		  "{\"annotations\":{\"io.kubernetes.cri-o.KubeName\":\"db-1\","
		  "\"io.kubernetes.cri-o.Namespace\":\"x\"}}");
	name_is(BURSTABLE "/crio-" B ".scope", 0, "x/db-1/POD", "cri-o's sandbox");

	cgroup__set_root(tree_open());
	tree_file(BUNDLE "default/" A "/config.json",
		  "{\"annotations\":{\"nerdctl/name\":\"cache\"}}");
	name_is("/default/" A, 0, "cache", "nerdctl");
}

#define PODMAN(id, name) "{\"id\":\"" id "\",\"names\":[\"" name "\",\"alias\"],\"image\":\"i\"}"

static void test_podman_names(void)
{
	const char *path = "/machine.slice/libpod-" B ".scope";

	cgroup__set_root(tree_open());
	tree_file("/var/lib/containers/storage/overlay-containers/containers.json",
		  "[" PODMAN(A, "one") "," PODMAN(B, "two") "]");
	name_is(path, 0, "two", "podman");
	tree_file("/var/lib/containers/storage/overlay-containers/containers.json",
		  "[" PODMAN(A, "one") "]");
	name_is(path, -ENOENT, "", "podman: not in the list");
	tree_file("/var/lib/containers/storage/overlay-containers/volatile-containers.json",
		  "[" PODMAN(B, "rm") "]");
	name_is(path, 0, "rm", "podman run --rm");
	unlink(tree_path("/var/lib/containers/storage/overlay-containers/containers.json"));
	name_is(path, 0, "rm", "... without the other list");
}

/* What users' runtimes keep is theirs to turn into anything. */
static void test_users(void)
{
	cgroup__set_root(tree_open());
	tree_file("/etc/passwd", "me:x:1000:1000::/home/me:/bin/sh\n");
	tree_file("/home/me/.local/share/containers/storage/overlay-containers/containers.json",
		  "[" PODMAN(B, "mine") "]");
	tree_file("/var/lib/containers/storage/overlay-containers/containers.json",
		  "[" PODMAN(B, "roots") "]");
	tree_file("/home/me/.local/share/docker/containers/" A "/config.v2.json",
		  "{\"Name\":\"/mine\"}");
	name_is(USER "/user.slice/libpod-" B ".scope", -EPERM, "", "a user's podman");
	name_is(USER "/user.slice/docker-" A ".scope", -EPERM, "", "a user's docker");
}

#define LIST "/var/lib/containers/storage/overlay-containers/containers.json"
#define SECRET "/var/lib/docker/containers/" A "/config.v2.json"

/* Someone else has had a hand in what should be root's. */
static void must(bool done)
{
	if (!done)
		tree_die("hostile files");
}

static void test_hostile(void)
{
	const char *path = "/machine.slice/libpod-" B ".scope";
	char target[PATH_MAX + 16];

	cgroup__set_root(tree_open());
	tree_file("/secret", "{\"Name\":\"secret\"}");
	tree_dir("/var/lib/docker/containers/" A);
	snprintf(target, sizeof(target), "%s/secret", tree_root);
	must(!symlink(target, tree_path(SECRET)));
	name_is("/docker/" A, -ELOOP, "", "a link to a secret");
	unlink(tree_path(SECRET));
	must(!symlink("/dev/zero", tree_path(SECRET)));
	name_is("/docker/" A, -ELOOP, "", "a link to a device");
	unlink(tree_path(SECRET));
	tree_file(SECRET, "{\"Name\":\"/web\"}");
	must(!chmod(tree_path(SECRET), 0666));
	name_is("/docker/" A, -EPERM, "", "a file that others can write to");
	must(!chmod(tree_path(SECRET), 0644));
	name_is("/docker/" A, 0, "web", "... if not");
	must(!chmod(tree_path("/var/lib/docker"), 0777));
	name_is("/docker/" A, -EPERM, "", "a directory above it that others can write to");
	must(!chmod(tree_path("/var/lib/docker"), 0755));
	snprintf(target, sizeof(target), "%s/elsewhere", tree_root);
	must(!rename(tree_path("/var/lib/docker"), target));
	must(!symlink("/elsewhere", tree_path("/var/lib/docker")));
	name_is("/docker/" A, 0, "web", "root may have moved it");
	tree_file(LIST, "[" PODMAN(B, "two") "]");
	name_is(path, 0, "two", "a list");
	must(!chmod(tree_path("/var/lib/containers"), 0777));
	name_is(path, -EPERM, "", "... where others can write to");
	must(!chmod(tree_path("/var/lib/containers"), 0755));
	name_is(path, 0, "two", "... not any more");
	if (geteuid()) {
		skip("only root can make others' files");
		return;
	}
	must(!lchown(tree_path("/var/lib/docker"), 12345, 12345));
	name_is("/docker/" A, -ELOOP, "", "somebody else's link");
	must(!lchown(tree_path(LIST), 12345, 12345));
	name_is(path, -EPERM, "", "somebody else's list");
	must(!lchown(tree_path(LIST), 0, 0));
	must(!lchown(tree_path("/var/lib/containers/storage"), 12345, 12345));
	name_is(path, -EPERM, "", "... somebody else's directory");
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ULL + ts.tv_nsec / 1000000;
}

/* Whoever may create cgroups asks for as many as they like. */
static void test_many_lookups(void)
{
	char *text = malloc(6 << 20), *at = text, path[256];
	struct container c;
	uint64_t first_ms, rest_ms;

	cgroup__set_root(tree_open());
	at += sprintf(at, "[");
	for (int i = 0; i < 8000; i++)
		at += sprintf(at, "{\"id\":\"%.60s%04x\",\"names\":[\"n%d\"],\"x\":\"%600d\"},", A,
			      i, i, i);
	sprintf(at, PODMAN(B, "last") "]");
	tree_file(LIST, text);
	free(text);
	first_ms = now_ms();
	name_is("/machine.slice/libpod-" B ".scope", 0, "last", "a long list");
	first_ms = now_ms() - first_ms;
	rest_ms = now_ms();
	for (int i = 0; i < 200; i++) {
		snprintf(path, sizeof(path), "/x/libpod-%.60s%04x.scope", i & 1 ? A : B, i);
		container__from_path(path, &c);
		container__name(&c);
		if (i == 101)
			is_str(c.name, "n101", "... each name is there");
	}
	rest_ms = now_ms() - rest_ms;
	ok(rest_ms < 20 * (first_ms + 5), "... it is read once (%llu ms, 200 others %llu ms)",
	   (unsigned long long)first_ms, (unsigned long long)rest_ms);
	tree_file(LIST, "[" PODMAN(B, "new") "]");
	name_is("/machine.slice/libpod-" B ".scope", 0, "new", "... and again when it has changed");
}

static void test_bad_files(void)
{
	const char *file = "/var/lib/docker/containers/" A "/config.v2.json";
	static char long_name[500];
	char text[600];

	cgroup__set_root(tree_open());
	tree_file(file, "");
	name_is("/docker/" A, -EINVAL, "", "an empty file");
	tree_file(file, "{\"Name\":\"/we");
	name_is("/docker/" A, -EINVAL, "", "half a file");
	tree_file(file, "{\"Name\":7}");
	name_is("/docker/" A, -EINVAL, "", "a name that is a number");
	tree_file(file, "{\"Name\":\"\"}");
	name_is("/docker/" A, -ENOENT, "", "an empty name");
	tree_file(file, "{\"Name\":\"/\"}");
	name_is("/docker/" A, -ENOENT, "", "a name that is only a slash");
	tree_file(file, "{\"Name\":\"/k8s_a_b_c_d_e_f\"}");
	name_is("/docker/" A, 0, "k8s_a_b_c_d_e_f", "too many parts for kubelet's");
	memset(long_name, 'x', sizeof(long_name) - 1);
	snprintf(text, sizeof(text), "{\"Name\":\"/%s\"}", long_name);
	tree_file(file, text);
	name_is("/docker/" A, -ENAMETOOLONG, "", "a name that does not fit");
	unlink(tree_path(file));
	mkfifo(tree_path(file), 0644);
	name_is("/docker/" A, -EINVAL, "", "a pipe: no waiting for it");
	unlink(tree_path(file));
	tree_file(file, "{}");
	if (truncate(tree_path(file), 1LL << 40))
		diag("no sparse file of a terabyte here");
	else
		name_is("/docker/" A, -EFBIG, "", "a terabyte");
}

/* ---- finding ---- */

#define V2 "/sys/fs/cgroup"
#define A2 "4f79ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

static void find_tree(void)
{
	cgroup__set_root(tree_open());
	tree_file("/proc/self/mountinfo", "30 23 0:26 / " V2 " rw - cgroup2 cgroup2 rw\n");
	tree_file("/proc/self/cgroup", "0::/\n");
	tree_dir(V2 "/system.slice/docker-" A ".scope/docker/" B);
	tree_dir(V2 "/system.slice/docker-" A ".scope/init.scope");
	tree_dir(V2 "/system.slice/docker-" A2 ".scope");
	tree_dir(V2 "/lxc.payload.webserver");
	tree_dir(V2 BURSTABLE "/cri-containerd-" B ".scope");
	tree_dir(V2 BURSTABLE "/cri-containerd-aaaa" A2 ".scope");
	tree_file("/var/lib/docker/containers/" A "/config.v2.json", "{\"Name\":\"/web\"}");
	tree_file("/var/lib/docker/containers/" A2 "/config.v2.json", "{\"Name\":\"/4f797c\"}");
	tree_file(BUNDLE "k8s.io/" B "/config.json",
		  "{\"annotations\":{\"io.kubernetes.cri.container-name\":\"app\","
		  "\"io.kubernetes.cri.sandbox-name\":\"app-0\","
		  "\"io.kubernetes.cri.sandbox-namespace\":\"prod\"}}");
}

static void find_is(const char *what, int want, const char *path)
{
	static struct cgroup_ref ref;
	char dir[PATH_MAX];
	struct container c;
	struct stat st;

	is_int(container__find(what, &c, &ref), want, "find '%s'", what ? what : "NULL");
	if (want)
		return;
	is_str(ref.path, path, "... path");
	snprintf(dir, sizeof(dir), V2 "%s", path);
	ok(!stat(tree_path(dir), &st) && st.st_ino == ref.id, "... id");
}

static void test_find(void)
{
	const struct container *list;

	find_tree();
	find_is(A, 0, "/system.slice/docker-" A ".scope");
	find_is("web", 0, "/system.slice/docker-" A ".scope");
	find_is("4f797", 0, "/system.slice/docker-" A ".scope");
	find_is("4f797c", 0, "/system.slice/docker-" A2 ".scope");
	find_is("4f7", -ENOENT, NULL);
	find_is("4f79", -ENOTUNIQ, NULL);
	is_int((long long)container__candidates(&list), 2, "... of two");
	ok(!strcmp(list[0].name, "web") != !strcmp(list[1].name, "web"), "... with their names");
	find_is(B, -ENOTUNIQ, NULL);
	find_is("app", 0, BURSTABLE "/cri-containerd-" B ".scope");
	find_is("app-0/app", 0, BURSTABLE "/cri-containerd-" B ".scope");
	find_is("prod/app-0/app", 0, BURSTABLE "/cri-containerd-" B ".scope");
	find_is("p", -ENOENT, NULL);
	find_is("/app", -ENOENT, NULL);
	find_is("webserver", 0, "/lxc.payload.webserver");
	find_is("webs", -ENOENT, NULL);
	find_is("", -EINVAL, NULL);
	find_is(NULL, -EINVAL, NULL);
	is_int((long long)container__candidates(&list), 0, "no candidates of the search before");
}

static void test_find_many(void)
{
	const struct container *list;
	char dir[PATH_MAX];

	cgroup__set_root(tree_open());
	tree_file("/proc/self/mountinfo", "30 23 0:26 / " V2 " rw - cgroup2 cgroup2 rw\n");
	tree_file("/proc/self/cgroup", "0::/\n");
	tree_dir(V2);
	for (int i = 0; i < 20; i++) {
		snprintf(dir, sizeof(dir), V2 "/docker/%.60s%04x", B, i);
		tree_dir(dir);
	}
	find_is("9ec39b", -ENOTUNIQ, NULL);
	is_int((long long)container__candidates(&list), 20, "twenty candidates are counted");
}

int main(void)
{
	test_docker_names();
	test_cri_names();
	test_podman_names();
	test_users();
	test_hostile();
	test_many_lookups();
	test_bad_files();
	test_find();
	test_find_many();
	cgroup__set_root(NULL);
	tree_close();
	return done_testing();
}
