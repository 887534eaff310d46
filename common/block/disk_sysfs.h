/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* For the files that implement disk.h. Directories and file names are without the test's root. */
#ifndef SNOOPKIT_DISK_SYSFS_H
#define SNOOPKIT_DISK_SYSFS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* A name as sysfs has it, which the kernel limits to 31 bytes. */
#define DISK_RAW_MAX 64

/* The name with the root before it. 0 or -ENAMETOOLONG. */
int disk_sysfs__path(char path[PATH_MAX], const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
FILE *disk_sysfs__open(const char *file);
bool disk_sysfs__exists(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A file's first bytes without the newline that sysfs puts at the end. 0 or -errno. */
int disk_sysfs__read(char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* A file that holds one number. 0 or -errno. */
int disk_sysfs__number(uint64_t *value, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* "8:1"; -EINVAL: not such a number. */
int disk_sysfs__parse_dev(const char *s, uint32_t *dev);
/* What `dir`/dev holds. 0 or -errno. */
int disk_sysfs__dev(const char *dir, uint32_t *dev);
/* The directory of a number, which need not exist; 64 bytes suffice. */
void disk_sysfs__of_dev(uint32_t dev, char *dir, size_t size);
/* The name that the link `dir` leads to. 0 or -ENODEV. */
int disk_sysfs__name(const char *dir, char raw[DISK_RAW_MAX]);

/*
 * The paths of NVMe multipath carry the requests, but are hidden: they have no number in sysfs.
 * Newer kernels give it in diskstats, where older ones give 0:0. 0 or -ENODEV.
 */
int disk_sysfs__hidden_name(uint32_t dev, char raw[DISK_RAW_MAX]);
int disk_sysfs__hidden_dev(const char *name, uint32_t *dev);

/* A raw name for people. */
void disk_sysfs__format(const char *raw, char *buf, size_t size);

#endif
