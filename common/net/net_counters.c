// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/net/net_counters.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>
#include "common/base/num.h"

#define FILE_MAX 32768

/* The next word of the line, or false at its end. */
static bool next_word(const char **at, const char **word, size_t *len)
{
	*at += strspn(*at, " ");
	*word = *at;
	*len = strcspn(*at, " \n");
	*at += *len;
	return *len;
}

static const char *next_line(const char *at)
{
	at = strchr(at, '\n');
	return at ? at + 1 : NULL;
}

static int line_value(const char *names, const char *values, const char *name, uint64_t *value)
{
	const char *n, *v;
	size_t nlen, vlen;
	char number[24];

	while (next_word(&names, &n, &nlen) && next_word(&values, &v, &vlen)) {
		if (nlen != strlen(name) || strncmp(n, name, nlen))
			continue;
		if (vlen >= sizeof(number))
			return -EINVAL;
		memcpy(number, v, vlen);
		number[vlen] = '\0';
		return num__u64(number, 0, UINT64_MAX, value);
	}
	return -ENOENT;
}

int net_counters__find(const char *text, const char *group, const char *name, uint64_t *value)
{
	size_t len = strlen(group);

	for (const char *names = text; names;) {
		const char *values = next_line(names);

		if (values && !strncmp(names, group, len) && names[len] == ':')
			return line_value(names, values, name, value);
		names = values ? next_line(values) : NULL;
	}
	return -ENOENT;
}

int net_counters__read(int fd, const char *group, const char *name, uint64_t *value)
{
	char text[FILE_MAX];
	size_t len = 0;
	ssize_t n;

	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	while ((n = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += n;
	if (n < 0)
		return -errno;
	text[len] = '\0';
	return net_counters__find(text, group, name, value);
}
