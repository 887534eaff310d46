// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What runtimes call a container, from the files in which they keep it for themselves. */
#include "common/container.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common/cgroup_mount.h"
#include "common/jsonscan.h"
#include "common/num.h"

/* Podman's list has some 700 bytes per container. */
#define FILE_BYTES_MAX (8 << 20)

/* A JSON file; `data` is owned. */
struct file {
	char *data;
	struct jsonscan doc;
};

static int fd_read(int fd, struct file *f)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st))
		return -errno;
	/* Homes are their users': there may be a device or a pipe in the place of a file. */
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (st.st_size > FILE_BYTES_MAX)
		return -EFBIG;
	f->data = malloc((size_t)st.st_size + 1);
	if (!f->data)
		return -ENOMEM;
	while (f->doc.len < (size_t)st.st_size) {
		n = read(fd, f->data + f->doc.len, (size_t)st.st_size - f->doc.len);
		if (n < 0)
			return -errno;
		if (!n)
			break;
		f->doc.len += (size_t)n;
	}
	f->doc.at = f->data;
	return 0;
}

/* To be freed by file_free() also after an error. */
static int file_read(struct file *f, const char *a, const char *b, const char *c, const char *d)
{
	char dir[PATH_MAX], path[PATH_MAX];
	int fd, err;

	memset(f, 0, sizeof(*f));
	err = cgroup_mount__join(dir, sizeof(dir), cgroup__root(), a, b);
	if (!err)
		err = cgroup_mount__join(path, sizeof(path), dir, c, d);
	if (err)
		return err;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return errno == ENOTDIR ? -ENOENT : -errno;
	err = fd_read(fd, f);
	close(fd);
	return err;
}

static void file_free(struct file *f)
{
	free(f->data);
}

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

struct home {
	uint32_t uid;
	char dir[PATH_MAX];
};

static int passwd_line(char *line, void *ctx)
{
	struct home *h = ctx;
	char *field[6] = { NULL };
	uint64_t uid;

	for (int i = 0; i < 6; i++)
		field[i] = strsep(&line, ":");
	if (!field[5] || field[5][0] != '/' || num__u64(field[2], 0, UINT32_MAX, &uid) ||
	    uid != h->uid)
		return 0;
	return cgroup_mount__join(h->dir, sizeof(h->dir), field[5], "", "") ? -ENAMETOOLONG : 1;
}

static int home_of(const struct container *c, struct home *h)
{
	int err;

	h->uid = c->uid;
	err = cgroup_mount__lines("/etc/passwd", passwd_line, h);
	return err == 1 ? 0 : err ? err : -ENOENT;
}

/* Of several sources one is enough; that one has nothing says less than any other error. */
static int either(int err, int before)
{
	return !err || before == -ENOENT ? err : before;
}

static int docker_file(struct container *c, const char *dir, const char *below)
{
	char name[sizeof(c->name)];
	struct file f;
	int err = file_read(&f, dir, below, c->id, "/config.v2.json");

	if (!err)
		err = string_at(f.doc, "Name", NULL, name, sizeof(name));
	if (!err)
		err = name_of_docker(c, name);
	file_free(&f);
	return err;
}

static int docker_name(struct container *c)
{
	static const char *const dirs[] = { "/var/lib/docker",
					    "/var/snap/docker/common/var-lib-docker" };
	struct home home;
	int err = -ENOENT;

	if (c->uid) {
		err = home_of(c, &home);
		return err ? err : docker_file(c, home.dir, "/.local/share/docker/containers/");
	}
	for (size_t i = 0; err && i < sizeof(dirs) / sizeof(*dirs); i++)
		err = either(docker_file(c, dirs[i], "/containers/"), err);
	return err;
}

static int bundle_name(struct container *c, const char *dir, const char *below, const char *file)
{
	struct file f;
	int err = file_read(&f, dir, below, c->id, file);

	if (!err)
		err = name_of_annotations(c, f.doc);
	file_free(&f);
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
 * Podman's own database is no text; but its storage has a list with [{"id": "...", "names":
 * ["..."]}] in every version so far.
 */
static int podman_list(struct container *c, const char *dir, const char *below, const char *list)
{
	struct jsonscan elem = { NULL, 0 }, names, name = { NULL, 0 };
	char id[sizeof(c->id)];
	struct file f;
	int err = file_read(&f, dir, below, list, "");

	while (!err) {
		err = jsonscan__next(f.doc, &elem);
		if (!err && !string_at(elem, "id", NULL, id, sizeof(id)) && !strcmp(id, c->id))
			break;
	}
	if (!err)
		err = jsonscan__path(elem, (const char *const[]){ "names", NULL }, &names);
	if (!err)
		err = jsonscan__next(names, &name);
	if (!err)
		err = jsonscan__string(name, c->name, sizeof(c->name));
	file_free(&f);
	return err;
}

/* Those of `podman run --rm` may be in a list of their own. */
static int podman_storage(struct container *c, const char *dir, const char *below)
{
	static const char *const lists[] = {
		"overlay-containers/containers.json",
		"overlay-containers/volatile-containers.json",
		"vfs-containers/containers.json",
		"vfs-containers/volatile-containers.json",
	};
	int err = -ENOENT;

	for (size_t i = 0; err && i < sizeof(lists) / sizeof(*lists); i++)
		err = either(podman_list(c, dir, below, lists[i]), err);
	return err;
}

static int podman_name(struct container *c)
{
	struct home home;
	int err;

	if (c->uid) {
		err = home_of(c, &home);
		return err ? err : podman_storage(c, home.dir, "/.local/share/containers/storage/");
	}
	err = podman_storage(c, "/var/lib/containers", "/storage/");
	if (err)
		err = either(podman_storage(c, "/run/containers", "/storage/"), err);
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
	for (size_t i = 0; err && i < sizeof(sources) / sizeof(*sources); i++) {
		if (!any && strcmp(c->runtime, sources[i].runtime))
			continue;
		err = either(sources[i].name(c), err);
		if (!err)
			snprintf(c->runtime, sizeof(c->runtime), "%s", sources[i].runtime);
	}
	return err;
}
