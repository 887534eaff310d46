// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What runtimes call a container, from the files in which they keep it for themselves. */
#include "common/cgroup/container.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "common/cgroup/cgroup_mount.h"
#include "common/cgroup/container_file.h"

static int string_at(struct jsonscan doc, const char *a, const char *b, char *buf, size_t size)
{
	const char *keys[] = { a, b, NULL };
	struct jsonscan value;
	int err = jsonscan__path(doc, keys, &value);

	if (!err)
		err = jsonscan__string(value, buf, size);
	return !err && !*buf ? -ENOENT : err;
}

/* ---- names in Kubernetes ---- */

/* containerd's, what cri-o passes on of kubelet's, and cri-o's own annotations. */
static const char *const container_keys[] = { "io.kubernetes.cri.container-name",
					      "io.kubernetes.container.name", NULL };
static const char *const pod_keys[] = { "io.kubernetes.cri.sandbox-name", "io.kubernetes.pod.name",
					"io.kubernetes.cri-o.KubeName", NULL };
static const char *const namespace_keys[] = { "io.kubernetes.cri.sandbox-namespace",
					      "io.kubernetes.pod.namespace",
					      "io.kubernetes.cri-o.Namespace", NULL };

static bool annotation(struct jsonscan doc, const char *const *keys, char *buf, size_t size)
{
	for (; *keys; keys++) {
		if (!string_at(doc, "annotations", *keys, buf, size))
			return true;
	}
	*buf = '\0';
	return false;
}

/* The container that holds a pod's namespaces has no name; kubelet has always called it POD. */
static int name_join(struct container *c, const char *namespace, const char *pod, const char *name)
{
	int n = snprintf(c->name, sizeof(c->name), "%s%s%s%s%s", namespace, *namespace ? "/" : "",
			 pod, *pod ? "/" : "", *name ? name : "POD");

	if (n >= 0 && (size_t)n < sizeof(c->name))
		return 0;
	c->name[0] = '\0';
	return -ENAMETOOLONG;
}

static int name_of_annotations(struct container *c, struct jsonscan doc)
{
	char namespace[256], pod[256], name[256];
	bool has_name = annotation(doc, container_keys, name, sizeof(name));

	annotation(doc, namespace_keys, namespace, sizeof(namespace));
	if (annotation(doc, pod_keys, pod, sizeof(pod)) || has_name)
		return name_join(c, namespace, pod, name);
	return string_at(doc, "annotations", "nerdctl/name", c->name, sizeof(c->name));
}

/* kubelet with docker: k8s_<container>_<pod>_<namespace>_<uid>_<attempt>, in DNS names. */
static int name_of_docker(struct container *c, char *given)
{
	char *field[6], *rest = given;
	size_t i;

	if (*given == '/')
		memmove(given, given + 1, strlen(given));
	strcpy(c->name, given);
	for (i = 0; i < 6 && rest; i++)
		field[i] = strsep(&rest, "_");
	if (i < 6 || rest || strcmp(field[0], "k8s"))
		return *c->name ? 0 : -ENOENT;
	return name_join(c, field[3], field[2], field[1]);
}

/* ---- where they keep it ---- */

static int file_read(struct container_file *f, const char *a, const char *b, const char *c,
		     const char *d)
{
	char dir[PATH_MAX], path[PATH_MAX];
	int err = cgroup_mount__join(dir, sizeof(dir), a, b, c);

	if (!err)
		err = cgroup_mount__join(path, sizeof(path), dir, d, "");
	memset(f, 0, sizeof(*f));
	return err ?: container_file__read(f, path);
}

/* One of several sources is enough. -ENOENT of one source says less than another error. */
static int either(int err, int before)
{
	return !err || before == -ENOENT ? err : before;
}

static int docker_file(struct container *c, const char *dir, const char *below)
{
	char name[sizeof(c->name)];
	struct container_file f;
	int err = file_read(&f, dir, below, c->id, "/config.v2.json");

	if (!err)
		err = string_at(f.doc, "Name", NULL, name, sizeof(name));
	if (!err)
		err = name_of_docker(c, name);
	container_file__free(&f);
	return err;
}

static int docker_name(struct container *c)
{
	static const char *const dirs[] = { "/var/lib/docker",
					    "/var/snap/docker/common/var-lib-docker" };
	int err = -ENOENT;

	for (size_t i = 0; err && i < sizeof(dirs) / sizeof(*dirs); i++)
		err = either(docker_file(c, dirs[i], "/containers/"), err);
	return err;
}

static int bundle_name(struct container *c, const char *dir, const char *below, const char *file)
{
	struct container_file f;
	int err = file_read(&f, dir, below, c->id, file);

	if (!err)
		err = name_of_annotations(c, f.doc);
	container_file__free(&f);
	return err;
}

static int containerd_name(struct container *c)
{
	static const char *const dirs[] = { "/run/containerd", "/run/k3s/containerd",
					    "/var/snap/microk8s/common/run/containerd" };
	static const char *const namespaces[] = { "/io.containerd.runtime.v2.task/k8s.io/",
						  "/io.containerd.runtime.v2.task/default/" };
	int err = -ENOENT;

	for (size_t i = 0; err && i < 2 * sizeof(dirs) / sizeof(*dirs); i++)
		err = either(bundle_name(c, dirs[i / 2], namespaces[i % 2], "/config.json"), err);
	return err;
}

static int crio_name(struct container *c)
{
	static const char *const dirs[] = { "/run/containers/storage",
					    "/var/lib/containers/storage" };
	int err = -ENOENT;

	for (size_t i = 0; err && i < sizeof(dirs) / sizeof(*dirs); i++)
		err = either(
			bundle_name(c, dirs[i], "/overlay-containers/", "/userdata/config.json"),
			err);
	return err;
}

/*
 * Podman's own database is no text; but its storage has a list in every version so far. Those of
 * `podman run --rm` may be in a list of their own.
 */
static int podman_name(struct container *c)
{
	static const char *const lists[] = {
		"/var/lib/containers/storage/overlay-containers/containers.json",
		"/var/lib/containers/storage/overlay-containers/volatile-containers.json",
		"/var/lib/containers/storage/vfs-containers/containers.json",
		"/var/lib/containers/storage/vfs-containers/volatile-containers.json",
		"/run/containers/storage/overlay-containers/containers.json",
		"/run/containers/storage/overlay-containers/volatile-containers.json",
		"/run/containers/storage/vfs-containers/containers.json",
		"/run/containers/storage/vfs-containers/volatile-containers.json",
	};
	int err = -ENOENT;

	for (size_t i = 0; err && i < sizeof(lists) / sizeof(*lists); i++)
		err = either(container_list__name(lists[i], c->id, c->name, sizeof(c->name)), err);
	return err;
}

int container__name(struct container *c)
{
	static const struct source {
		const char *runtime;
		int (*name)(struct container *c);
	} sources[] = {
		{ "docker", docker_name },
		{ "containerd", containerd_name },
		{ "cri-o", crio_name },
		{ "podman", podman_name },
	};
	bool any = !strcmp(c->runtime, "oci");
	int err = -ENOENT;

	if (*c->name)
		return 0;
	/* A user's runtime has its files where the user has a say in what they are. */
	if (c->uid)
		return -EPERM;
	for (size_t i = 0; err && i < sizeof(sources) / sizeof(*sources); i++) {
		if (!any && strcmp(c->runtime, sources[i].runtime))
			continue;
		err = either(sources[i].name(c), err);
		if (!err)
			snprintf(c->runtime, sizeof(c->runtime), "%s", sources[i].runtime);
	}
	return err;
}
