// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/block/disk_kind.h"

#include <dirent.h>
#include <string.h>
#include <unistd.h>
#include "common/block/disk_sysfs.h"

static bool has_entries(const char *dir, const char *sub)
{
	char path[PATH_MAX];
	bool found = false;
	struct dirent *e;
	DIR *d;

	if (disk_sysfs__path(path, "%s/%s", dir, sub))
		return false;
	d = opendir(path);
	while (d && !found && (e = readdir(d)))
		found = e->d_name[0] != '.';
	if (d)
		closedir(d);
	return found;
}

/*
 * A queue's mq directory is made when it is registered, if and only if it has blk-mq operations
 * (block/blk-sysfs.c; so from 5.0, which left no other kind of request queue, to 7.x). dm with
 * requests (multipath) has it, other dm, md, zram and brd have not.
 */
bool disk_kind__is_bio_based(const char *dir)
{
	return !disk_sysfs__exists("%s/mq", dir);
}

/*
 * The disk that stands for all paths of NVMe multipath has nothing in slaves/. It lives in the
 * subsystem that the paths share, disks without multipath live in their controller.
 */
static bool is_nvme_head(const char *dir)
{
	char path[PATH_MAX], link[PATH_MAX];
	ssize_t len;

	if (disk_sysfs__path(path, "%s", dir))
		return false;
	len = readlink(path, link, sizeof(link) - 1);
	if (len < 0)
		return false;
	link[len] = '\0';
	return strstr(link, "/nvme-subsystem/");
}

bool disk_kind__is_stacked(const char *dir)
{
	return has_entries(dir, "slaves") || is_nvme_head(dir);
}

bool disk_kind__passes_bios(const char *dir)
{
	char level[32];

	if (!disk_sysfs__read(level, sizeof(level), "%s/md/level", dir))
		return !strcmp(level, "raid0") || !strcmp(level, "linear");
	return is_nvme_head(dir);
}

bool disk_kind__is_path(const char *dir)
{
	char path[PATH_MAX];
	bool found = false;
	struct dirent *e;
	DIR *d;

	if (disk_sysfs__path(path, "%s/holders", dir))
		return false;
	d = opendir(path);
	while (d && !found && (e = readdir(d)))
		found = e->d_name[0] != '.' && disk_sysfs__exists("/sys/block/%s/mq", e->d_name);
	if (d)
		closedir(d);
	return found;
}
