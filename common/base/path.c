// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/path.h"

#include <stdio.h>
#include <string.h>

void path__join(char *path, const char *names, size_t len, bool cut)
{
	char *to = path;

	if (cut)
		to = stpcpy(to, "...");
	/* The last one ends with its NUL or where the names end. */
	for (size_t end = len; end;) {
		size_t start = end - 1;

		while (start && names[start - 1])
			start--;
		*to++ = '/';
		to = mempcpy(to, names + start, strnlen(names + start, end - start));
		end = start;
	}
	if (to == path)
		*to++ = '/';
	*to = '\0';
}

void path__show(char *text, size_t size, const char *path, uint32_t state)
{
	snprintf(text, size, "%s%s%s", state & PATH_UNREACHABLE ? "(unreachable)" : "", path,
		 state & PATH_DELETED ? " (deleted)" : "");
}
