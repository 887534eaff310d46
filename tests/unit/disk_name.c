// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/block/disk.h"

#include <errno.h>
#include "tests/unit/disk_tree.h"
#include "tests/unit/tap.h"

static void name_is(uint32_t dev, const char *want, int err, const char *what)
{
	char buf[DISK_NAME_MAX];

	memset(buf, 'x', sizeof(buf));
	is_int(disk__name(dev, buf, sizeof(buf)), err, "%s", what);
	is_str(buf, want, "... name");
}

static void test_name(void)
{
	char small[4] = "zzz", dm[DISK_NAME_MAX];

	name_is(0, "-", -ENODEV, "no disk");
	name_is(8 << 20, "sda", 0, "a disk");
	name_is(8 << 20 | 2, "sda2", 0, "a partition");
	name_is(104 << 20, "cciss/c0d0", 0, "a name with a slash");
	name_is(259 << 20 | 9, "nvme0c1n1", 0, "a hidden disk");
	name_is(259 << 20 | 8, "259:8", -ENODEV, "unknown");
	name_is(UINT32_MAX, "4095:1048575", -ENODEV, "the highest number");
	add_disk("virtual/block", "b\033[2J\n\xff", "240:1", MQ, 1);
	name_is(240 << 20 | 1, "b\\x1b[2J\\n\\xff", 0, "a name with odd bytes");
	is_int(disk__name(104 << 20, small, sizeof(small)), 0, "a small buffer");
	is_str(small, "cci", "... holds the beginning");
	is_int(disk__name(8 << 20, NULL, 0), 0, "no buffer");
	is_int(disk__dm_name(252 << 20, dm, sizeof(dm)), 0, "dm name");
	is_str(dm, "vg-lv", "... of dm-0");
	is_int(disk__dm_name(252 << 20 | 12, dm, sizeof(dm)), 0, "dm name with odd bytes");
	is_str(dm, "evil\\n\\x1b[2Jname", "... escaped");
	is_int(disk__dm_name(8 << 20, dm, sizeof(dm)), -ENODEV, "sda has no dm name");
	is_str(dm, "", "... and says none");
}

static void settle(void)
{
	usleep(150000);
}

static void test_come_and_go(void)
{
	name_is(8 << 20 | 48, "8:48", -ENODEV, "not there yet");
	settle();
	add_disk("pci0/usb/block", "sdd", "8:48", MQ, 10);
	name_is(8 << 20 | 48, "sdd", 0, "plugged in");
	unlink(tree_path("/sys/dev/block/8:48"));
	settle();
	name_is(8 << 20 | 48, "sdd", -ENODEV, "unplugged");
	settle();
	name_is(8 << 20 | 48, "sdd", -ENODEV, "still unplugged");
	add_device("pci0/usb2/block/ub0", "8:48", true);
	settle();
	name_is(8 << 20 | 48, "ub0", 0, "another disk with its number");
	tree_link("/sys/dev/block/8:64", "../../devices/"
					 "12345678901234567890123456789012345678901234567890"
					 "12345678901234567890123456789012345678901234567890");
	name_is(8 << 20 | 64, "8:64", -ENODEV, "a name longer than the kernel has");
}

struct seen {
	unsigned int disks, sorted;
	char last[DISK_NAME_MAX], text[1024];
};

static int see(void *ctx, const struct disk_info *d)
{
	struct seen *s = ctx;
	size_t len = strlen(s->text);

	s->disks++;
	s->sorted += strverscmp(s->last, d->name) < 0;
	strcpy(s->last, d->name);
	snprintf(s->text + len, sizeof(s->text) - len, "%s=%u:%u,%llu%s%s%s%s%s%s\n", d->name,
		 disk__major(d->dev), disk__minor(d->dev), (unsigned long long)d->sectors,
		 d->bio_based ? " bio" : "", d->stacked ? " stacked" : "",
		 d->passes ? " passes" : "", d->path ? " path" : "", d->hidden ? " hidden" : "",
		 d->iostats ? "" : " no-iostats");
	return 0;
}

static int see_three(void *ctx, const struct disk_info *d)
{
	see(ctx, d);
	return ((struct seen *)ctx)->disks == 3 ? -ECANCELED : 0;
}

static void test_each(void)
{
	struct seen s = {};

	tree_link("/sys/block/vanished", "../devices/nowhere");
	is_int(disk__each(see, &s), 0, "each disk");
	is_str(s.text,
	       "cciss/c0d0=104:0,10\n"
	       "dm-0=252:0,1000 bio stacked\n"
	       "dm-1=252:1,1000 stacked\n"
	       "dm-12=252:12,1000 bio\n"
	       "loop0=7:0,0\n"
	       "md2=9:2,10 bio stacked passes\n"
	       "md127=9:127,10 bio stacked\n"
	       "nvme0c0n1=0:0,500 hidden\n"
	       "nvme0c1n1=259:9,500 hidden\n"
	       "nvme0n1=259:0,500 bio stacked passes\n"
	       "nvme1n1=259:5,500\n"
	       "sda=8:0,2000 path\n"
	       "sdb=8:16,4000 no-iostats\n"
	       "zram0=253:0,700 bio\n",
	       "... with what sysfs tells of it");
	s = (struct seen){};
	is_int(disk__each(see_three, &s), -ECANCELED, "a visit ends it");
	is_u64(s.disks, 3, "... at once");
	disk__set_root(tree_path("/nowhere"));
	is_int(disk__each(see, &s), -ENOENT, "no sysfs");
	disk__set_root(tree_root);
}

static void many_name(unsigned int i, char name[16], char dev[16])
{
	snprintf(name, 16, "nullb%u", i);
	snprintf(dev, 16, "%u:%u", 250 + i / 100, i % 100 * 16);
}

static void test_many(void)
{
	char name[16], dev[16], buf[DISK_NAME_MAX];
	unsigned int wrong = 0;
	struct seen s = {};

	disk__set_root(tree_open());
	for (unsigned int i = 0; i < 300; i++) {
		many_name(i, name, dev);
		add_disk("virtual/block", name, dev, MQ, i);
	}
	is_int(disk__each(see, &s), 0, "300 disks");
	is_u64(s.disks, 300, "... each once");
	is_u64(s.sorted, 300, "... in order");
	for (unsigned int round = 0; round < 3; round++) {
		for (unsigned int i = 0; i < 300; i++) {
			many_name(i, name, dev);
			disk__name(disk__dev(250 + i / 100, i % 100 * 16), buf, sizeof(buf));
			wrong += !!strcmp(buf, name);
		}
		settle();
	}
	is_u64(wrong, 0, "... each with its name");
	for (unsigned int i = 0; i < 300; i++) {
		many_name(i, name, dev);
		snprintf(buf, sizeof(buf), "/sys/dev/block/%s", dev);
		unlink(tree_path(buf));
	}
	for (unsigned int i = 0; i < 300; i++) {
		many_name(i, name, dev);
		disk__name(disk__dev(250 + i / 100, i % 100 * 16), buf, sizeof(buf));
		wrong += !!strcmp(buf, name);
	}
	is_u64(wrong, 0, "... and keeps it when it is gone");
}

/* More disks than are remembered: none has a wrong name. */
static void test_flood(void)
{
	char buf[DISK_NAME_MAX], want[32];
	unsigned int wrong = 0;

	for (uint32_t i = 1; i < 5000; i++) {
		snprintf(want, sizeof(want), "%u:%u", 1 + i % 7, i);
		disk__name(disk__dev(1 + i % 7, i), buf, sizeof(buf));
		wrong += !!strcmp(buf, want);
	}
	is_u64(wrong, 0, "5000 unknown disks");
	add_disk("virtual/block", "late", "3:3", MQ, 1);
	name_is(3 << 20 | 3, "late", 0, "a disk after them");
}

static int real_disk(void *ctx, const struct disk_info *d)
{
	unsigned int *wrong = ctx;
	struct disk_ref by_name, by_dev;
	char dev[32], name[DISK_NAME_MAX];

	if (d->hidden)
		return 0;
	snprintf(dev, sizeof(dev), "%u:%u", disk__major(d->dev), disk__minor(d->dev));
	wrong[0]++;
	/* Disks may go while the test runs; then neither tells. */
	if (disk__resolve(d->name, &by_name) || disk__resolve(dev, &by_dev))
		return 0;
	wrong[1] += !!memcmp(&by_name, &by_dev, sizeof(by_dev)) || by_dev.dev != d->dev ||
		    by_dev.bio_based != d->bio_based || strcmp(by_dev.name, d->name) ||
		    disk__name(d->dev, name, sizeof(name)) || strcmp(name, d->name);
	wrong[2] += !strncmp(d->name, "zram", 4) && !d->bio_based;
	wrong[2] += !strncmp(d->name, "loop", 4) && d->bio_based;
	wrong[2] += !strncmp(d->name, "sd", 2) && d->bio_based;
	return 0;
}

static void test_real(void)
{
	unsigned int counts[3] = {};
	struct disk_ref ref;

	disk__set_root(NULL);
	if (access("/sys/block", R_OK)) {
		skip("disks of this host: no sysfs");
		return;
	}
	is_int(disk__each(real_disk, counts), 0, "the disks of this host");
	diag("%u disks", counts[0]);
	is_u64(counts[1], 0, "... have the same number, by name and by number");
	is_u64(counts[2], 0, "... and loop and sd have requests, zram has none");
	is_int(disk__resolve("/proc", &ref), -EOPNOTSUPP, "/proc is on no disk");
	is_int(disk__resolve("/dev/null", &ref), -ENOTBLK, "/dev/null is no disk");
	is_int(disk__resolve("/nonexistent", &ref), -ENOENT, "no such path");
}

int main(void)
{
	make_host();
	test_each();
	test_name();
	test_come_and_go();
	test_many();
	test_flood();
	test_real();
	disk__set_root(NULL);
	tree_close();
	return done_testing();
}
