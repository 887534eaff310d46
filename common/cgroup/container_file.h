/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The files in which root's container runtimes keep what they know, read with care: whoever may
 * create a cgroup chooses the ID in its name, and so which file is asked for.
 *
 * They have to be root's (or one's own), in directories that nobody else can write to, regular, and
 * of at most 8 MB. What a user's own runtime has is never looked at: it may be a link to somebody
 * else's file, a device, or on a file system that does not answer.
 */
#ifndef SNOOPKIT_CONTAINER_FILE_H
#define SNOOPKIT_CONTAINER_FILE_H

#include <stddef.h>
#include "common/base/jsonscan.h"

/* A JSON text, to be freed by container_file__free(), also after an error. */
struct container_file {
	char *data;
	struct jsonscan doc;
};

/*
 * `path` is below cgroup__root(). 0, -ENOENT; -EPERM: somebody else can change it; -EINVAL: no
 * file; -EFBIG; others as they come.
 */
int container_file__read(struct container_file *f, const char *path);
void container_file__free(struct container_file *f);

/*
 * The first of "names" where a list like [{"id": "...", "names": ["..."]}] has this ID. The list is
 * read again only if it has changed; `path` is a literal. Errors as above; -ENOENT: it is not in
 * the list.
 */
int container_list__name(const char *path, const char *id, char *name, size_t size);

#endif
