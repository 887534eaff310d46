// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Lists of containers, kept by their IDs. */
#include "common/cgroup/container_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "common/base/buf.h"
#include "common/cgroup/cgroup.h"
#include "common/base/table.h"
#include "common/base/trail.h"

#define LISTS_MAX 16
#define NAME_SIZE 384

/* Tells whether it is still what was read. */
struct stamp {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec mtime, ctime;
};

struct list_entry {
	char id[72];
	size_t at, len; /* in `names`; nothing: it has none */
};

struct list {
	const char *path; /* borrowed; NULL: free */
	struct stamp stamp;
	int err; /* behind what is in the table */
	struct table ids;
	struct buf names;
};

static struct list lists[LISTS_MAX];

static struct list *list_of(const char *path)
{
	for (size_t i = 0; i < LISTS_MAX; i++) {
		if (!lists[i].path)
			lists[i].path = path;
		if (!strcmp(lists[i].path, path))
			return &lists[i];
	}
	return NULL;
}

static int stamp_of(const char *path, struct stamp *stamp)
{
	const char *root = cgroup__root();
	struct trail t = { .root = *root ? root : "/", .closed = true, .dir = -1 };
	int err = trail__walk(&t, path);
	struct stat st;

	if (!err && fstatat(t.dir, t.rest, &st, AT_SYMLINK_NOFOLLOW))
		err = -errno;
	trail__close(&t);
	if (err)
		return err == -ENOTDIR ? -ENOENT : err;
	memset(stamp, 0, sizeof(*stamp));
	stamp->dev = st.st_dev;
	stamp->ino = st.st_ino;
	stamp->size = st.st_size;
	stamp->mtime = st.st_mtim;
	stamp->ctime = st.st_ctim;
	return 0;
}

static int list_add(struct list *list, struct jsonscan elem)
{
	static const char *const id_key[] = { "id", NULL }, *const names_key[] = { "names", NULL };
	struct jsonscan value, first = { NULL, 0 };
	struct list_entry key = {}, *entry;
	char name[NAME_SIZE];

	if (jsonscan__path(elem, id_key, &value) || jsonscan__string(value, key.id, sizeof(key.id)))
		return 0;
	/* What is behind the end of an ID that was too long. */
	memset(key.id + strlen(key.id), 0, sizeof(key.id) - strlen(key.id));
	if (table__find(&list->ids, key.id))
		return 0;
	entry = table__add(&list->ids, key.id);
	if (!entry)
		return -ENOMEM;
	if (jsonscan__path(elem, names_key, &value) || jsonscan__next(value, &first) ||
	    jsonscan__string(first, name, sizeof(name)))
		return 0;
	entry->at = list->names.len;
	entry->len = strlen(name);
	buf__add(&list->names, name, entry->len);
	return list->names.err;
}

static void list_empty(struct list *list)
{
	table__free(&list->ids);
	buf__free(&list->names);
	list->ids.key_size = sizeof(((struct list_entry *)NULL)->id);
	list->ids.entry_size = sizeof(struct list_entry);
}

static int list_read(struct list *list)
{
	struct jsonscan elem = { NULL, 0 };
	struct container_file f;
	int err = container_file__read(&f, list->path);

	while (!err) {
		err = jsonscan__next(f.doc, &elem);
		if (!err)
			err = list_add(list, elem);
	}
	container_file__free(&f);
	return err;
}

static int list_renew(struct list *list)
{
	struct stamp stamp;
	int err = stamp_of(list->path, &stamp);

	if (err) {
		list_empty(list);
		memset(&list->stamp, 0, sizeof(list->stamp));
		return err;
	}
	if (!memcmp(&stamp, &list->stamp, sizeof(stamp)))
		return list->err;
	list_empty(list);
	list->stamp = stamp;
	list->err = list_read(list);
	return list->err;
}

int container_list__name(const char *path, const char *id, char *name, size_t size)
{
	struct list *list = list_of(path);
	struct list_entry key = {};
	const struct list_entry *entry;
	int err = list ? list_renew(list) : -ENOSPC;

	if (!list || strlen(id) >= sizeof(key.id))
		return err;
	strcpy(key.id, id);
	entry = table__find(&list->ids, key.id);
	if (!entry)
		return err;
	if (!entry->len)
		return -ENOENT;
	if (entry->len >= size)
		return -ENAMETOOLONG;
	memcpy(name, list->names.data + entry->at, entry->len);
	name[entry->len] = '\0';
	return 0;
}
