/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Hosts made of files, with cgroups. */
#ifndef SNOOPKIT_TEST_CGROUP_HOST_H
#define SNOOPKIT_TEST_CGROUP_HOST_H

#include "common/cgroup/cgroup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "tests/unit/tap.h"
#include "tests/unit/tree.h"

#define FS "/sys/fs/cgroup"

static void host(const char *mountinfo, const char *self_cgroup)
{
	cgroup__set_root(tree_open());
	tree_file("/proc/self/mountinfo", mountinfo);
	tree_file("/proc/self/cgroup", self_cgroup);
}

static uint64_t ino(const char *dir)
{
	struct stat st;

	return stat(tree_path(dir), &st) ? 0 : st.st_ino;
}

#define V2_MOUNT "30 23 0:26 / " FS " rw,nosuid shared:4 master:1 - cgroup2 cgroup2 rw,nsdelegate\n"

static void host_v2(void)
{
	host("22 1 8:1 / / rw - ext4 /dev/sda1 rw\n" V2_MOUNT, "0::/user.slice\n");
	tree_file(FS "/system.slice/memory.stat", "anon 0\n");
	tree_dir(FS "/system.slice/a.service/inner");
	tree_dir(FS "/user.slice");
}

static void path_is(uint32_t hierarchy, uint64_t id, int want_err, const char *want)
{
	char path[PATH_MAX];

	is_int(cgroup__path_of_id(hierarchy, id, path, sizeof(path)), want_err, "path of %llu",
	       (unsigned long long)id);
	is_str(path, want, "... is '%s'", want);
}

#endif
