/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What kind of disk it is, by its directory in sysfs. All of a whole disk. */
#ifndef SNOOPKIT_DISK_KIND_H
#define SNOOPKIT_DISK_KIND_H

#include <stdbool.h>

bool disk_kind__is_bio_based(const char *dir);
bool disk_kind__is_stacked(const char *dir);
bool disk_kind__passes_bios(const char *dir);
bool disk_kind__is_path(const char *dir);

#endif
