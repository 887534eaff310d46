// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/block/disk_root.h"

static const char *disk_root = "";
static unsigned int disk_generation;

void disk__set_root(const char *root)
{
	disk_root = root ?: "";
	disk_generation++;
}

const char *disk__root(void)
{
	return disk_root;
}

unsigned int disk__root_generation(void)
{
	return disk_generation;
}
