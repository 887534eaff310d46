// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/block/disk_stat.h"

#include <errno.h>
#include <string.h>
#include "common/block/disk_dev.h"
#include "common/block/disk_sysfs.h"

#define FIELDS 17
#define FIELDS_MIN 11

/*
 * Reads, merged, sectors, ms; the same of writes; in flight, ms busy, ms weighted; the four of
 * discards; flushes, ms.
 */
bool disk_stat__parse(const char *text, struct disk_stat *st)
{
	unsigned long long v[FIELDS] = {};

	memset(st, 0, sizeof(*st));
	if (sscanf(text,
		   "%llu %llu %llu %llu %llu %llu %llu %llu %llu %llu %llu %llu %llu %llu %llu "
		   "%llu %llu",
		   &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7], &v[8], &v[9], &v[10],
		   &v[11], &v[12], &v[13], &v[14], &v[15], &v[16]) < FIELDS_MIN)
		return false;
	st->in_flight = v[8];
	for (int i = 0; i < 3; i++) {
		const unsigned long long *of = &v[i * 4 + (i == DISK_DISCARD ? 3 : 0)];

		st->ios[i] = of[0];
		st->sectors[i] = of[2];
		st->ms[i] = of[3];
	}
	st->ios[DISK_FLUSH] = v[15];
	st->ms[DISK_FLUSH] = v[16];
	return true;
}

int disk_stat__read(uint32_t dev, struct disk_stat *st)
{
	char dir[64], text[512];
	int err;

	disk_sysfs__of_dev(dev, dir, sizeof(dir));
	err = disk_sysfs__read(text, sizeof(text), "%s/stat", dir);
	return err ?: disk_stat__parse(text, st) ? 0 : -EINVAL;
}

uint64_t disk_stat__ios(const struct disk_stat *st)
{
	uint64_t n = 0;

	for (int i = 0; i < DISK_GROUPS; i++)
		n += st->ios[i];
	return n;
}
