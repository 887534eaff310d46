// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include "tests/unit/tap.h"
#include "tests/unit/tree.h"

#define MPATH "virtual/nvme-subsystem/nvme-subsys0"

enum disk_kind { MQ = 1, BIO = 2, HIDDEN = 4, READ_ONLY = 8, NO_IOSTATS = 16 };

static void tree_link(const char *name, const char *to)
{
	char dir[PATH_MAX];

	snprintf(dir, sizeof(dir), "%.*s", (int)(strrchr(name, '/') - name), name);
	tree_dir(dir);
	if (symlink(to, tree_path(name)))
		tree_die(name);
}

static void tree_number(const char *dir, const char *name, unsigned long long n)
{
	char path[PATH_MAX], text[32];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	snprintf(text, sizeof(text), "%llu\n", n);
	tree_file(path, text);
}

/* A directory below /sys/devices, with the links that lead to it. */
static void add_device(const char *dir, const char *dev, bool whole)
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

static void add_disk(const char *parent, const char *name, const char *dev, int kind,
		     unsigned long long sectors)
{
	char dir[256], sub[300];

	snprintf(dir, sizeof(dir), "/sys/devices/%s/%s", parent, name);
	tree_number(dir, "size", sectors);
	tree_number(dir, "ro", kind & READ_ONLY);
	tree_number(dir, "hidden", !!(kind & HIDDEN));
	tree_number(dir, "queue/iostats", !(kind & NO_IOSTATS));
	snprintf(sub, sizeof(sub), "%s/slaves", dir);
	tree_dir(sub);
	snprintf(sub, sizeof(sub), "%s/mq/0", dir);
	if (kind & MQ)
		tree_dir(sub);
	add_device(dir + strlen("/sys/devices/"), dev, true);
}

static void add_partition(const char *disk, const char *name, const char *dev, int n,
			  unsigned long long start, unsigned long long sectors)
{
	char dir[PATH_MAX];

	snprintf(dir, sizeof(dir), "/sys/devices/%s/%s", disk, name);
	tree_number(dir, "partition", n);
	tree_number(dir, "start", start);
	tree_number(dir, "size", sectors);
	add_device(dir + strlen("/sys/devices/"), dev, false);
}

static void add_dm(const char *name, const char *dev, const char *dm_name, int kind,
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

static void make_host(void)
{
	disk__set_root(tree_open());
	add_disk("pci0/ata1/block", "sda", "8:0", MQ, 2000);
	add_partition("pci0/ata1/block/sda", "sda1", "8:1", 1, 34, 2);
	add_partition("pci0/ata1/block/sda", "sda2", "8:2", 2, 2048, 1000000);
	add_partition("pci0/ata1/block/sda", "sda20", "259:700000", 20, 9000000000ULL, 1);
	add_disk("pci0/ata2/block", "sdb", "8:16", MQ | READ_ONLY | NO_IOSTATS, 4000);
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
	tree_file("/proc/diskstats", "   0       0 nvme0c0n1 1 2 3\n 259       9 nvme0c1n1 1 2 3\n"
				     "   8       0 sda 1 2 3\n");
}

static struct disk_ref resolve(const char *what, int want)
{
	struct disk_ref ref, zero = {};
	int err;

	memset(&ref, 0xa5, sizeof(ref));
	err = disk__resolve(what, &ref);
	is_int(err, want, "resolve '%.60s'", what);
	if (want)
		ok(!memcmp(&ref, &zero, sizeof(ref)), "... and nothing else");
	return ref;
}

static void disk_is(const char *what, uint32_t dev, const char *name, bool bio_based, bool stacked)
{
	struct disk_ref ref = resolve(what, 0);

	is_u64(ref.dev, dev, "... number");
	is_str(ref.name, name, "... name");
	ok(!ref.partition && !ref.part_dev && !*ref.part_name, "... the whole of it");
	ok(!ref.first_sector && !ref.last_sector, "... without bounds");
	is_int(ref.bio_based, bio_based, "... bio-based");
	is_int(ref.stacked, stacked, "... stacked");
}

static void partition_is(const char *what, uint32_t dev, uint32_t part, uint64_t first,
			 uint64_t last)
{
	struct disk_ref ref = resolve(what, 0);

	is_u64(ref.dev, dev, "... number of the disk");
	ok(ref.partition, "... partition");
	is_u64(ref.part_dev, part, "... number");
	is_u64(ref.first_sector, first, "... first sector");
	is_u64(ref.last_sector, last, "... last sector");
}

static void test_names(void)
{
	disk_is("sda", 8 << 20, "sda", false, false);
	disk_is("8:0", 8 << 20, "sda", false, false);
	disk_is("cciss/c0d0", 104 << 20, "cciss/c0d0", false, false);
	disk_is("cciss!c0d0", 104 << 20, "cciss/c0d0", false, false);
	disk_is("zram0", 253 << 20, "zram0", true, false);
	disk_is("nvme1n1", 259 << 20 | 5, "nvme1n1", false, false);
	disk_is("nvme0n1", 259 << 20, "nvme0n1", true, true);
	disk_is("nvme0c1n1", 259 << 20 | 9, "nvme0c1n1", false, false);
	resolve("nvme0c0n1", -ENODEV);
	disk_is("dm-0", 252 << 20, "dm-0", true, true);
	disk_is("vg-lv", 252 << 20, "dm-0", true, true);
	disk_is("mpath a", 252 << 20 | 1, "dm-1", false, true);
	disk_is("252:12", 252 << 20 | 12, "dm-12", true, false);
	disk_is("md127", 9 << 20 | 127, "md127", true, true);
	partition_is("sda1", 8 << 20, 8 << 20 | 1, 34, 35);
	partition_is("sda2", 8 << 20, 8 << 20 | 2, 2048, 1002047);
	partition_is("8:2", 8 << 20, 8 << 20 | 2, 2048, 1002047);
	partition_is("259:700000", 8 << 20, 259 << 20 | 700000, 9000000000ULL, 9000000000ULL);
	partition_is("nvme0n1p1", 259 << 20, 259 << 20 | 1, 100, 149);
	partition_is("cciss/c0d0p1", 104 << 20, 104 << 20 | 1, 1, 2);
	is_str(resolve("sda20", 0).part_name, "sda20", "... name of the partition");
	is_str(resolve("cciss/c0d0p1", 0).part_name, "cciss/c0d0p1", "... name of the partition");
	ok(resolve("nvme0n1p1", 0).stacked, "... its disk is stacked");
}

static void test_refused(void)
{
	static const char *const unknown[] = { "sdz",	    "sda3",
					       "8:99",	    "8:",
					       ":0",	    "8:0 ",
					       "08:0:0",    "4096:0",
					       "a:b",	    "-1:0",
					       "sda/",	    "sda/sda2",
					       "sda2/..",   "dm-",
					       "vg-lv2",    "vg-l",
					       "*",	    "sd?",
					       "%s%n",	    "1e3:0",
					       "8:1048576", "99999999999999999999:1",
					       "\xff\xfe" };
	static const char *const hostile[] = { "",	".",	 "..",	  "../..",	 "../sda",
					       "./sda", "sda\n", "\nsda", "s\033[31mda", "a\177" };
	char big[PATH_MAX + 100];

	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		resolve(unknown[i], -ENODEV);
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++)
		resolve(hostile[i], -EINVAL);
	memset(big, 'a', sizeof(big));
	big[sizeof(big) - 1] = '\0';
	resolve(big, -ENAMETOOLONG);
	big[NAME_MAX + 1] = '\0';
	resolve(big, -ENAMETOOLONG);
	big[NAME_MAX] = '\0';
	resolve(big, -ENODEV);
	memset(big, '/', sizeof(big) - 1);
	resolve(big, -ENAMETOOLONG);
	resolve("/no/such/place", -ENOENT);
	resolve("/dev/sdz", -ENODEV);
	resolve("/dev/mapper/none", -ENODEV);
	resolve("/dev/..no", -ENODEV);
}

static void test_broken_sysfs(void)
{
	add_partition("pci0/ata2/block/sdb", "sdb1", "8:17", 1, 10, 0);
	resolve("sdb1", -ENODEV);
	add_partition("pci0/ata2/block/sdb", "sdb2", "not a number", 2, 10, 5);
	resolve("sdb2", -ENODEV);
	add_partition("pci0/ata2/block/sdb", "sdb3", "8:19", 3, 10, 5);
	tree_file("/sys/devices/pci0/ata2/block/sdb/sdb3/start", "");
	resolve("8:19", -ENODEV);
	tree_link("/sys/class/block/sdl", "sdl");
	resolve("sdl", -ENODEV);
}

static void test_paths(void)
{
	tree_file("/dev/null2", "");
	tree_link("/dev/disk/by-id/gone", "../../sdq");
	disk_is("/dev/sda", 8 << 20, "sda", false, false);
	disk_is("/dev/cciss/c0d0", 104 << 20, "cciss/c0d0", false, false);
	disk_is("/dev/mapper/vg-lv", 252 << 20, "dm-0", true, true);
	partition_is("/dev/sda2", 8 << 20, 8 << 20 | 2, 2048, 1002047);
	resolve("/dev/disk/by-id/gone", -ENODEV);
	resolve("/dev/null2/x", -ENOTDIR);
	if (geteuid() || mknod(tree_path("/dev/sdn"), S_IFBLK | 0600, makedev(8, 2)) ||
	    mknod(tree_path("/dev/tty"), S_IFCHR | 0600, makedev(5, 0))) {
		skip("device nodes: may not make them");
		return;
	}
	tree_link("/dev/disk/by-id/ata-x", "../../sdn");
	partition_is("/dev/sdn", 8 << 20, 8 << 20 | 2, 2048, 1002047);
	partition_is("/dev/disk/by-id/ata-x", 8 << 20, 8 << 20 | 2, 2048, 1002047);
	resolve("/dev/tty", -ENOTBLK);
	mknod(tree_path("/dev/old"), S_IFBLK | 0600, makedev(8, 200));
	resolve("/dev/old", -ENODEV);
}

/* Whatever the file system of the test's directory is, sysfs has no disk of its number. */
static void test_mount(void)
{
	char line[1024];
	struct statx stx;

	if (statx(AT_FDCWD, tree_path(""), 0, STATX_MNT_ID, &stx) ||
	    !(stx.stx_mask & STATX_MNT_ID)) {
		skip("mount: this kernel does not tell its number");
		return;
	}
	tree_file("/proc/filesystems", "nodev\ttmpfs\nnodev\tfuse\n\text4\n\tbtrfs\n");
	tree_file("/data/file", "");
#define MOUNT(tail)                                                                               \
	do {                                                                                      \
		snprintf(line, sizeof(line),                                                      \
			 "9999%llu 1 0:1 / / rw - btrfs /dev/sdb rw\n"                            \
			 "%llu 1 0:44 / /data rw shared:1 master:2 - " tail "\n",                 \
			 (unsigned long long)stx.stx_mnt_id, (unsigned long long)stx.stx_mnt_id); \
		tree_file("/proc/self/mountinfo", line);                                          \
	} while (0)
	resolve("/data", -EOPNOTSUPP);
	MOUNT("btrfs /dev/sda2 rw,subvol=/@");
	partition_is("/data", 8 << 20, 8 << 20 | 2, 2048, 1002047);
	partition_is("/data/file", 8 << 20, 8 << 20 | 2, 2048, 1002047);
	MOUNT("btrfs /dev/mapper/mpath\\040a rw");
	disk_is("/data/file", 252 << 20 | 1, "dm-1", false, true);
	MOUNT("tmpfs /dev/sda2 rw");
	resolve("/data", -EOPNOTSUPP);
	MOUNT("fuse /dev/sda2 rw");
	resolve("/data", -EOPNOTSUPP);
	MOUNT("overlay overlay rw,upperdir=/dev/sda2");
	resolve("/data", -EOPNOTSUPP);
	MOUNT("btrfs /dev/gone rw");
	resolve("/data", -EOPNOTSUPP);
	MOUNT("btrfs /data rw");
	resolve("/data", -EOPNOTSUPP);
	MOUNT("btrfs");
	resolve("/data", -EOPNOTSUPP);
	MOUNT("btrfs /dev/sda2 rw");
	tree_file("/sys/fs/btrfs/features/x", "");
	tree_file("/sys/fs/btrfs/0f-1/devices/sda2", "");
	partition_is("/data", 8 << 20, 8 << 20 | 2, 2048, 1002047);
	tree_file("/sys/fs/btrfs/0f-1/devices/sdb", "");
	resolve("/data", -ENOTUNIQ);
}

/* The usual case: the file's own number is that of a partition. */
static void test_mount_of_disk(void)
{
	char dev[32];
	struct stat st;

	tree_dir("/srv/www");
	if (stat(tree_path("/srv/www"), &st))
		tree_die("/srv/www");
	snprintf(dev, sizeof(dev), "%u:%u", major(st.st_dev), minor(st.st_dev));
	if (!major(st.st_dev)) {
		skip("mount point of a disk: the test's directory is on none (%s)", dev);
		return;
	}
	add_partition("pci0/ata1/block/sda", "sda7", dev, 7, 5000, 100);
	partition_is("/srv/www", 8 << 20, disk__dev(major(st.st_dev), minor(st.st_dev)), 5000,
		     5099);
}

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
	snprintf(s->text + len, sizeof(s->text) - len, "%s=%u:%u,%llu%s%s%s%s%s\n", d->name,
		 disk__major(d->dev), disk__minor(d->dev), (unsigned long long)d->sectors,
		 d->bio_based ? " bio" : "", d->stacked ? " stacked" : "",
		 d->hidden ? " hidden" : "", d->read_only ? " ro" : "",
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
	       "md127=9:127,10 bio stacked\n"
	       "nvme0c0n1=0:0,500 hidden\n"
	       "nvme0c1n1=259:9,500 hidden\n"
	       "nvme0n1=259:0,500 bio stacked\n"
	       "nvme1n1=259:5,500\n"
	       "sda=8:0,2000\n"
	       "sdb=8:16,4000 ro no-iostats\n"
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

static void test_errors(void)
{
	static const int errors[] = { ENODEV,  ENOENT,	   EINVAL,   ENAMETOOLONG,
				      ENOTBLK, EOPNOTSUPP, ENOTUNIQ, EACCES };
	unsigned int same = 0;

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		char text[256];

		snprintf(text, sizeof(text), "%s", disk__strerror(-errors[i]));
		ok(*text && !strchr(text, '\n'), "%s: %s", strerror(errors[i]), text);
		for (size_t k = 0; k < i; k++)
			same += !strcmp(text, disk__strerror(-errors[k]));
	}
	is_u64(same, 0, "each error has words of its own");
}

int main(void)
{
	make_host();
	test_names();
	test_refused();
	test_paths();
	test_mount();
	test_name();
	make_host();
	test_each();
	test_come_and_go();
	test_broken_sysfs();
	test_mount_of_disk();
	test_many();
	test_flood();
	test_real();
	test_errors();
	disk__set_root(NULL);
	tree_close();
	return done_testing();
}
