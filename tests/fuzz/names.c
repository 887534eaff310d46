// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What containers are called, from the files of runtimes: the input is such a file. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common/cgroup/container.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/tree.h"

#define BUNDLE "/run/containerd/io.containerd.runtime.v2.task/k8s.io/"

/* A container of its own each time, so that nothing remembered is found. */
static void check_name(const char *scope, const char *dir, const char *file, const uint8_t *data,
		       size_t len, uint64_t number)
{
	char id[65], path[3 * PATH_MAX], parent[2 * PATH_MAX];
	struct container c;
	int fd, err;

	snprintf(id, sizeof(id), "%064llx", (unsigned long long)number);
	snprintf(parent, sizeof(parent), "%s%s%s", tree_root, dir, id);
	must(!mkdir(parent, 0755));
	snprintf(path, sizeof(path), "%s/%s", parent, file);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	must(fd >= 0 && write(fd, data, len) == (ssize_t)len && !close(fd));
	snprintf(path, sizeof(path), "/system.slice/%s-%s.scope", scope, id);
	must(!container__from_path(path, &c) && !*c.name);
	err = container__name(&c);
	must(err <= 0 && memchr(c.name, '\0', sizeof(c.name)));
	must(!err == !!*c.name && !strcmp(c.id, id));
	/* Of the characters of the file, but for what is unescaped and put between. */
	must(strlen(c.name) <= 2 * len);
	snprintf(path, sizeof(path), "%s/%s", parent, file);
	must(!unlink(path) && !rmdir(parent));
}

static void begin(void)
{
	cgroup__set_root(tree_open());
	tree_dir("/var/lib/docker/containers");
	tree_dir("/run/containerd/io.containerd.runtime.v2.task/k8s.io");
	atexit(tree_close);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint64_t number;

	if (!number++)
		begin();
	check_name("docker", "/var/lib/docker/containers/", "config.v2.json", data, len, number);
	check_name("cri-containerd", BUNDLE, "config.json", data, len, number);
	return 0;
}
