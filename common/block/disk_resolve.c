// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "common/block/disk.h"
#include "common/block/disk_kind.h"
#include "common/block/disk_sysfs.h"

/* A partition's directory is in that of its disk. */
static int resolve_partition(const char *dir, struct disk_ref *ref)
{
	char raw[DISK_RAW_MAX];
	uint64_t sectors;
	int err;

	ref->partition = true;
	err = disk_sysfs__dev(dir, &ref->part_dev);
	err = err ?: disk_sysfs__name(dir, raw);
	err = err ?: disk_sysfs__number(&ref->first_sector, "%s/start", dir);
	err = err ?: disk_sysfs__number(&sectors, "%s/size", dir);
	if (err || !sectors)
		return -ENODEV;
	disk_sysfs__format(raw, ref->part_name, sizeof(ref->part_name));
	ref->last_sector = ref->first_sector + sectors - 1;
	return 0;
}

/* A whole disk. */
static int resolve_disk(const char *dir, struct disk_ref *ref)
{
	char raw[DISK_RAW_MAX];

	if (disk_sysfs__name(dir, raw))
		return -ENODEV;
	if (disk_sysfs__dev(dir, &ref->dev) && disk_sysfs__hidden_dev(raw, &ref->dev))
		return -ENODEV;
	disk_sysfs__format(raw, ref->name, sizeof(ref->name));
	ref->bio_based = disk_kind__is_bio_based(dir);
	ref->stacked = disk_kind__is_stacked(dir);
	return 0;
}

/* `dir` is a link in sysfs to a disk or partition. */
static int resolve_dir(const char *dir, struct disk_ref *ref)
{
	char whole[64], parent[PATH_MAX];
	uint32_t dev;
	int err;

	memset(ref, 0, sizeof(*ref));
	if (!disk_sysfs__exists("%s/partition", dir))
		return resolve_disk(dir, ref);
	snprintf(parent, sizeof(parent), "%s/..", dir);
	err = disk_sysfs__dev(parent, &dev);
	if (err)
		return -ENODEV;
	disk_sysfs__of_dev(dev, whole, sizeof(whole));
	err = resolve_disk(whole, ref);
	return err ?: resolve_partition(dir, ref);
}

static int resolve_dev(uint32_t dev, struct disk_ref *ref)
{
	char dir[64];

	disk_sysfs__of_dev(dev, dir, sizeof(dir));
	return resolve_dir(dir, ref);
}

/* By what the device-mapper calls it. */
static int resolve_dm(const char *name, struct disk_ref *ref)
{
	char path[PATH_MAX], found[DISK_NAME_MAX], dir[PATH_MAX];
	int err = disk_sysfs__path(path, "/sys/block");
	struct dirent *e;
	DIR *d;

	if (err)
		return err;
	d = opendir(path);
	err = d ? -ENODEV : -errno;
	while (d && err && (e = readdir(d))) {
		if (strncmp(e->d_name, "dm-", 3))
			continue;
		snprintf(dir, sizeof(dir), "/sys/block/%s", e->d_name);
		if (!disk_sysfs__read(found, sizeof(found), "%s/dm/name", dir) &&
		    !strcmp(found, name))
			err = resolve_dir(dir, ref);
	}
	if (d)
		closedir(d);
	return err;
}

static int resolve_name(const char *name, struct disk_ref *ref)
{
	char dir[PATH_MAX], *p;

	if (strlen(name) > NAME_MAX)
		return -ENAMETOOLONG;
	if (!*name || *name == '.')
		return -EINVAL;
	snprintf(dir, sizeof(dir), "/sys/class/block/%s", name);
	for (p = dir + strlen("/sys/class/block/"); *p; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return -EINVAL;
		if (*p == '/')
			*p = '!';
	}
	if (disk_sysfs__exists("%s", dir))
		return resolve_dir(dir, ref);
	return resolve_dm(name, ref);
}

/* Undoes the octal escapes of mountinfo. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' &&
		    s[3] >= '0' && s[3] <= '7') {
			*to++ = (s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0');
			s += 3;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
}

/* A source is any text, unless the file system's kind needs a device: not "nodev". */
static bool needs_device(const char *type)
{
	FILE *f = disk_sysfs__open("/proc/filesystems");
	bool found = false;
	char line[256];

	while (f && !found && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		found = line[0] == '\t' && !strcmp(line + 1, type);
	}
	if (f)
		fclose(f);
	return found;
}

/* The source in a line of mountinfo, if the line is of this mount and says a device. */
static char *mount_source(char *line, uint64_t id)
{
	char *rest = strstr(line, " - "), *type, *source;

	if (!rest || strtoull(line, NULL, 10) != id)
		return NULL;
	type = strtok_r(rest + 3, " \n", &rest);
	source = strtok_r(NULL, " \n", &rest);
	if (!type || !source || !needs_device(type))
		return NULL;
	unescape(source);
	return source;
}

/* -EOPNOTSUPP: there is none. */
static int find_source(uint64_t mount_id, char source[PATH_MAX])
{
	FILE *f = disk_sysfs__open("/proc/self/mountinfo");
	char *line = NULL, *found = NULL;
	size_t size = 0;

	while (f && !found && getline(&line, &size, f) > 0)
		found = mount_source(line, mount_id);
	if (found && snprintf(source, PATH_MAX, "%s", found) >= PATH_MAX)
		found = NULL;
	free(line);
	if (f)
		fclose(f);
	return found && *source == '/' ? 0 : -EOPNOTSUPP;
}

static int count_entries(const char *dir)
{
	char path[PATH_MAX];
	struct dirent *e;
	int n = 0;
	DIR *d = disk_sysfs__path(path, "%s", dir) ? NULL : opendir(path);

	while (d && (e = readdir(d)))
		n += e->d_name[0] != '.';
	if (d)
		closedir(d);
	return n;
}

/* btrfs names one of its disks as its source, however many it is on. */
static int check_single(uint32_t dev)
{
	char path[PATH_MAX], raw[DISK_RAW_MAX], dir[64];
	struct dirent *e;
	int err = 0;
	DIR *d;

	disk_sysfs__of_dev(dev, dir, sizeof(dir));
	if (disk_sysfs__name(dir, raw) || disk_sysfs__path(path, "/sys/fs/btrfs"))
		return 0;
	d = opendir(path);
	while (d && !err && (e = readdir(d))) {
		snprintf(path, sizeof(path), "/sys/fs/btrfs/%s/devices", e->d_name);
		if (disk_sysfs__exists("%s/%s", path, raw) && count_entries(path) > 1)
			err = -ENOTUNIQ;
	}
	if (d)
		closedir(d);
	return err;
}

/* Containers have /sys, but few nodes in /dev. */
static int resolve_missing(const char *path, struct disk_ref *ref)
{
	int err;

	if (!strncmp(path, "/dev/mapper/", 12))
		err = resolve_dm(path + 12, ref);
	else if (!strncmp(path, "/dev/", 5))
		err = resolve_name(path + 5, ref);
	else
		return -ENOENT;
	return err == -EINVAL ? -ENODEV : err;
}

static int resolve_node(const char *path, struct stat *st, struct disk_ref *ref)
{
	char real[PATH_MAX];
	int err = disk_sysfs__path(real, "%s", path);

	if (err)
		return err;
	if (stat(real, st))
		return errno == ENOENT ? resolve_missing(path, ref) : -errno;
	if (S_ISCHR(st->st_mode))
		return -ENOTBLK;
	if (S_ISBLK(st->st_mode))
		return resolve_dev(disk__dev(major(st->st_rdev), minor(st->st_rdev)), ref);
	return -EISDIR; /* a file or directory: what matters is where it is */
}

/*
 * The file system that a file or directory is in. Those that can be on several disks (btrfs), or on
 * none, have a number that is no disk's.
 */
static int resolve_mount(const char *path, dev_t dev, struct disk_ref *ref)
{
	char real[PATH_MAX], source[PATH_MAX];
	struct statx stx;
	struct stat st;
	int err;

	if (major(dev) && !resolve_dev(disk__dev(major(dev), minor(dev)), ref))
		return 0;
	err = disk_sysfs__path(real, "%s", path);
	if (err)
		return err;
	if (statx(AT_FDCWD, real, 0, STATX_MNT_ID, &stx))
		return -errno;
	err = stx.stx_mask & STATX_MNT_ID ? find_source(stx.stx_mnt_id, source) : -EOPNOTSUPP;
	if (!err && resolve_node(source, &st, ref))
		err = -EOPNOTSUPP;
	return err ?: check_single(ref->partition ? ref->part_dev : ref->dev);
}

static int resolve_path(const char *path, struct disk_ref *ref)
{
	struct stat st;
	int err = resolve_node(path, &st, ref);

	if (err != -EISDIR)
		return err;
	err = resolve_mount(path, st.st_dev, ref);
	ref->by_file = !err;
	return err;
}

/* What is no disk's name may be a path from here. */
static int resolve_relative(const char *what, struct disk_ref *ref)
{
	char here[PATH_MAX], path[PATH_MAX];
	int n;

	if (!*what)
		return -ENOENT;
	if (!getcwd(here, sizeof(here)))
		return -errno;
	n = snprintf(path, sizeof(path), "%s/%s", here, what);
	return n < (int)sizeof(path) ? resolve_path(path, ref) : -ENAMETOOLONG;
}

static int resolve_name_or_path(const char *what, struct disk_ref *ref)
{
	int err = resolve_name(what, ref), as_path;

	if (!err)
		return 0;
	as_path = resolve_relative(what, ref);
	return as_path == -ENOENT || as_path == -ENOTDIR ? err : as_path;
}

int disk__resolve(const char *what, struct disk_ref *ref)
{
	uint32_t dev;
	int err;

	memset(ref, 0, sizeof(*ref));
	if (*what == '/')
		err = resolve_path(what, ref);
	else if (!disk_sysfs__parse_dev(what, &dev))
		err = resolve_dev(dev, ref);
	else
		err = resolve_name_or_path(what, ref);
	if (err)
		memset(ref, 0, sizeof(*ref));
	return err;
}

#define DM_NAME_MAX 127 /* the longest names that a disk can have */

bool disk__may_come(const char *what)
{
	size_t len = strlen(what);

	/* A list or a pattern of names is waited for in vain. */
	if (strpbrk(what, ", *?[") || (len && what[len - 1] == '/'))
		return false;
	return *what == '/' ? !strncmp(what, "/dev/", 5) : len <= DM_NAME_MAX;
}

const char *disk__strerror(int err)
{
	switch (err) {
	case -ENODEV:
		return "no such disk (lsblk lists them)";
	case -EINVAL:
		return "no disk can have that name, and there is no such file (lsblk lists disks; -d "
		       "can be given several times)";
	case -ENOTBLK:
		return "not a block device";
	case -EOPNOTSUPP:
		return "its file system is not on a disk, or does not tell the disk (name the disk)";
	case -ENOTUNIQ:
		return "its file system is on several disks (name one of them)";
	default:
		return strerror(-err);
	}
}
