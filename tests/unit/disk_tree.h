/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Block devices in the sysfs of a made-up host. */
#ifndef SNOOPKIT_TESTS_DISK_TREE_H
#define SNOOPKIT_TESTS_DISK_TREE_H

#include <stdbool.h>
#include "common/block/disk.h"
#include "tests/unit/tree.h"

#define MPATH "virtual/nvme-subsystem/nvme-subsys0"

enum disk_kind { MQ = 1, BIO = 2, HIDDEN = 4, NO_IOSTATS = 8 };

static inline void tree_link(const char *name, const char *to)
{
	char dir[PATH_MAX];

	snprintf(dir, sizeof(dir), "%.*s", (int)(strrchr(name, '/') - name), name);
	tree_dir(dir);
	if (symlink(to, tree_path(name)))
		tree_die(name);
}

static inline void tree_number(const char *dir, const char *name, unsigned long long n)
{
	char path[PATH_MAX], text[32];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	snprintf(text, sizeof(text), "%llu\n", n);
	tree_file(path, text);
}

/* A directory below /sys/devices, with the links that lead to it. */
static inline void add_device(const char *dir, const char *dev, bool whole)
{
	const char *name = strrchr(dir, '/') + 1;
	char link[PATH_MAX], to[PATH_MAX], text[32];

	snprintf(to, sizeof(to), "/sys/devices/%s/dev", dir);
	snprintf(text, sizeof(text), "%s\n", dev ?: "");
	if (dev)
		tree_file(to, text);
	snprintf(to, sizeof(to), "../devices/%s", dir);
	snprintf(link, sizeof(link), "/sys/block/%s", name);
	if (whole)
		tree_link(link, to);
	snprintf(to, sizeof(to), "../../devices/%s", dir);
	snprintf(link, sizeof(link), "/sys/class/block/%s", name);
	tree_link(link, to);
	snprintf(link, sizeof(link), "/sys/dev/block/%s", dev ?: "");
	if (dev)
		tree_link(link, to);
}

static inline void add_disk(const char *parent, const char *name, const char *dev, int kind,
			    unsigned long long sectors)
{
	char dir[256], sub[300];

	snprintf(dir, sizeof(dir), "/sys/devices/%s/%s", parent, name);
	tree_number(dir, "size", sectors);
	tree_number(dir, "hidden", !!(kind & HIDDEN));
	tree_number(dir, "queue/iostats", !(kind & NO_IOSTATS));
	snprintf(sub, sizeof(sub), "%s/slaves", dir);
	tree_dir(sub);
	snprintf(sub, sizeof(sub), "%s/mq/0", dir);
	if (kind & MQ)
		tree_dir(sub);
	add_device(dir + strlen("/sys/devices/"), dev, true);
}

static inline void add_partition(const char *disk, const char *name, const char *dev, int n,
				 unsigned long long start, unsigned long long sectors)
{
	char dir[PATH_MAX];

	snprintf(dir, sizeof(dir), "/sys/devices/%s/%s", disk, name);
	tree_number(dir, "partition", n);
	tree_number(dir, "start", start);
	tree_number(dir, "size", sectors);
	add_device(dir + strlen("/sys/devices/"), dev, false);
}

static inline void add_dm(const char *name, const char *dev, const char *dm_name, int kind,
			  const char *slave)
{
	char path[PATH_MAX], text[256];

	add_disk("virtual/block", name, dev, kind, 1000);
	snprintf(path, sizeof(path), "/sys/devices/virtual/block/%s/dm/name", name);
	snprintf(text, sizeof(text), "%s\n", dm_name);
	tree_file(path, text);
	snprintf(path, sizeof(path), "/sys/devices/virtual/block/%s/slaves/%s", name, slave);
	if (slave)
		tree_link(path, "../..");
}

static inline void make_host(void)
{
	disk__set_root(tree_open());
	add_disk("pci0/ata1/block", "sda", "8:0", MQ, 2000);
	add_partition("pci0/ata1/block/sda", "sda1", "8:1", 1, 34, 2);
	add_partition("pci0/ata1/block/sda", "sda2", "8:2", 2, 2048, 1000000);
	add_partition("pci0/ata1/block/sda", "sda20", "259:700000", 20, 9000000000ULL, 1);
	add_disk("pci0/ata2/block", "sdb", "8:16", MQ | NO_IOSTATS, 4000);
	add_disk("pci0/cciss0/block", "cciss!c0d0", "104:0", MQ, 10);
	add_partition("pci0/cciss0/block/cciss!c0d0", "cciss!c0d0p1", "104:1", 1, 1, 2);
	add_disk(MPATH, "nvme0n1", "259:0", BIO, 500);
	add_partition(MPATH "/nvme0n1", "nvme0n1p1", "259:1", 1, 100, 50);
	add_disk("pci0/nvme/nvme0", "nvme0c0n1", NULL, MQ | HIDDEN, 500);
	add_disk("pci0/nvme/nvme0", "nvme0c1n1", NULL, MQ | HIDDEN, 500);
	add_disk("pci0/nvme/nvme1", "nvme1n1", "259:5", MQ, 500);
	add_disk("virtual/block", "zram0", "253:0", BIO, 700);
	add_disk("virtual/block", "loop0", "7:0", MQ, 0);
	add_dm("dm-0", "252:0", "vg-lv", BIO, "sda2");
	add_dm("dm-1", "252:1", "mpath a", MQ, "sda");
	add_dm("dm-12", "252:12", "evil\n\033[2Jname", BIO, NULL);
	add_disk("virtual/block", "md127", "9:127", BIO, 10);
	tree_link("/sys/devices/virtual/block/md127/slaves/sdb", "../..");
	add_disk("virtual/block", "md2", "9:2", BIO, 10);
	tree_link("/sys/devices/virtual/block/md2/slaves/sdb", "../..");
	tree_file("/sys/devices/virtual/block/md2/md/level", "raid0\n");
	tree_file("/sys/devices/virtual/block/md127/md/level", "raid1\n");
	tree_link("/sys/devices/pci0/ata1/block/sda/holders/dm-1", "../..");
	tree_link("/sys/devices/pci0/ata2/block/sdb/holders/md2", "../..");
	tree_file("/proc/diskstats", "   0       0 nvme0c0n1 1 2 3\n 259       9 nvme0c1n1 1 2 3\n"
				     "   8       0 sda 1 2 3\n");
}

#endif
