// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/block/disk.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "common/block/disk_kind.h"
#include "common/block/disk_sysfs.h"
#include "common/base/text.h"

#define SETS 256
#define WAYS 8
#define FRESH_MS 100

/* Of a number that was asked for; `name` is "" when it never had one. */
struct disk_known {
	uint32_t dev; /* 0: the entry is free */
	bool present; /* when it was looked up last */
	uint64_t looked_up_ms;
	char name[DISK_RAW_MAX];
};

static struct disk_known known[SETS][WAYS];
static unsigned int known_generation;

static uint64_t coarse_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	return (uint64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Entries that are free or can be filled again go first, then those not asked for for longest. */
static bool is_dispensable(const struct disk_known *a, const struct disk_known *b)
{
	bool a_again = a->present || !*a->name, b_again = b->present || !*b->name;

	return a_again == b_again ? a->looked_up_ms < b->looked_up_ms : a_again;
}

/* What is remembered of another root is forgotten. */
static void known_check(void)
{
	if (known_generation == disk__root_generation())
		return;
	known_generation = disk__root_generation();
	memset(known, 0, sizeof(known));
}

static struct disk_known *disk_entry(uint32_t dev)
{
	/* Numbers have strides of 16 (sd) and 1; the factor is 2^32 over the golden ratio. */
	struct disk_known *set = known[dev * 0x9e3779b1u / (UINT32_MAX / SETS + 1)], *victim = set;

	for (struct disk_known *k = set; k < set + WAYS; k++) {
		if (k->dev == dev)
			return k;
		if (is_dispensable(k, victim))
			victim = k;
	}
	memset(victim, 0, sizeof(*victim));
	victim->dev = dev;
	return victim;
}

static void disk_look_up(struct disk_known *k)
{
	uint64_t now = coarse_ms();
	char dir[64], raw[DISK_RAW_MAX];

	if (k->looked_up_ms && now - k->looked_up_ms < FRESH_MS)
		return;
	k->looked_up_ms = now;
	disk_sysfs__of_dev(k->dev, dir, sizeof(dir));
	k->present = !disk_sysfs__name(dir, raw) || !disk_sysfs__hidden_name(k->dev, raw);
	if (k->present)
		strcpy(k->name, raw);
}

int disk__name(uint32_t dev, char *buf, size_t size)
{
	struct disk_known *k;

	if (!dev) {
		snprintf(buf, size, "-");
		return -ENODEV;
	}
	known_check();
	k = disk_entry(dev);
	disk_look_up(k);
	if (*k->name)
		disk_sysfs__format(k->name, buf, size);
	else
		snprintf(buf, size, "%u:%u", disk__major(dev), disk__minor(dev));
	return k->present ? 0 : -ENODEV;
}

int disk__dm_name(uint32_t dev, char *buf, size_t size)
{
	char dir[64], name[DISK_NAME_MAX];

	if (size)
		*buf = '\0';
	disk_sysfs__of_dev(dev, dir, sizeof(dir));
	if (disk_sysfs__read(name, sizeof(name), "%s/dm/name", dir) || !*name)
		return -ENODEV;
	text__escape(buf, size, name, strlen(name));
	return 0;
}

/* -ENODEV: it went away meanwhile. */
static int disk_inspect(const char *entry, struct disk_info *info)
{
	char dir[PATH_MAX];
	uint64_t n;

	memset(info, 0, sizeof(*info));
	if (snprintf(dir, sizeof(dir), "/sys/block/%s", entry) >= (int)sizeof(dir))
		return -ENODEV;
	if (disk_sysfs__dev(dir, &info->dev)) {
		info->hidden = !disk_sysfs__number(&n, "%s/hidden", dir) && n;
		if (!info->hidden)
			return -ENODEV;
		if (disk_sysfs__hidden_dev(entry, &info->dev))
			info->dev = 0;
	}
	disk_sysfs__format(entry, info->name, sizeof(info->name));
	if (disk_sysfs__number(&info->sectors, "%s/size", dir))
		info->sectors = 0;
	info->bio_based = disk_kind__is_bio_based(dir);
	info->stacked = disk_kind__is_stacked(dir);
	info->passes = info->bio_based && info->stacked && disk_kind__passes_bios(dir);
	info->path = disk_kind__is_path(dir);
	info->iostats = disk_sysfs__number(&n, "%s/queue/iostats", dir) || n;
	return 0;
}

static int is_entry(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

int disk__each(int (*visit)(void *ctx, const struct disk_info *disk), void *ctx)
{
	struct dirent **list;
	char path[PATH_MAX];
	struct disk_info info;
	int n, err = disk_sysfs__path(path, "/sys/block");

	if (err)
		return err;
	n = scandir(path, &list, is_entry, versionsort);
	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++) {
		if (!err && !disk_inspect(list[i]->d_name, &info))
			err = visit(ctx, &info);
		free(list[i]);
	}
	free(list);
	return err;
}
