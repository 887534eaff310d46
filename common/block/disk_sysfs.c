// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/block/disk_sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>
#include "common/base/num.h"
#include "common/base/text.h"
#include "common/block/disk_dev.h"
#include "common/block/disk_root.h"

static int __attribute__((format(printf, 2, 0)))
sysfs_vpath(char path[PATH_MAX], const char *fmt, va_list ap)
{
	int len = snprintf(path, PATH_MAX, "%s", disk__root());

	if (len < PATH_MAX)
		len += vsnprintf(path + len, PATH_MAX - len, fmt, ap);
	return len < PATH_MAX ? 0 : -ENAMETOOLONG;
}

int disk_sysfs__path(char path[PATH_MAX], const char *fmt, ...)
{
	va_list ap;
	int err;

	va_start(ap, fmt);
	err = sysfs_vpath(path, fmt, ap);
	va_end(ap);
	return err;
}

FILE *disk_sysfs__open(const char *file)
{
	char path[PATH_MAX];
	int err = disk_sysfs__path(path, "%s", file);

	errno = -err;
	return err ? NULL : fopen(path, "re");
}

bool disk_sysfs__exists(const char *fmt, ...)
{
	char path[PATH_MAX];
	va_list ap;
	int err;

	va_start(ap, fmt);
	err = sysfs_vpath(path, fmt, ap);
	va_end(ap);
	return !err && !access(path, F_OK);
}

static int __attribute__((format(printf, 3, 0)))
sysfs_vread(char *buf, size_t size, const char *fmt, va_list ap)
{
	char path[PATH_MAX];
	int fd, err = sysfs_vpath(path, fmt, ap);
	ssize_t len;

	if (err)
		return err;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	len = read(fd, buf, size - 1);
	err = len < 0 ? -errno : 0;
	close(fd);
	if (len > 0 && buf[len - 1] == '\n')
		len--;
	buf[len < 0 ? 0 : len] = '\0';
	return err;
}

int disk_sysfs__read(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int err;

	va_start(ap, fmt);
	err = sysfs_vread(buf, size, fmt, ap);
	va_end(ap);
	return err;
}

int disk_sysfs__number(uint64_t *value, const char *fmt, ...)
{
	char text[32];
	va_list ap;
	int err;

	va_start(ap, fmt);
	err = sysfs_vread(text, sizeof(text), fmt, ap);
	va_end(ap);
	return err ?: num__u64(text, 0, UINT64_MAX, value);
}

int disk_sysfs__parse_dev(const char *s, uint32_t *dev)
{
	const char *colon = strchr(s, ':');
	uint64_t major, minor;
	char text[16];

	if (!colon || colon - s >= (int)sizeof(text))
		return -EINVAL;
	memcpy(text, s, colon - s);
	text[colon - s] = '\0';
	if (num__u64(text, 0, (1u << (32 - DISK_MINOR_BITS)) - 1, &major) ||
	    num__u64(colon + 1, 0, (1u << DISK_MINOR_BITS) - 1, &minor))
		return -EINVAL;
	*dev = disk__dev(major, minor);
	return 0;
}

int disk_sysfs__dev(const char *dir, uint32_t *dev)
{
	char text[32];
	int err = disk_sysfs__read(text, sizeof(text), "%s/dev", dir);

	return err ?: disk_sysfs__parse_dev(text, dev);
}

void disk_sysfs__of_dev(uint32_t dev, char *dir, size_t size)
{
	snprintf(dir, size, "/sys/dev/block/%u:%u", disk__major(dev), disk__minor(dev));
}

int disk_sysfs__name(const char *dir, char raw[DISK_RAW_MAX])
{
	char path[PATH_MAX], link[PATH_MAX];
	const char *name;
	ssize_t len;

	if (disk_sysfs__path(path, "%s", dir))
		return -ENODEV;
	len = readlink(path, link, sizeof(link) - 1);
	if (len <= 0)
		return -ENODEV;
	link[len] = '\0';
	name = strrchr(link, '/');
	name = name ? name + 1 : link;
	if (!*name || strlen(name) >= DISK_RAW_MAX)
		return -ENODEV;
	strcpy(raw, name);
	return 0;
}

/* The next line of diskstats that has a number. */
static bool next_stats(FILE *f, uint32_t *dev, char raw[DISK_RAW_MAX])
{
	unsigned int major, minor;
	char line[512];

	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%u %u %63s", &major, &minor, raw) != 3 || !(major | minor))
			continue;
		*dev = disk__dev(major, minor);
		return true;
	}
	return false;
}

int disk_sysfs__hidden_name(uint32_t dev, char raw[DISK_RAW_MAX])
{
	FILE *f = disk_sysfs__open("/proc/diskstats");
	bool found = false;
	uint32_t d;

	while (f && !found && next_stats(f, &d, raw))
		found = d == dev;
	if (f)
		fclose(f);
	return found ? 0 : -ENODEV;
}

int disk_sysfs__hidden_dev(const char *name, uint32_t *dev)
{
	FILE *f = disk_sysfs__open("/proc/diskstats");
	char raw[DISK_RAW_MAX];
	bool found = false;

	while (f && !found && next_stats(f, dev, raw))
		found = !strcmp(raw, name);
	if (f)
		fclose(f);
	return found ? 0 : -ENODEV;
}

void disk_sysfs__format(const char *raw, char *buf, size_t size)
{
	char name[DISK_RAW_MAX];

	snprintf(name, sizeof(name), "%s", raw);
	/* A file name in sysfs cannot have the slash that the kernel's name has. */
	for (char *p = name; *p; p++)
		if (*p == '!')
			*p = '/';
	text__escape(buf, size, name, strlen(name));
}
