// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/cgroup/cgroup_targets.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

enum cgroup_verdict cgroup_targets__get(int fd, uint64_t id)
{
	uint32_t verdict;

	return bpf_map_lookup_elem(fd, &id, &verdict) ? CGROUP_OUTSIDE : verdict;
}

int cgroup_targets__set(int fd, uint64_t id, enum cgroup_verdict verdict)
{
	uint32_t value = verdict;

	return bpf_map_update_elem(fd, &id, &value, BPF_ANY) ? -errno : 0;
}

void cgroup_targets__turn(int fd, uint64_t id, enum cgroup_verdict verdict)
{
	uint32_t value = verdict;

	bpf_map_update_elem(fd, &id, &value, BPF_EXIST);
}

void cgroup_targets__drop(int fd, uint64_t id)
{
	bpf_map_delete_elem(fd, &id);
}

void cgroup_targets__above(int fd, const struct cgroup_hierarchy *h, const char *path)
{
	char above[PATH_MAX], dir[PATH_MAX], *slash;
	uint32_t value = CGROUP_UNKNOWN;

	if (strlen(path) >= sizeof(above))
		return;
	strcpy(above, path);
	while ((slash = strrchr(above, '/'))) {
		struct stat st;
		uint64_t id;

		*slash = '\0';
		if (cgroup_mount__dir(h, above, dir, sizeof(dir)) || stat(dir, &st))
			continue;
		id = st.st_ino;
		bpf_map_update_elem(fd, &id, &value, BPF_NOEXIST);
	}
}
