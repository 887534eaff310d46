// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/user.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/base/num.h"

/* name:password:uid:... */
static int passwd_line(char *line, const char *name, uint64_t *uid)
{
	const char *user = strsep(&line, ":"), *number;

	strsep(&line, ":");
	number = strsep(&line, ":");
	if (!number || strcmp(user, name))
		return -ENOENT;
	return num__u64(number, 0, UINT32_MAX - 1, uid) ? -ENOENT : 0;
}

int user__id(const char *given, uint32_t *uid)
{
	char *line = NULL;
	size_t size = 0;
	uint64_t number;
	int err = -ENOENT;
	FILE *f;

	if (!num__u64(given, 0, UINT32_MAX - 1, &number)) {
		*uid = number;
		return 0;
	}
	f = fopen("/etc/passwd", "re");
	while (f && err && getline(&line, &size, f) > 0)
		err = passwd_line(line, given, &number);
	if (f)
		fclose(f);
	free(line);
	if (!err)
		*uid = number;
	return err;
}
