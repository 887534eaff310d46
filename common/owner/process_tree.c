// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/owner/process_tree.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Looks, until one finds nobody new. */
#define LOOKS_MAX 16

enum kinship {
	KIN_UNKNOWN,
	KIN_MEMBER,
	KIN_OTHER,
};

struct kin {
	uint32_t pid, ppid;
	enum kinship kinship;
};

/* All processes, by pid. */
struct kin_list {
	struct kin *kin;
	size_t count, size;
};

/* Field 4 of /proc/PID/stat; the second one is a name in parentheses that may contain anything. */
static bool parent_of(const char *pid, uint32_t *ppid)
{
	char name[32], text[512], *at;
	ssize_t n;
	int fd;

	snprintf(name, sizeof(name), "/proc/%.16s/stat", pid);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n < 0 ? 0 : n] = '\0';
	at = strrchr(text, ')');
	return at && sscanf(at, ") %*c %u", ppid) == 1;
}

static int list_add(struct kin_list *l, uint32_t pid, uint32_t ppid)
{
	if (l->count == l->size) {
		size_t size = l->size ? 2 * l->size : 1024;
		struct kin *kin = realloc(l->kin, size * sizeof(*kin));

		if (!kin)
			return -ENOMEM;
		l->kin = kin;
		l->size = size;
	}
	l->kin[l->count++] = (struct kin){ .pid = pid, .ppid = ppid };
	return 0;
}

static int kin_compare(const void *a, const void *b)
{
	const struct kin *x = a, *y = b;

	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

static int list_read(struct kin_list *l)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	int err = dir ? 0 : -errno;

	l->count = 0;
	while (!err && (entry = readdir(dir))) {
		uint32_t pid = strtoul(entry->d_name, NULL, 10), ppid;

		if (pid && parent_of(entry->d_name, &ppid))
			err = list_add(l, pid, ppid);
	}
	if (dir)
		closedir(dir);
	if (!err && l->count)
		qsort(l->kin, l->count, sizeof(l->kin[0]), kin_compare);
	return err;
}

static struct kin *list_find(const struct kin_list *l, uint32_t pid)
{
	const struct kin key = { .pid = pid };

	return l->count ? bsearch(&key, l->kin, l->count, sizeof(key), kin_compare) : NULL;
}

/*
 * Up to somebody of whom it is known, and all the way once more to note that. Each process is asked
 * once. Parents that were read one after the other may be a ring: what is asked is another's.
 */
static void list_ask(const struct kin_list *l, struct kin *first, uint32_t root)
{
	enum kinship found = KIN_OTHER;
	struct kin *k;

	for (k = first; k; k = list_find(l, k->ppid)) {
		if (k->ppid == root)
			found = KIN_MEMBER;
		else if (k->kinship != KIN_UNKNOWN)
			found = k->kinship;
		if (k->ppid == root || k->kinship != KIN_UNKNOWN)
			break;
		k->kinship = KIN_OTHER;
	}
	for (struct kin *at = first; at; at = list_find(l, at->ppid)) {
		at->kinship = found;
		if (at == k)
			break;
	}
}

/* 1 if it is new, 0, or -errno: -E2BIG without room. */
static int tree_add(int tree, const struct kin *k)
{
	uint8_t member = 1;
	uint32_t ppid;
	char pid[16];

	if (bpf_map_update_elem(tree, &k->pid, &member, BPF_NOEXIST))
		return errno == EEXIST ? 0 : -errno;
	/* Whoever ends from now on is taken out by the program. */
	snprintf(pid, sizeof(pid), "%u", k->pid);
	if (!parent_of(pid, &ppid))
		bpf_map_delete_elem(tree, &k->pid);
	return 1;
}

/* How many are new, or -errno. */
static int tree_look(int tree, uint32_t root, struct kin_list *l, uint64_t *full)
{
	int added = 0, err = list_read(l);

	*full = 0;
	for (size_t i = 0; i < l->count && !err; i++) {
		struct kin *k = &l->kin[i];

		list_ask(l, k, root);
		if (k->kinship != KIN_MEMBER || k->pid == root)
			continue;
		err = tree_add(tree, k);
		if (err == -E2BIG)
			++*full;
		else if (err > 0)
			added++;
		err = err == -E2BIG || err > 0 ? 0 : err;
	}
	return err ?: added;
}

int process_tree__enter(struct bpf_map *tree, uint32_t root, uint64_t *full)
{
	struct kin_list l = {};
	int n = 1;

	*full = 0;
	/* A member's fork is entered by the program; that of somebody who was none yet, by this. */
	for (int i = 0; i < LOOKS_MAX && n > 0; i++)
		n = tree_look(bpf_map__fd(tree), root, &l, full);
	free(l.kin);
	return n < 0 ? n : 0;
}
