// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* A v1 hierarchy per controller (about 15) and a few named ones, each perhaps mounted twice. */
#define HIERARCHIES_MAX 64
#define LINES_MAX 65536

/* 1024 paths, 4 MiB at the very most; the least recently used of four makes room. */
#define CACHE_SETS 256
#define CACHE_WAYS 4

#define WALK_DEPTH_MAX 32
#define WALK_DIRS_MAX 1000000

/* The handle of a kernfs node is its 64-bit id (kernel commit 33c5ac9175195, v5.5). */
#define HANDLE_KERNFS 0xfe
#define HANDLE_ROOM 128

#define ID_UNKNOWN UINT32_MAX

union handle {
	struct file_handle head;
	char room[sizeof(struct file_handle) + HANDLE_ROOM];
};

struct cached {
	uint64_t id;
	uint64_t used;		/* tick of the last use, 0 for a free entry */
	char *path;		/* NULL: never seen */
	uint32_t hierarchy;
	bool gone;		/* ids are not given out twice, so this stays true */
};

struct walk {
	cgroup__visit_fn visit;
	void *ctx;
	unsigned int depth_max;
	size_t dirs_left;
	size_t len;
	bool cut;
	char path[PATH_MAX];
};

static char root_dir[PATH_MAX];
static struct cgroup_hierarchy hierarchies[HIERARCHIES_MAX];
static size_t hierarchy_count;
static bool loaded;

static struct cached cache[CACHE_SETS][CACHE_WAYS];
static uint64_t cache_tick;

static int print_path(char *buf, size_t size, const char *a, const char *b, const char *c)
{
	int n = snprintf(buf, size, "%s%s%s", a, b, c);

	if (n >= 0 && (size_t)n < size)
		return 0;
	if (size)
		buf[0] = '\0';
	return -ENAMETOOLONG;
}

static int each_line(const char *file, int (*line_fn)(char *line, void *ctx), void *ctx)
{
	char path[PATH_MAX], *line = NULL;
	size_t room = 0;
	ssize_t len;
	FILE *f;
	int err = print_path(path, sizeof(path), root_dir, file, "");

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

/* ---- hierarchies ---- */

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

/* Whether the comma list has the first item of `items`. */
static bool list_has_first(const char *list, const char *items)
{
	size_t len = strcspn(items, ",");

	while (len) {
		size_t n = strcspn(list, ",");

		if (n == len && !memcmp(list, items, n))
			return true;
		if (!list[n])
			return false;
		list += n + 1;
	}
	return false;
}

/* A path begins with `dir`: whole components only. */
static bool is_below(const char *path, const char *dir)
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
	const char *dots = strstr(root, "/..");

	while (dots && dots[3] && dots[3] != '/')
		dots = strstr(dots + 1, "/..");
	return dots || !strcmp(root, "/") ? "" : root;
}

/* Something else may have been mounted over it since. */
static bool mount_is_alive(const char *mount, bool v2)
{
	struct statfs fs;

	if (*root_dir)
		return true;
	return !statfs(mount, &fs) &&
	       (unsigned long)fs.f_type == (v2 ? CGROUP2_SUPER_MAGIC : CGROUP_SUPER_MAGIC);
}

static int hierarchy_add(const char *mount, const char *root, const char *options, bool v2)
{
	struct cgroup_hierarchy *h = &hierarchies[hierarchy_count];

	if (hierarchy_count == HIERARCHIES_MAX || !mount_is_alive(mount, v2))
		return 0;
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
	if (field[4][0] != '/')
		return 0;
	return hierarchy_add(field[4], field[3], line, !strcmp(word, "cgroup2"));
}

/* The mount's options tell its controllers, among others; /proc/self/cgroup knows which. */
static int hierarchy_number(const char *controllers, uint32_t id)
{
	char *copy;

	for (size_t i = 0; i < hierarchy_count; i++) {
		struct cgroup_hierarchy *h = &hierarchies[i];

		if (h->id != ID_UNKNOWN || !list_has_first(h->controllers, controllers))
			continue;
		copy = strdup(controllers);
		if (!copy)
			return -ENOMEM;
		free(h->controllers);
		h->controllers = copy;
		h->id = id;
	}
	return 0;
}

/* "4:memory:/path" */
static int self_cgroup_line(char *line, void *ctx)
{
	char *id = strsep(&line, ":"), *controllers = strsep(&line, ":");
	unsigned long n = strtoul(id, NULL, 10);

	(void)ctx;
	if (!line || !controllers || !n || n >= ID_UNKNOWN)
		return 0;
	return hierarchy_number(controllers, (uint32_t)n);
}

/* "memory	4	9	1": for what /proc/self/cgroup leaves out. */
static int cgroups_line(char *line, void *ctx)
{
	char *name = strsep(&line, "\t"), *id = strsep(&line, "\t");
	unsigned long n = id ? strtoul(id, NULL, 10) : 0;

	(void)ctx;
	if (!n || n >= ID_UNKNOWN)
		return 0;
	return hierarchy_number(name, (uint32_t)n);
}

static void hierarchy_free(struct cgroup_hierarchy *h)
{
	free(h->mount);
	free(h->root);
	free(h->controllers);
	memset(h, 0, sizeof(*h));
}

static void drop_unnumbered(void)
{
	size_t kept = 0;

	for (size_t i = 0; i < hierarchy_count; i++) {
		if (hierarchies[i].id == ID_UNKNOWN) {
			hierarchy_free(&hierarchies[i]);
			continue;
		}
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
	for (size_t i = 0; i < CACHE_SETS * CACHE_WAYS; i++)
		free(cache[i / CACHE_WAYS][i % CACHE_WAYS].path);
	memset(cache, 0, sizeof(cache));
}

static int load(void)
{
	int err;

	if (loaded)
		return 0;
	err = each_line("/proc/self/mountinfo", mountinfo_line, NULL);
	if (!err)
		err = each_line("/proc/self/cgroup", self_cgroup_line, NULL);
	if (!err) {
		err = each_line("/proc/cgroups", cgroups_line, NULL);
		/* Kernels without v1 need not have it. */
		if (err != -ENOMEM)
			err = 0;
	}
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
	return load() ? 0 : hierarchy_count;
}

/* A mount of the whole hierarchy rather than one of a part. */
static const struct cgroup_hierarchy *hierarchy_by_id(uint32_t id)
{
	const struct cgroup_hierarchy *best = NULL;

	for (size_t i = 0; i < hierarchy_count; i++) {
		const struct cgroup_hierarchy *h = &hierarchies[i];

		if (h->id == id && (!best || (*best->root && !*h->root)))
			best = h;
	}
	return best;
}

/* Whether the comma list has the one item. */
static bool list_has(const char *list, const char *item)
{
	return !strchr(item, ',') && list_has_first(list, item);
}

const struct cgroup_hierarchy *cgroup__hierarchy(const char *controller)
{
	if (load())
		return NULL;
	if (!controller || !*controller)
		return hierarchy_by_id(0);
	for (size_t i = 0; i < hierarchy_count; i++) {
		if (list_has(hierarchies[i].controllers, controller))
			return hierarchy_by_id(hierarchies[i].id);
	}
	return NULL;
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

/* ---- path to id ---- */

static int id_of(const char *dir, uint64_t *id)
{
	union handle handle = { .head.handle_bytes = HANDLE_ROOM };
	struct stat st;
	int mount_id;

	if (!*root_dir && !name_to_handle_at(AT_FDCWD, dir, &handle.head, &mount_id, 0) &&
	    handle.head.handle_type == HANDLE_KERNFS && handle.head.handle_bytes == sizeof(*id)) {
		memcpy(id, handle.head.f_handle, sizeof(*id));
		return 0;
	}
	/* Seccomp filters may forbid handles; the inode number is the id where it has 64 bits. */
	if (stat(dir, &st))
		return -errno;
	*id = st.st_ino;
	return 0;
}

/* `dir` with the test's root, `mount_len` what of it is the mount point. Spoils `dir`. */
static int ancestors_fill(struct cgroup_ref *ref, char *dir, size_t mount_len)
{
	int err;

	ref->nancestors = 0;
	while (strlen(dir) > mount_len) {
		*strrchr(dir, '/') = '\0';
		if (ref->nancestors == CGROUP_ANCESTORS_MAX)
			return -E2BIG;
		err = id_of(dir, &ref->ancestors[ref->nancestors]);
		if (err)
			return err;
		ref->nancestors++;
	}
	return 0;
}

static int ref_fill(struct cgroup_ref *ref, const struct cgroup_hierarchy *h, char *dir)
{
	size_t mount_len = strlen(root_dir) + strlen(h->mount);
	size_t named = strcspn(h->controllers, "=");
	int err;

	if (h->id && h->controllers[named])
		return -EOPNOTSUPP;
	memset(ref, 0, sizeof(*ref));
	ref->hierarchy = h->id;
	snprintf(ref->controller, sizeof(ref->controller), "%.*s",
		 (int)strcspn(h->controllers, ","), h->controllers);
	err = print_path(ref->path, sizeof(ref->path), h->root, dir + mount_len, "");
	if (!err && !*ref->path)
		strcpy(ref->path, "/");
	if (!err)
		err = id_of(dir, &ref->id);
	return err ? err : ancestors_fill(ref, dir, mount_len);
}

/* The mount that a directory without links is in: of several the innermost. */
static const struct cgroup_hierarchy *hierarchy_of_dir(const char *dir)
{
	const struct cgroup_hierarchy *best = NULL;

	for (size_t i = 0; i < hierarchy_count; i++) {
		const struct cgroup_hierarchy *h = &hierarchies[i];

		if (is_below(dir, h->mount) && (!best || strlen(h->mount) >= strlen(best->mount)))
			best = h;
	}
	return best;
}

static int resolve_dir(const char *dir, const struct cgroup_hierarchy *within,
		       struct cgroup_ref *ref)
{
	char given[PATH_MAX], real[PATH_MAX];
	const struct cgroup_hierarchy *h;
	struct stat st;
	int err = print_path(given, sizeof(given), root_dir, dir, "");

	if (err)
		return err;
	if (!realpath(given, real) || stat(real, &st))
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	h = is_below(real, root_dir) ? hierarchy_of_dir(real + strlen(root_dir)) : NULL;
	/* A path with ".." in it does not lead to another hierarchy. */
	if (within && h != within)
		return -ENOENT;
	if (!h || !mount_is_alive(real, !h->id))
		return -EINVAL;
	return ref_fill(ref, h, real);
}

/* The order in which hierarchies are tried for a path. */
static int rank_of(const struct cgroup_hierarchy *h)
{
	if (!h->id)
		return 0;
	if (list_has(h->controllers, "memory"))
		return 1;
	if (list_has(h->controllers, "blkio"))
		return 2;
	return strchr(h->controllers, '=') ? 4 : 3;
}

static int resolve_in(const struct cgroup_hierarchy *h, const char *path, struct cgroup_ref *ref)
{
	char dir[PATH_MAX];
	size_t len = strlen(h->root);
	int err;

	if (len && is_below(path, h->root))
		path += len;
	err = print_path(dir, sizeof(dir), h->mount, *path == '/' ? "" : "/", path);
	return err ? err : resolve_dir(dir, h, ref);
}

static int resolve_path(const char *path, struct cgroup_ref *ref)
{
	int err, first = -ENOENT;

	for (int rank = 0; rank <= 4; rank++) {
		for (size_t i = 0; i < hierarchy_count; i++) {
			if (rank_of(&hierarchies[i]) != rank)
				continue;
			err = resolve_in(&hierarchies[i], path, ref);
			if (!err)
				return 0;
			if (first == -ENOENT)
				first = err;
		}
	}
	return first;
}

int cgroup__resolve(const char *path, struct cgroup_ref *ref)
{
	int err, as_path;

	if (!path || !*path)
		return -EINVAL;
	if (strlen(path) >= PATH_MAX)
		return -ENAMETOOLONG;
	err = load();
	if (err)
		return err;
	err = *path == '/' ? resolve_dir(path, NULL, ref) : -ENOENT;
	if (!err || err == -EOPNOTSUPP || err == -E2BIG)
		return err;
	as_path = resolve_path(path, ref);
	return as_path == -ENOENT ? err : as_path;
}

/* ---- walk ---- */

static int walk_dir(struct walk *w, int fd, unsigned int depth);

static int walk_into(struct walk *w, int fd, const char *name, unsigned int depth)
{
	int child;

	if (depth == w->depth_max) {
		w->cut = true;
		return 0;
	}
	child = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (child < 0) {
		/* Gone meanwhile is not left out. */
		w->cut |= errno != ENOENT;
		return 0;
	}
	return walk_dir(w, child, depth);
}

static int walk_entry(struct walk *w, int fd, const struct dirent *e, unsigned int depth)
{
	size_t len = strlen(e->d_name), before = w->len;
	int err;

	if (e->d_type != DT_DIR || !strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
		return 0;
	if (!w->dirs_left || len + 2 > sizeof(w->path) - before) {
		w->cut = true;
		return 0;
	}
	w->dirs_left--;
	w->path[before] = '/';
	memcpy(w->path + before + 1, e->d_name, len + 1);
	w->len = before + 1 + len;
	err = w->visit(w->path, e->d_ino, w->ctx);
	if (!err)
		err = walk_into(w, fd, e->d_name, depth + 1);
	w->len = before;
	w->path[before] = '\0';
	return err;
}

/* Closes `fd`. */
static int walk_dir(struct walk *w, int fd, unsigned int depth)
{
	DIR *dir = fdopendir(fd);
	struct dirent *e;
	int err = 0;

	if (!dir) {
		close(fd);
		return -ENOMEM;
	}
	while (!err && w->dirs_left && (e = readdir(dir)))
		err = walk_entry(w, fd, e, depth);
	w->cut |= !err && !w->dirs_left;
	closedir(dir);
	return err;
}

int cgroup__walk(const struct cgroup_hierarchy *h, unsigned int depth_max, size_t dirs_max,
		 cgroup__visit_fn visit, void *ctx)
{
	struct walk w = {
		.visit = visit, .ctx = ctx, .depth_max = depth_max, .dirs_left = dirs_max,
	};
	char dir[PATH_MAX];
	int fd, err = print_path(dir, sizeof(dir), root_dir, h->mount, "");

	if (!err)
		err = print_path(w.path, sizeof(w.path), h->root, "", "");
	if (err)
		return err;
	w.len = strlen(w.path);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = walk_dir(&w, fd, 0);
	return !err && w.cut ? -E2BIG : err;
}

/* ---- id to path ---- */

/* The directory of a path, with the test's root. */
static int dir_of(const struct cgroup_hierarchy *h, const char *path, char *dir, size_t size)
{
	size_t len = strlen(h->root);
	char mount[PATH_MAX];
	int err = print_path(mount, sizeof(mount), root_dir, h->mount, "");

	if (err)
		return err;
	if (len && is_below(path, h->root))
		path += len;
	return print_path(dir, size, mount, strcmp(path, "/") ? path : "", "");
}

static bool has_id(const struct cgroup_hierarchy *h, const char *path, uint64_t id)
{
	char dir[PATH_MAX];
	struct stat st;

	return !dir_of(h, path, dir, sizeof(dir)) && !lstat(dir, &st) && st.st_ino == (ino_t)id;
}

/* -EPERM when handles are no way to find it. */
static int find_by_handle(const struct cgroup_hierarchy *h, uint64_t id, char *path)
{
	union handle handle = { .head = { .handle_bytes = sizeof(id),
					  .handle_type = HANDLE_KERNFS } };
	char link[64], dir[PATH_MAX];
	int mount_fd, fd;
	ssize_t n;

	if (*root_dir)
		return -EPERM;
	mount_fd = open(h->mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (mount_fd < 0)
		return -errno;
	memcpy(handle.head.f_handle, &id, sizeof(id));
	fd = open_by_handle_at(mount_fd, &handle.head, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	n = -errno;
	close(mount_fd);
	if (fd < 0)
		return n == -ESTALE || n == -ENOENT ? -ENOENT : -EPERM;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, dir, sizeof(dir));
	close(fd);
	if (n < 0 || n == sizeof(dir))
		return -EPERM;
	dir[n] = '\0';
	if (!is_below(dir, h->mount))
		return -ENOENT;
	return print_path(path, PATH_MAX, h->root, dir + strlen(h->mount), "");
}

struct search {
	uint64_t id;
	char *path;
};

static int search_visit(const char *path, uint64_t ino, void *ctx)
{
	struct search *s = ctx;

	if (ino != (ino_t)s->id)
		return 0;
	return print_path(s->path, PATH_MAX, path, "", "") ? 0 : 1;
}

static int find_by_walk(const struct cgroup_hierarchy *h, uint64_t id, char *path)
{
	struct search s = { id, path };
	int err;

	if (has_id(h, "/", id))
		return print_path(path, PATH_MAX, h->root, "", "");
	err = cgroup__walk(h, WALK_DEPTH_MAX, WALK_DIRS_MAX, search_visit, &s);
	return err == 1 ? 0 : err ? err : -ENOENT;
}

static int find_path(const struct cgroup_hierarchy *h, uint64_t id, char *path)
{
	int err = find_by_handle(h, id, path);

	if (err == -EPERM)
		err = find_by_walk(h, id, path);
	if (err)
		return err;
	if (!*path)
		strcpy(path, "/");
	/* It may have been removed or renamed since, and another have come to its name. */
	return has_id(h, path, id) ? 0 : -ENOENT;
}

/* The entry of an id, or one to be made for it. */
static struct cached *cache_entry(uint32_t hierarchy, uint64_t id)
{
	uint64_t hash = (id ^ (uint64_t)hierarchy << 48) * UINT64_C(0x9e3779b97f4a7c15);
	struct cached *set = cache[hash >> 56], *oldest = set;

	for (int i = 0; i < CACHE_WAYS; i++) {
		if (set[i].used && set[i].id == id && set[i].hierarchy == hierarchy) {
			oldest = &set[i];
			break;
		}
		if (set[i].used < oldest->used)
			oldest = &set[i];
	}
	if (!oldest->used || oldest->id != id || oldest->hierarchy != hierarchy) {
		free(oldest->path);
		*oldest = (struct cached){ .id = id, .hierarchy = hierarchy };
	}
	oldest->used = ++cache_tick;
	return oldest;
}

/* Brings an entry up to date. Errors other than -ENOENT say nothing lasting about the cgroup. */
static int cache_refresh(const struct cgroup_hierarchy *h, struct cached *e)
{
	char path[PATH_MAX], *copy;
	int err;

	if (e->gone)
		return -ENOENT;
	if (e->path && has_id(h, e->path, e->id))
		return 0;
	err = find_path(h, e->id, path);
	if (err == -E2BIG)
		err = -ENOENT;
	e->gone = err == -ENOENT;
	if (err)
		return err;
	copy = strdup(path);
	if (!copy)
		return -ENOMEM;
	free(e->path);
	e->path = copy;
	return 0;
}

int cgroup__path_of_id(uint32_t hierarchy, uint64_t id, char *buf, size_t size)
{
	const struct cgroup_hierarchy *h;
	struct cached *e;
	int err;

	if (size)
		buf[0] = '\0';
	err = load();
	if (err)
		return err;
	h = hierarchy_by_id(hierarchy);
	if (!h || !id)
		return -ENOENT;
	e = cache_entry(hierarchy, id);
	err = cache_refresh(h, e);
	if (e->path && print_path(buf, size, e->path, "", "") && !err)
		err = -ENAMETOOLONG;
	return err;
}

/* ---- process to path ---- */

struct of_pid {
	const char *controller;
	char *buf;
	size_t size;
};

/* A v2 cgroup that is removed with a dead process still in it is so marked. */
static void strip_deleted(char *path)
{
	static const char mark[] = " (deleted)";
	const struct cgroup_hierarchy *h = hierarchy_by_id(0);
	size_t len = strlen(path), mark_len = sizeof(mark) - 1;
	char dir[PATH_MAX];
	struct stat st;

	if (len <= mark_len || strcmp(path + len - mark_len, mark))
		return;
	if (h && !dir_of(h, path, dir, sizeof(dir)) && !lstat(dir, &st))
		return;
	path[len - mark_len] = '\0';
}

static int of_pid_line(char *line, void *ctx)
{
	struct of_pid *o = ctx;
	char *id = strsep(&line, ":"), *controllers = strsep(&line, ":");
	int err;

	if (!line)
		return 0;
	if (*o->controller ? !list_has(controllers, o->controller) : strcmp(id, "0") != 0)
		return 0;
	if (!*o->controller)
		strip_deleted(line);
	err = print_path(o->buf, o->size, line, "", "");
	return err ? err : 1;
}

int cgroup__of_pid(pid_t pid, const char *controller, char *buf, size_t size)
{
	struct of_pid o = { controller ? controller : "", buf, size };
	char file[64];
	int err;

	if (size)
		buf[0] = '\0';
	if (pid <= 0)
		return -ESRCH;
	err = load();
	if (err)
		return err;
	snprintf(file, sizeof(file), "/proc/%d/cgroup", pid);
	err = each_line(file, of_pid_line, &o);
	if (err == -ENOENT || err == -EIO)
		return -ESRCH;
	return err == 1 ? 0 : err ? err : -ENOENT;
}
