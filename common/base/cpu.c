// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/cpu.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CPU_MAX 8192 /* the kernel's own largest CONFIG_NR_CPUS */

int cpu__limit(void)
{
	char line[4096], *last, *dash;
	long cpu;
	FILE *f = fopen("/sys/devices/system/cpu/possible", "re");

	if (!f)
		return -errno;
	last = fgets(line, sizeof(line), f);
	fclose(f);
	if (!last)
		return -EIO;
	/* "0-3" or "0,2-5": the number behind the last comma or dash is the highest. */
	dash = strrchr(line, '-');
	last = strrchr(line, ',');
	last = dash > last ? dash : last;
	cpu = strtol(last ? last + 1 : line, NULL, 10);
	return cpu < 0 || cpu >= CPU_MAX ? -ERANGE : (int)cpu + 1;
}
