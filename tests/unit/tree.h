/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* A directory of its own, in which a test puts files to stand for those of a host. */
#ifndef SNOOPKIT_TESTS_TREE_H
#define SNOOPKIT_TESTS_TREE_H

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char tree_root[PATH_MAX];

/* A test that cannot make its files says nothing. */
static inline void tree_die(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

static inline const char *tree_path(const char *name)
{
	static char path[2 * PATH_MAX];

	snprintf(path, sizeof(path), "%s%s", tree_root, name);
	return path;
}

/* With those above it. */
static inline void tree_dir(const char *name)
{
	char path[2 * PATH_MAX];

	strcpy(path, tree_path(name));
	for (char *p = path + strlen(tree_root) + 1; p[-1]; p++) {
		char c = *p;

		if (c && c != '/')
			continue;
		*p = '\0';
		if (mkdir(path, 0755) && errno != EEXIST)
			tree_die(path);
		*p = c;
	}
}

static inline void tree_file(const char *name, const char *text)
{
	char dir[PATH_MAX];
	FILE *f;

	snprintf(dir, sizeof(dir), "%.*s", (int)(strrchr(name, '/') - name), name);
	if (*dir)
		tree_dir(dir);
	f = fopen(tree_path(name), "w");
	if (!f || fputs(text, f) < 0 || fclose(f))
		tree_die(name);
}

static inline int tree_remove(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static inline void tree_close(void)
{
	if (*tree_root)
		nftw(tree_root, tree_remove, 16, FTW_DEPTH | FTW_PHYS);
	*tree_root = '\0';
}

/* Ends the one before. */
static inline const char *tree_open(void)
{
	const char *tmp = getenv("TMPDIR");

	tree_close();
	snprintf(tree_root, sizeof(tree_root), "%s/snoopkit-test-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(tree_root))
		tree_die(tree_root);
	return tree_root;
}

#endif
