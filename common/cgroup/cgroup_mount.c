// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/cgroup/cgroup_mount.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

/* A v1 hierarchy per controller (about 15) and a few named ones, each perhaps mounted twice. */
#define HIERARCHIES_MAX 64
/* Kubernetes nodes have some thousand mounts. */
#define LINES_MAX 65536

#define ID_UNKNOWN UINT32_MAX

static char root_dir[PATH_MAX];
static struct cgroup_hierarchy hierarchies[HIERARCHIES_MAX];
static size_t hierarchy_count;
static bool loaded;
static unsigned int generation;

int cgroup_mount__join(char *buf, size_t size, const char *a, const char *b, const char *c)
{
	int n = snprintf(buf, size, "%s%s%s", a, b, c);

	if (n >= 0 && (size_t)n < size)
		return 0;
	if (size)
		buf[0] = '\0';
	return -ENAMETOOLONG;
}

int cgroup_mount__lines(const char *file, int (*line_fn)(char *line, void *ctx), void *ctx)
{
	char path[PATH_MAX], *line = NULL;
	size_t room = 0;
	ssize_t len;
	FILE *f;
	int err = cgroup_mount__join(path, sizeof(path), root_dir, file, "");

	if (err)
		return err;
	f = fopen(path, "re");
	if (!f)
		return -errno;
	for (int i = 0; i < LINES_MAX && !err; i++) {
		len = getline(&line, &room, f);
		if (len < 0)
			break;
		if (len && line[len - 1] == '\n')
			line[len - 1] = '\0';
		err = line_fn(line, ctx);
	}
	if (!err && ferror(f))
		err = -EIO;
	free(line);
	fclose(f);
	return err;
}

/* mountinfo writes space, tab, newline, backslash and '#' as three octal digits. */
static void octal_decode(char *s)
{
	char *to = s;

	while (*s) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' &&
		    s[3] >= '0' && s[3] <= '7') {
			*to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

static bool list_has(const char *list, const char *item, size_t len)
{
	while (len) {
		size_t n = strcspn(list, ",");

		if (n == len && !memcmp(list, item, n))
			return true;
		if (!list[n])
			return false;
		list += n + 1;
	}
	return false;
}

bool cgroup_mount__list_has(const char *list, const char *item)
{
	return list_has(list, item, strlen(item));
}

bool cgroup_mount__is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return !strncmp(path, dir, len) && (!path[len] || path[len] == '/');
}

/*
 * A root with ".." is one outside of the cgroup namespace this runs in. The names between are not
 * known then, so paths begin at the mount.
 */
static const char *root_clean(const char *root)
{
	return cgroup_mount__is_below(root, "/..") || !strcmp(root, "/") ? "" : root;
}

bool cgroup_mount__is_alive(const char *dir, bool v2)
{
	struct statfs fs;

	if (*root_dir)
		return true;
	return !statfs(dir, &fs) &&
	       (unsigned long)fs.f_type == (v2 ? CGROUP2_SUPER_MAGIC : CGROUP_SUPER_MAGIC);
}

static void hierarchy_free(struct cgroup_hierarchy *h)
{
	free(h->mount);
	free(h->root);
	free(h->controllers);
	memset(h, 0, sizeof(*h));
}

/*
 * What is mounted later at the same place hides what was there. Containers do not always unmount
 * their host's hierarchies, at whose mount points theirs then are.
 */
static void drop_hidden(const char *mount)
{
	size_t kept = 0;

	for (size_t i = 0; i < hierarchy_count; i++) {
		if (!strcmp(hierarchies[i].mount, mount))
			hierarchy_free(&hierarchies[i]);
		else
			hierarchies[kept++] = hierarchies[i];
	}
	hierarchy_count = kept;
}

static int hierarchy_add(const char *mount, const char *root, const char *options, bool v2)
{
	struct cgroup_hierarchy *h;

	drop_hidden(mount);
	if (hierarchy_count == HIERARCHIES_MAX || !cgroup_mount__is_alive(mount, v2))
		return 0;
	h = &hierarchies[hierarchy_count];
	h->id = v2 ? 0 : ID_UNKNOWN;
	h->mount = strdup(mount);
	h->root = strdup(root_clean(root));
	h->controllers = strdup(v2 ? "" : options);
	hierarchy_count++;
	return h->mount && h->root && h->controllers ? 0 : -ENOMEM;
}

/* id parent major:minor root mount options [optional...] - type source super-options */
static int mountinfo_line(char *line, void *ctx)
{
	char *field[5], *word;

	(void)ctx;
	for (int i = 0; i < 5; i++)
		field[i] = strsep(&line, " ");
	do {
		word = strsep(&line, " ");
	} while (word && strcmp(word, "-"));
	word = strsep(&line, " ");
	strsep(&line, " ");
	if (!word || !line || (strcmp(word, "cgroup") && strcmp(word, "cgroup2")))
		return 0;
	octal_decode(field[3]);
	octal_decode(field[4]);
	if (field[4][0] != '/' || !field[4][1])
		return 0;
	return hierarchy_add(field[4], field[3], line, !strcmp(word, "cgroup2"));
}

/*
 * "4:cpu,cpuacct:/path". The mount's options tell its controllers too, but among others; that the
 * first of them is one of the options is enough, as a controller is in one hierarchy.
 */
static int self_cgroup_line(char *line, void *ctx)
{
	char *id = strsep(&line, ":"), *controllers = strsep(&line, ":"), *copy;
	unsigned long n = strtoul(id, NULL, 10);

	(void)ctx;
	if (!line || !controllers || !n || n >= ID_UNKNOWN)
		return 0;
	for (size_t i = 0; i < hierarchy_count; i++) {
		struct cgroup_hierarchy *h = &hierarchies[i];

		if (h->id != ID_UNKNOWN ||
		    !list_has(h->controllers, controllers, strcspn(controllers, ",")))
			continue;
		copy = strdup(controllers);
		if (!copy)
			return -ENOMEM;
		free(h->controllers);
		h->controllers = copy;
		h->id = (uint32_t)n;
	}
	return 0;
}

static void drop_unnumbered(void)
{
	size_t kept = 0;

	for (size_t i = 0; i < hierarchy_count; i++) {
		if (hierarchies[i].id == ID_UNKNOWN)
			hierarchy_free(&hierarchies[i]);
		else
			hierarchies[kept++] = hierarchies[i];
	}
	hierarchy_count = kept;
}

static void forget(void)
{
	for (size_t i = 0; i < hierarchy_count; i++)
		hierarchy_free(&hierarchies[i]);
	hierarchy_count = 0;
	loaded = false;
	generation++;
}

unsigned int cgroup_mount__generation(void)
{
	return generation;
}

int cgroup_mount__load(void)
{
	int err;

	if (loaded)
		return 0;
	err = cgroup_mount__lines("/proc/self/mountinfo", mountinfo_line, NULL);
	if (!err)
		err = cgroup_mount__lines("/proc/self/cgroup", self_cgroup_line, NULL);
	if (err) {
		forget();
		return err;
	}
	drop_unnumbered();
	loaded = true;
	return 0;
}

size_t cgroup__hierarchies(const struct cgroup_hierarchy **list)
{
	*list = hierarchies;
	return cgroup_mount__load() ? 0 : hierarchy_count;
}

const struct cgroup_hierarchy *cgroup_mount__by_id(uint32_t id)
{
	const struct cgroup_hierarchy *best = NULL;

	for (size_t i = 0; i < hierarchy_count; i++) {
		const struct cgroup_hierarchy *h = &hierarchies[i];

		if (h->id == id && (!best || (*best->root && !*h->root)))
			best = h;
	}
	return best;
}

const struct cgroup_hierarchy *cgroup__hierarchy(const char *controller)
{
	if (cgroup_mount__load())
		return NULL;
	if (!controller || !*controller)
		return cgroup_mount__by_id(0);
	for (size_t i = 0; i < hierarchy_count; i++) {
		if (cgroup_mount__list_has(hierarchies[i].controllers, controller))
			return cgroup_mount__by_id(hierarchies[i].id);
	}
	return NULL;
}

static int rank_of(const struct cgroup_hierarchy *h)
{
	if (!h->id)
		return 0;
	if (cgroup_mount__list_has(h->controllers, "memory"))
		return 1;
	if (cgroup_mount__list_has(h->controllers, "blkio"))
		return 2;
	return strncmp(h->controllers, "name=", 5) ? 3 : 4;
}

const struct cgroup_hierarchy *cgroup_mount__nth(size_t n)
{
	for (int rank = 0; rank <= 4; rank++) {
		for (size_t i = 0; i < hierarchy_count; i++) {
			const struct cgroup_hierarchy *h = &hierarchies[i];

			if (rank_of(h) == rank && cgroup_mount__by_id(h->id) == h && !n--)
				return h;
		}
	}
	return NULL;
}

const struct cgroup_hierarchy *cgroup_mount__of_dir(const char *dir)
{
	const struct cgroup_hierarchy *best = NULL;

	if (!cgroup_mount__is_below(dir, root_dir))
		return NULL;
	dir += strlen(root_dir);
	for (size_t i = 0; i < hierarchy_count; i++) {
		const struct cgroup_hierarchy *h = &hierarchies[i];

		if (cgroup_mount__is_below(dir, h->mount) &&
		    (!best || strlen(h->mount) >= strlen(best->mount)))
			best = h;
	}
	return best;
}

int cgroup_mount__dir(const struct cgroup_hierarchy *h, const char *path, char *dir, size_t size)
{
	char mount[PATH_MAX];
	int err = cgroup_mount__join(mount, sizeof(mount), root_dir, h->mount, "");

	if (err)
		return err;
	if (*h->root && cgroup_mount__is_below(path, h->root))
		path += strlen(h->root);
	if (!*path || !strcmp(path, "/"))
		return cgroup_mount__join(dir, size, mount, "", "");
	return cgroup_mount__join(dir, size, mount, *path == '/' ? "" : "/", path);
}

int cgroup__set_root(const char *root)
{
	char real[PATH_MAX] = "";

	if (root && !realpath(root, real))
		return -errno;
	forget();
	strcpy(root_dir, real);
	return 0;
}

const char *cgroup__root(void)
{
	return root_dir;
}
