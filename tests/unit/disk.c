// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/block/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include "tests/unit/disk_tree.h"
#include "tests/unit/tap.h"

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

/* From where the test runs, as the made-up host has it. */
static void test_relative_paths(void)
{
	char here[1000], file[1100];

	if (!getcwd(here, sizeof(here)))
		tree_die("getcwd");
	snprintf(file, sizeof(file), "%s/sdn", here);
	if (!geteuid()) {
		tree_dir(here);
		if (mknod(tree_path(file), S_IFBLK | 0600, makedev(8, 2)))
			tree_die(file);
		partition_is("sdn", 8 << 20, 8 << 20 | 2, 2048, 1002047);
		partition_is("./sdn", 8 << 20, 8 << 20 | 2, 2048, 1002047);
	} else {
		skip("device nodes: may not make them");
	}
	snprintf(file, sizeof(file), "%s/sda", here);
	tree_file(file, "");
	disk_is("sda", 8 << 20, "sda", false, false);
	/* No disk of the made-up host has its file system. */
	resolve("./sda", -EOPNOTSUPP);
	resolve(".", -EOPNOTSUPP);
	resolve("./no", -EINVAL);
	resolve("no", -ENODEV);
	resolve("sda/no", -ENODEV);
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
	test_relative_paths();
	test_mount();
	make_host();
	test_broken_sysfs();
	test_mount_of_disk();
	test_errors();
	disk__set_root(NULL);
	tree_close();
	return done_testing();
}
