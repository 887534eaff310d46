// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/cgroup/container.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/unit/tap.h"

#define A "4f797c539e6c745de61a93ca3ff892358ecbcaccd8414d5db545c38428142970"
#define B "9ec39b91f3d70e1beff50a308f77067065ea6be0d91a3378375056cd4422cf3d"
#define UUID "6c85216c-82ad-11e7-9fb0-061c2985ea4a"
#define UUID_ "6c85216c_82ad_11e7_9fb0_061c2985ea4a"
#define STATIC "d2b1d6a6f7e5c3b4a59687786950413f"
#define USER "/user.slice/user-1000.slice/user@1000.service"
#define BURSTABLE "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UUID_ ".slice"
#define KIND                                                                       \
	"/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/" \
	"kubelet-kubepods-besteffort-pod" UUID_ ".slice"

/* NULL for a runtime: no container. `own` is the path of the container's cgroup, NULL: all. */
struct path_case {
	const char *path, *runtime, *id, *pod;
	const char *own;
	uint32_t uid;
};

#define NONE(p)           \
	{                 \
		.path = p \
	}
#define IN(r, p, i, ...)                                        \
	{                                                       \
		.path = p, .runtime = r, .id = i, ##__VA_ARGS__ \
	}

static const struct path_case cases[] = {
	/* docker */
	IN("docker", "/docker/" A, A),
	IN("docker", "/system.slice/docker-" A ".scope", A),
	IN("docker", "/docker/" A "/init.scope", A, .own = "/docker/" A),
	IN("docker", "/system.slice/docker-" A ".scope/system.slice/cron.service", A,
	   .own = "/system.slice/docker-" A ".scope"),
	IN("docker", USER "/user.slice/docker-" A ".scope", A, .uid = 1000),
	NONE(USER "/app.slice/docker.service"),
	IN("docker", "/docker/" A "/docker/" B, B),
	IN("docker", "/docker/" A "/docker", A, .own = "/docker/" A),
	IN("docker", "/moby/" A, A),
	IN("oci", "/ecs/0f1e2d3c4b5a69788796a5b4c3d2e1f0/" A, A),
	IN("oci", "/actions_job/" A, A),
	IN("oci", "/" A, A),
	IN("oci", "/../" A, A),
	IN("docker", "/../../system.slice/docker-" A ".scope", A),
	NONE("/docker"),
	NONE("/docker/buildx"),
	NONE("/system.slice/docker.service"),
	NONE("/system.slice/docker-" A ".mount"),
	NONE("/system.slice/var-lib-docker-overlay2-" A "-merged.mount"),
	/* containerd */
	IN("containerd", "/k8s.io/" A, A),
	IN("containerd", "/default/" A, A),
	NONE("/default/redis"),
	NONE("/default/0123456789ab"),
	IN("containerd", "/system.slice/nerdctl-" A ".scope", A),
	IN("containerd", USER "/user.slice/nerdctl-" A ".scope", A, .uid = 1000),
	NONE("/system.slice/containerd.service"),
	IN("containerd",
	   "/system.slice/containerd.service/kubepods-burstable-pod" UUID_
	   ".slice:cri-containerd:" A,
	   A, .pod = UUID),
	IN("docker", "/system.slice:docker:" A, A),
	NONE("/system.slice:conmon:" A),
	/* podman */
	IN("podman", "/machine.slice/libpod-" A ".scope", A),
	IN("podman", "/machine.slice/libpod-" A ".scope/container", A,
	   .own = "/machine.slice/libpod-" A ".scope"),
	IN("podman", "/libpod_parent/libpod-" A, A),
	IN("podman", "/machine.slice/machine-libpod_pod_" B ".slice/libpod-" A ".scope", A),
	IN("podman", USER "/user.slice/libpod-" A ".scope", A, .uid = 1000),
	IN("podman", USER "/user.slice/user-libpod_pod_" B ".slice/libpod-" A ".scope/container", A,
	   .own = USER "/user.slice/user-libpod_pod_" B ".slice/libpod-" A ".scope", .uid = 1000),
	IN("podman", "/system.slice/nginx.service/libpod-payload-" A, A),
	IN("podman", USER "/app.slice/redis.service/libpod-payload-" A, A, .uid = 1000),
	NONE("/system.slice/nginx.service/runtime"),
	NONE("/system.slice/nginx.service/supervisor"),
	NONE("/machine.slice/libpod-conmon-" A ".scope"),
	NONE(USER "/user.slice/libpod-conmon-" A ".scope"),
	NONE("/libpod_parent/conmon"),
	NONE("/libpod_parent/" B),
	IN("podman", "/libpod_parent/" B "/libpod-" A, A),
	NONE("/machine.slice/machine-libpod_pod_" B ".slice"),
	NONE("/system.slice/" A ".service"),
	NONE("/system.slice/" A "-6f1e2d3c4b5a6978.timer"),
	/* Kubernetes */
	IN("containerd", BURSTABLE "/cri-containerd-" A ".scope", A, .pod = UUID),
	IN("cri-o", BURSTABLE "/crio-" A ".scope", A, .pod = UUID),
	IN("cri-o", BURSTABLE "/crio-" A ".scope/container", A, .pod = UUID,
	   .own = BURSTABLE "/crio-" A ".scope"),
	IN("docker", BURSTABLE "/docker-" A ".scope", A, .pod = UUID),
	NONE(BURSTABLE "/crio-conmon-" A ".scope"),
	NONE(BURSTABLE),
	IN("containerd", "/kubepods.slice/kubepods-pod" UUID_ ".slice/cri-containerd-" A ".scope",
	   A, .pod = UUID),
	IN("containerd",
	   "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" STATIC
	   ".slice/cri-containerd-" A ".scope",
	   A, .pod = STATIC),
	IN("oci", "/kubepods/besteffort/pod" UUID "/" A, A, .pod = UUID),
	IN("oci", "/kubepods/burstable/pod" STATIC "/" A, A, .pod = STATIC),
	IN("oci", "/kubepods/pod" UUID "/" A, A, .pod = UUID),
	IN("cri-o", "/kubepods/burstable/pod" UUID "/crio-" A, A, .pod = UUID),
	NONE("/kubepods/burstable/pod" UUID "/crio-conmon-" A),
	NONE("/kubepods/besteffort/pod" UUID),
	NONE("/kubepods/besteffort"),
	NONE("/kubepods.slice"),
	IN("containerd", KIND "/cri-containerd-" A ".scope", A, .pod = UUID),
	IN("oci", "/docker/" B "/kubelet/kubepods/besteffort/pod" UUID "/" A, A, .pod = UUID),
	IN("containerd", "/system.slice/docker-" B ".scope" KIND "/cri-containerd-" A ".scope", A,
	   .pod = UUID),
	IN("docker", "/system.slice/docker-" B ".scope" KIND, B,
	   .own = "/system.slice/docker-" B ".scope"),
	IN("docker", "/system.slice/docker-" B ".scope/kubelet.slice/kubelet.service", B,
	   .own = "/system.slice/docker-" B ".scope"),
	IN("docker", BURSTABLE "/cri-containerd-" A ".scope/docker/" B, B, .pod = UUID),
	IN("podman",
	   "/kubepods/burstable/pod" UUID "/" A "/user.slice/user-7.slice/libpod-" B ".scope", B,
	   .pod = UUID),
	IN("containerd",
	   BURSTABLE "/cri-containerd-" A ".scope/system.slice/crio-conmon-" B ".scope", A,
	   .pod = UUID, .own = BURSTABLE "/cri-containerd-" A ".scope"),
	/* BuildKit */
	IN("buildkit", "/docker/buildkit/q0wtqz8l0vbttdgbyk7cfjmqb", "q0wtqz8l0vbttdgbyk7cfjmqb"),
	IN("buildkit", "/buildkit/q0wtqz8l0vbttdgbyk7cfjmqb", "q0wtqz8l0vbttdgbyk7cfjmqb"),
	IN("buildkit", "/system.slice/buildkit-q0wtqz8l0vbttdgbyk7cfjmqb.scope",
	   "q0wtqz8l0vbttdgbyk7cfjmqb"),
	NONE("/buildkit/q0wtqz8l0vbttdgbyk7cfjmq"),
	NONE("/docker/q0wtqz8l0vbttdgbyk7cfjmqb"),
	NONE("/system.slice/buildkit.service"),
	/* LXC and machines */
	IN("lxc", "/lxc/web", "web"),
	IN("lxc", "/lxc/101/ns", "101", .own = "/lxc/101"),
	IN("lxc", "/lxc/web/lxc/inner", "inner"),
	IN("lxc", "/lxc.payload.web", "web"),
	IN("lxc", "/lxc.payload.prod_web-1/system.slice/cron.service", "prod_web-1",
	   .own = "/lxc.payload.prod_web-1"),
	IN("lxc", "/lxc.payload/web/init.scope", "web", .own = "/lxc.payload/web"),
	IN("docker", "/lxc.payload.web/system.slice/docker-" A ".scope", A),
	NONE("/lxc.monitor.web"),
	NONE("/lxc.monitor/web"),
	NONE("/lxc.pivot"),
	NONE("/lxc"),
	NONE("/lxc/.lxc"),
	NONE("/lxc.payload."),
	NONE("/lxc.payload.a b"),
	NONE("/lxc.payload.a\x1b[2J"),
	IN("nspawn", "/machine.slice/machine-deb.scope/payload/init.scope", "deb",
	   .own = "/machine.slice/machine-deb.scope"),
	IN("nspawn", "/machine.slice/machine-my\\x2dbox.scope", "my-box"),
	IN("nspawn", "/machine.slice/systemd-nspawn@my-box.service/payload", "my-box",
	   .own = "/machine.slice/systemd-nspawn@my-box.service"),
	IN("nspawn", "/machine.slice/systemd-nspawn@my\\x2dbox.service", "my-box"),
	NONE("/machine.slice/systemd-nspawn@deb.service/supervisor"),
	NONE("/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt/emulator"),
	NONE("/machine.slice/machine-a\\x00b.scope"),
	NONE("/machine.slice/machine-a\\x2fb.scope"),
	NONE("/machine.slice/machine-a\\x2"),
	NONE("/machine.slice"),
	NONE("/system.slice/machine-deb.scope"),
	/* neither */
	NONE("/"),
	NONE(""),
	NONE("/init.scope"),
	NONE("/system.slice/ssh.service"),
	NONE("/user.slice/user-1000.slice/session-3.scope"),
	NONE(USER "/app.slice/app-gnome-firefox-1234.scope"),
	NONE("/system.slice/system-getty.slice/getty@tty1.service"),
	/* not an ID */
	NONE("/system.slice/docker-4f797c539e6.scope"),
	IN("docker", "/system.slice/docker-4f797c539e6c.scope", "4f797c539e6c"),
	NONE("/system.slice/docker-" A "0.scope"),
	NONE("/system.slice/docker-4F797C539E6C745D.scope"),
	NONE("/system.slice/docker-.scope"),
	NONE("/system.slice/docker-" A ".scope.scope"),
	NONE("/system.slice/-" A ".scope"),
	NONE("/system.slice/xdocker-" A ".scope"),
	NONE("/kubepods/besteffort/pod" UUID "/" A "0"),
	IN("oci", "/kubepods/besteffort/pod6c85216c-82ad-11e7-9fb0-061c2985ea4/" A, A),
	IN("oci", "/kubepods/besteffort/pod../" A, A),
	IN("podman", "/user.slice/user-4294967295.slice/libpod-" A ".scope", A),
	IN("podman", "/user.slice/user-1000x.slice/libpod-" A ".scope", A),
	/* a name of itself inside of itself */
	IN("docker", "/docker/" A "/docker/" A, A, .own = "/docker/" A),
};

#define CASES (sizeof(cases) / sizeof(*cases))

static void test_path(const struct path_case *t)
{
	struct container c;
	int err = container__from_path(t->path, &c);

	if (!t->runtime) {
		is_int(err, -ENOENT, "no container: %s", t->path);
		ok(!*c.id && !*c.runtime && !*c.pod && !*c.name && !c.path_len,
		   "... nothing is told");
		return;
	}
	is_int(err, 0, "%s", t->path);
	is_str(c.runtime, t->runtime, "... runtime");
	is_str(c.id, t->id, "... ID");
	is_str(c.pod, t->pod ? t->pod : "", "... pod");
	is_int(c.uid, t->uid, "... uid");
	is_int((long long)c.path_len, (long long)strlen(t->own ? t->own : t->path),
	       "... own cgroup");
}

/* ---- mutated paths ---- */

static uint64_t random_next(void)
{
	static uint64_t state = 88172645463325252U;

	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

/* Bytes that mean something to the decoder more often than others. */
static char random_byte(void)
{
	static const char likely[] = "/-_.:\\@0af12scopeslicepod";
	uint64_t r = random_next();

	return r & 1 ? likely[(r >> 8) % (sizeof(likely) - 1)] : (char)((r >> 8) % 255 + 1);
}

static void mutate(char *s, size_t size)
{
	size_t len = strlen(s), at = len ? random_next() % len : 0;
	const char *other = cases[random_next() % CASES].path;

	switch (random_next() % 5) {
	case 0: /* truncate */
		s[at] = '\0';
		break;
	case 1: /* remove */
		memmove(s + at, s + at + (len > 0), len - at);
		break;
	case 2: /* replace */
		if (len)
			s[at] = random_byte();
		break;
	case 3: /* insert */
		memmove(s + at + 1, s + at, len - at + 1);
		s[at] = random_byte();
		break;
	default: /* go on with another one */
		snprintf(s + at, size - at, "%s", other + random_next() % (strlen(other) + 1));
	}
}

static bool is_known_runtime(const char *runtime)
{
	static const char *const known[] = { "docker",	 "containerd", "cri-o",	 "podman",
					     "buildkit", "lxc",	       "nspawn", "oci" };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (!strcmp(known[i], runtime))
			return true;
	}
	return false;
}

static bool is_sane(const char *path, const struct container *c)
{
	size_t len = strlen(c->id), hex = strspn(c->id, "0123456789abcdef");
	bool machine = !strcmp(c->runtime, "lxc") || !strcmp(c->runtime, "nspawn");
	bool build = !strcmp(c->runtime, "buildkit") && len == 25;
	char own[PATH_MAX];
	struct container again;

	if (!is_known_runtime(c->runtime) || c->path_len > strlen(path) ||
	    (path[c->path_len] && path[c->path_len] != '/'))
		return false;
	if (!machine && !build && (hex != len || len < 12 || len > 64))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (c->id[i] <= ' ' || c->id[i] > '~' || strchr("/\\\"'`$%", c->id[i]))
			return false;
	}
	if (*c->pod && strlen(c->pod) != 36 && strlen(c->pod) != 32)
		return false;
	if (c->pod[strspn(c->pod, "-0123456789abcdef")])
		return false;
	snprintf(own, sizeof(own), "%.*s", (int)c->path_len, path);
	return !container__from_path(own, &again) && !strcmp(again.id, c->id) &&
	       !strcmp(again.runtime, c->runtime) && again.path_len == c->path_len;
}

static void test_mutations(void)
{
	unsigned int containers = 0, none = 0, wrong = 0;
	char path[2048];
	struct container c;

	for (int i = 0; i < 300000; i++) {
		int err;

		snprintf(path, 1024, "%s", cases[random_next() % CASES].path);
		for (uint64_t n = random_next() % 4 + 1; n; n--)
			mutate(path, 1024);
		/* The heap has a guard right after it. */
		char *exact = strdup(path);

		err = container__from_path(exact, &c);
		if (!err && is_sane(exact, &c))
			containers++;
		else if (err == -ENOENT && !*c.id)
			none++;
		else if (!wrong++)
			diag("err %d, runtime '%s', id '%s': %s", err, c.runtime, c.id, exact);
		free(exact);
	}
	is_int(wrong, 0, "300000 mutated paths give a sane identity or none");
	ok(containers > 30000 && none > 30000, "... both often (%u, %u)", containers, none);
}

static void test_long_path(void)
{
	static char path[1 << 20];
	struct container c;

	memset(path, 'a', sizeof(path) - 1);
	path[0] = '/';
	is_int(container__from_path(path, &c), -ENOENT, "a component of a million letters");
	for (size_t i = 0; i < sizeof(path) - 1; i += 2)
		path[i] = '/';
	is_int(container__from_path(path, &c), -ENOENT, "half a million components");
}

int main(void)
{
	for (size_t i = 0; i < CASES; i++)
		test_path(&cases[i]);
	test_mutations();
	test_long_path();
	return done_testing();
}
