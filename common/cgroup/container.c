// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Container identity from a cgroup path, one component after the other. */
#include "common/cgroup/container.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "common/base/num.h"

#define HEX "0123456789abcdef"
#define BASE36 HEX "ghijklmnopqrstuvwxyz"
#define ALNUM BASE36 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

#define ID_MIN 12
#define ID_LEN 64
/* BuildKit counts in base 36 (identity.NewID). */
#define BUILDKIT_ID_LEN 25

struct decode {
	struct container c;
	const char *path; /* what is left of it */
	size_t path_len;  /* up to and with `part` */
	uint32_t uid;	  /* whose user-UID.slice this is below */
	char pod[40];
	char parent[NAME_MAX + 1];
	char part[NAME_MAX + 1];
};

struct prefix {
	const char *prefix;
	const char *runtime;
};

/*
 * The cgroup is <prefix>-<id>.scope with the systemd driver, and without the ".scope" with the
 * cgroupfs driver of cri-o (crio-<id>) and podman (libpod-<id>; libpod-payload-<id> is that of
 * `podman run --cgroups=split`, as Quadlet has it). crio-conmon-<id> and libpod-conmon-<id> are
 * left out by what follows their prefix being no ID.
 */
static const struct prefix prefixes[] = {
	{ "docker", "docker" },	    { "cri-containerd", "containerd" }, { "crio", "cri-o" },
	{ "libpod", "podman" },	    { "libpod-payload", "podman" },	{ "nerdctl", "containerd" },
	{ "buildkit", "buildkit" },
};

/* cgroupfs driver: /docker/<id>, and by containerd's default /<containerd namespace>/<id>. */
static const struct prefix parents[] = {
	{ "docker", "docker" },	     { "moby", "docker" },	 { "k8s.io", "containerd" },
	{ "default", "containerd" }, { "buildkit", "buildkit" },
};

static const char *prefix_runtime(const struct prefix *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(list[i].prefix, name))
			return list[i].runtime;
	}
	return NULL;
}

#define RUNTIME_OF(list, name) prefix_runtime(list, sizeof(list) / sizeof(*(list)), name)

static bool is_made_of(const char *s, size_t len, const char *chars)
{
	return strlen(s) == len && strspn(s, chars) == len;
}

static bool has_prefix(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

static bool cut_suffix(char *s, const char *suffix)
{
	size_t len = strlen(s), n = strlen(suffix);

	if (len < n || strcmp(s + len - n, suffix))
		return false;
	s[len - n] = '\0';
	return true;
}

static bool take(struct decode *d, const char *runtime, const char *id, const char *name)
{
	/* One that gives a cgroup of its own the name of itself does not become another one. */
	if (strcmp(d->c.id, id) || strcmp(d->c.runtime, runtime))
		d->c.path_len = d->path_len;
	snprintf(d->c.runtime, sizeof(d->c.runtime), "%s", runtime);
	snprintf(d->c.id, sizeof(d->c.id), "%s", id);
	snprintf(d->c.name, sizeof(d->c.name), "%s", name);
	snprintf(d->c.pod, sizeof(d->c.pod), "%s", d->pod);
	d->c.uid = d->uid;
	return true;
}

static bool take_id(struct decode *d, const char *runtime, const char *id)
{
	size_t len = strlen(id);
	bool fits = len >= ID_MIN && len <= ID_LEN && is_made_of(id, len, HEX);

	if (runtime && !fits && !strcmp(runtime, "buildkit"))
		fits = is_made_of(id, BUILDKIT_ID_LEN, BASE36);
	return runtime && fits && take(d, runtime, id, "");
}

/* A machine's name is its ID. */
static bool take_machine(struct decode *d, const char *runtime, const char *name)
{
	size_t len = strlen(name);

	if (!len || len >= sizeof(d->c.id) || !strchr(ALNUM, name[0]) ||
	    !is_made_of(name, len, ALNUM "-_.:"))
		return false;
	return take(d, runtime, name, name);
}

static int hex_digit(char c)
{
	const char *at = c ? strchr(HEX, c) : NULL;

	return at ? (int)(at - HEX) : -1;
}

/* systemd escapes bytes of a name as \xNN in a unit's name. Never zero bytes: these stay. */
static void unit_unescape(char *s)
{
	char *to = s;

	while (*s) {
		int high = s[0] == '\\' && s[1] == 'x' ? hex_digit(s[2]) : -1;
		int low = high >= 0 ? hex_digit(s[3]) : -1;

		if (low >= 0 && (high || low)) {
			*to++ = (char)(high << 4 | low);
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

static bool is_uuid(const char *uid)
{
	static const size_t groups[] = { 8, 4, 4, 4 };

	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++) {
		if (strspn(uid, HEX) != groups[i] || uid[groups[i]] != '-')
			return false;
		uid += groups[i] + 1;
	}
	return is_made_of(uid, 12, HEX);
}

/*
 * pod<uid> with the cgroupfs driver; with that of systemd <...>-pod<uid>.slice, where dashes in the
 * UID are underscores.
 */
static bool decode_pod(struct decode *d, const char *part)
{
	char name[NAME_MAX + 1], *uid = name;

	strcpy(name, part);
	if (cut_suffix(name, ".slice")) {
		for (char *p = name; (p = strstr(p, "-pod")); p++)
			uid = p + 1;
		for (char *p = uid; (p = strchr(p, '_'));)
			*p = '-';
	}
	if (!has_prefix(uid, "pod"))
		return false;
	uid += strlen("pod");
	if (!is_uuid(uid) && !is_made_of(uid, 32, HEX))
		return false;
	snprintf(d->pod, sizeof(d->pod), "%s", uid);
	return true;
}

static bool decode_user(struct decode *d)
{
	char name[NAME_MAX + 1];
	uint64_t uid;

	strcpy(name, d->part);
	if (strcmp(d->parent, "user.slice") || !has_prefix(name, "user-") ||
	    !cut_suffix(name, ".slice") || num__u64(name + 5, 0, UINT32_MAX - 1, &uid))
		return false;
	/* Inside of a container it would be one of its users. */
	if (!*d->c.id)
		d->uid = (uint32_t)uid;
	return true;
}

/* <slice>:<prefix>:<id>: a path for the systemd driver that went to the cgroupfs driver. */
static bool decode_colons(struct decode *d)
{
	char copy[NAME_MAX + 1], *id = strcpy(copy, d->part);
	char *slice = strsep(&id, ":"), *prefix = strsep(&id, ":");

	if (!id)
		return false;
	decode_pod(d, slice);
	return take_id(d, RUNTIME_OF(prefixes, prefix), id);
}

static bool decode_prefixed(struct decode *d)
{
	char name[NAME_MAX + 1], *dash;

	strcpy(name, d->part);
	cut_suffix(name, ".scope");
	dash = strrchr(name, '-');
	if (!dash)
		return false;
	*dash = '\0';
	return take_id(d, RUNTIME_OF(prefixes, name), dash + 1);
}

/*
 * The parent may be kubelet's pod or what docker's --cgroup-parent says. Podman's pods are
 * /libpod_parent/<id> themselves.
 */
static bool decode_bare(struct decode *d)
{
	const char *runtime = RUNTIME_OF(parents, d->parent);

	if (strlen(d->part) != ID_LEN && (!runtime || strcmp(runtime, "buildkit")))
		return false;
	if (!strcmp(d->parent, "libpod_parent"))
		return false;
	return take_id(d, runtime ? runtime : "oci", d->part);
}

/* LXC has /lxc/<name>, from 4.0 on /lxc.payload/<name> and then /lxc.payload.<name>. */
static bool decode_lxc(struct decode *d)
{
	const char *payload = "lxc.payload.";

	if (has_prefix(d->part, payload))
		return take_machine(d, "lxc", d->part + strlen(payload));
	if (!strcmp(d->parent, "lxc") || !strcmp(d->parent, "lxc.payload"))
		return take_machine(d, "lxc", d->part);
	return false;
}

/* libvirt names its machines <driver>-<number>-<name>; those of qemu and xen have a kernel. */
static bool decode_machine(struct decode *d)
{
	const char *scope = "machine-", *service = "systemd-nspawn@", *machine;
	char name[NAME_MAX + 1];

	strcpy(name, d->part);
	if (strcmp(d->parent, "machine.slice"))
		return false;
	if (has_prefix(name, scope) && cut_suffix(name, ".scope"))
		machine = name + strlen(scope);
	else if (has_prefix(name, service) && cut_suffix(name, ".service"))
		machine = name + strlen(service);
	else
		return false;
	unit_unescape(name);
	return !has_prefix(machine, "qemu-") && !has_prefix(machine, "xen-") &&
	       take_machine(d, "nspawn", machine);
}

static void decode_part(struct decode *d)
{
	/* nspawn's own process, beside "payload". */
	if (!strcmp(d->part, "supervisor") && !strcmp(d->c.runtime, "nspawn"))
		memset(&d->c, 0, sizeof(d->c));
	else if (!decode_user(d) && !decode_pod(d, d->part) && !decode_colons(d) &&
		 !decode_prefixed(d) && !decode_bare(d) && !decode_lxc(d))
		decode_machine(d);
}

/* The next component to `part`; one that is too long for a file name is "". */
static bool part_next(struct decode *d)
{
	size_t slashes = strspn(d->path, "/"), len = strcspn(d->path + slashes, "/");

	strcpy(d->parent, d->part);
	snprintf(d->part, sizeof(d->part), "%.*s", len > NAME_MAX ? 0 : (int)len,
		 d->path + slashes);
	d->path += slashes + len;
	d->path_len += slashes + len;
	return len;
}

int container__from_path(const char *cgroup_path, struct container *c)
{
	struct decode d = { .path = cgroup_path };

	while (part_next(&d))
		decode_part(&d);
	*c = d.c;
	return *c->id ? 0 : -ENOENT;
}
