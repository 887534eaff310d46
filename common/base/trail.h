/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The way to a file, one name after the other, so that nobody else can turn it: a link is followed
 * if it is root's or one's own, no matter what /proc/sys/fs/protected_symlinks says.
 */
#ifndef SNOOPKIT_TRAIL_H
#define SNOOPKIT_TRAIL_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

struct trail {
	const char *root; /* where paths begin; "/" but for tests */
	bool closed;	  /* no other user may change a directory on the path */
	int dir; /* -1, then the directory of the last name, to be closed by trail__close() */
	const char *why;     /* of an error that its number does not tell, or NULL */
	char rest[PATH_MAX]; /* the path, then its last name: "" if it ends with a slash */
};

/* 0 or -errno; -ELOOP and -EPERM also for what is not root's or one's own. */
int trail__walk(struct trail *t, const char *path);
void trail__close(struct trail *t);

/* Whether it belongs to root or to oneself. */
bool trail__is_ours(const struct stat *st);
/* Whether nobody else can write to it; of a directory with the sticky bit, to what is ours in it.
 */
bool trail__is_closed(const struct stat *st);

#endif
