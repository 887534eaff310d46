// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/block/block.h"

#include <errno.h>
#include "tests/unit/tap.h"

static void status_is(bool zone_resource, uint32_t status, const char *want)
{
	struct block_names names = { .zone_resource = zone_resource };
	char name[32];

	block_names__status(&names, status, name, sizeof(name));
	is_str(name, want, "status %u of a kernel %s 6.10", status,
	       zone_resource ? "before" : "from");
}

static void errno_is(bool zone_resource, int number, uint32_t want)
{
	struct block_names names = { .zone_resource = zone_resource };

	is_u64(block_names__status_of_errno(&names, number), want, "errno %d", number);
}

int main(void)
{
	char small[4];

	for (int old = 0; old < 2; old++) {
		status_is(old, 1, "NOTSUPP");
		status_is(old, 2, "TIMEOUT");
		status_is(old, 7, "MEDIUM");
		status_is(old, 10, "IOERR");
		status_is(old, 13, "DEV_RESOURCE");
		status_is(old, 0, "STATUS-0");
		status_is(old, 63, "STATUS-63");
		errno_is(old, EIO, 10);
		errno_is(old, ENODATA, 7);
		errno_is(old, ETIMEDOUT, 2);
		errno_is(old, 99, 10);
		errno_is(old, 0, 10);
	}
	status_is(true, 14, "ZONE_RESOURCE");
	status_is(true, 17, "OFFLINE");
	status_is(true, 18, "DURATION_LIMIT");
	status_is(true, 19, "INVAL");
	status_is(false, 14, "ZONE_OPEN_RESOURCE");
	status_is(false, 16, "OFFLINE");
	status_is(false, 17, "DURATION_LIMIT");
	status_is(false, 18, "INVAL");
	status_is(false, 19, "INVAL");
	errno_is(true, ENODEV, 17);
	errno_is(false, ENODEV, 16);
	block_names__status(&(struct block_names){}, 7, small, sizeof(small));
	is_str(small, "MED", "a name that is cut");
	return done_testing();
}
