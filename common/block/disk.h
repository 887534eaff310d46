/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Block devices: as the user names them, as the kernel numbers them, and what sysfs tells of them.
 *
 * Numbers of devices are as in disk_dev.h.
 *
 * Names are the kernel's ("sda2", "dm-0", "cciss/c0d0"), made fit for a terminal by text__escape().
 * State is shared: for one thread only. Nothing here needs a privilege.
 */
#ifndef SNOOPKIT_DISK_H
#define SNOOPKIT_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/block/disk_dev.h"
#include "common/block/disk_root.h"

#define DISK_SECTOR_BYTES 512
/* Room for each name. The kernel's have at most 31 bytes, up to four times that when escaped. */
#define DISK_NAME_MAX 128

/* The user's choice: a whole disk, or the part of it between two sectors. */
struct disk_ref {
	uint32_t dev;		  /* of the whole disk */
	char name[DISK_NAME_MAX]; /* of the whole disk */
	bool partition;		  /* the four below are set only then */
	uint32_t part_dev;
	char part_name[DISK_NAME_MAX];
	uint64_t first_sector, last_sector; /* of DISK_SECTOR_BYTES, both in the partition */
	bool bio_based, stacked;	    /* as in struct disk_info */
	bool by_file;			    /* a file or directory on it was named, not the disk */
};

/*
 * `what` is a disk or partition ("sda", "nvme0n1p2", "cciss/c0d0"), "MAJ:MIN", the name of a
 * device-mapper device ("vg-lv"), or a path: of a block device, by any link, or of a file or
 * directory, which means the disk or partition that its file system is on. A name comes before a
 * path that does not begin with a slash.
 *
 * 0, or with an empty `ref` (disk__strerror() has words for these)
 * -ENODEV: no such disk; -ENOENT: no such path; -EINVAL: no name that a disk could have;
 * -ENAMETOOLONG; -ENOTBLK: a device, but of another kind; -EOPNOTSUPP: the path's file system is
 * not on a disk (tmpfs, NFS), or does not tell on which (overlay, ZFS); -ENOTUNIQ: it is on
 * several; others, as -EACCES, as they come.
 */
int disk__resolve(const char *what, struct disk_ref *ref);

/* Whether there may be a disk of this name later, where disk__resolve() says -ENODEV. */
bool disk__may_come(const char *what);

/* Why disk__resolve() failed, and what to do: "no such disk (lsblk lists them)". */
const char *disk__strerror(int err);

/*
 * Name of a disk's or partition's number; what does not fit into `size` is cut. A name is looked up
 * again after 100 ms at the earliest, and a disk that is gone keeps the name that it had. Memory is
 * for some 2000 names; beyond that, disks that are gone may be forgotten.
 * -ENODEV: there is none now; `buf` then has the former name, "MAJ:MIN" or, for number 0, "-".
 */
int disk__name(uint32_t dev, char *buf, size_t size);

/* The device-mapper's name ("vg-lv") of a number. -ENODEV and "": it has none. */
int disk__dm_name(uint32_t dev, char *buf, size_t size);

struct disk_info {
	uint32_t dev; /* 0: a hidden disk of which this kernel does not tell it */
	char name[DISK_NAME_MAX];
	uint64_t sectors; /* of DISK_SECTOR_BYTES; 0: no medium, an unused loop device, ... */
	/* It has no requests: its I/O is seen as bios only, not by the block_rq_ tracepoints. */
	bool bio_based;
	/*
	 * What it is asked for it asks of other disks, where it is seen again. Not so loop
	 * devices, which ask a file system.
	 */
	bool stacked;
	bool passes;  /* it hands on the bios themselves: NVMe multipath, md's raid0 and linear */
	bool path;    /* of a disk that is stacked and has requests */
	bool hidden;  /* a path of NVMe multipath: it has requests but no device node */
	bool iostats; /* false: the kernel does not stamp its requests with their start */
};

/*
 * Calls `visit` for each disk there is, without partitions, in the order of their names. A visit
 * that returns other than 0 ends this, and it returns the same. Otherwise 0 or -errno. Takes some
 * 40 us a disk.
 */
int disk__each(int (*visit)(void *ctx, const struct disk_info *disk), void *ctx);

#endif
