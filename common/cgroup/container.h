/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Which container a cgroup is of, from its path, and what the runtime's own files call it.
 *
 * A path is written by whoever may create cgroups: root, and below a delegated cgroup also others.
 * They may choose names that look like a container's, but only for cgroups below their own.
 */
#ifndef SNOOPKIT_CONTAINER_H
#define SNOOPKIT_CONTAINER_H

#include <stddef.h>
#include <stdint.h>
#include "common/cgroup/cgroup.h"

/* A prefix of an ID has at least so many digits. */
#define CONTAINER_PREFIX_MIN 4
#define CONTAINER_CANDIDATES_MAX 8

/* Strings are "" when not known; all but `name` hold only letters, digits and "-_.:". */
struct container {
	/*
	 * docker, containerd (nerdctl and ctr too), cri-o, podman, buildkit, lxc (LXD and Incus
	 * too), nspawn (whatever registers as a machine, but no virtual machine); oci when the
	 * path does not tell which.
	 */
	char runtime[16];
	char id[128];	 /* 12 to 64 hex digits; BuildKit's 25 letters; for a machine its name */
	char pod[40];	 /* UID, dashed; for static pods 32 hex digits; "" outside of Kubernetes */
	char name[384];	 /* of container__name(): any bytes; "namespace/pod/container" in pods */
	uint32_t uid;	 /* of the user that runs it rootless, else 0 */
	size_t path_len; /* how much of the path leads to the container's own cgroup */
};

/*
 * Of nested containers the innermost; `pod` may then be that of an outer one. What stands beside
 * a container is in none: conmon, lxc.monitor, nspawn's supervisor, a pod's own cgroup.
 * `name` is filled for machines only. -ENOENT: in no container; `c` is then empty.
 */
int container__from_path(const char *cgroup_path, struct container *c);

/*
 * Reads the name, and the runtime if it is "oci", from files that root's runtimes keep below /run
 * and /var/lib (container_file.h). -ENOENT: none of them tells; -EPERM: it is a user's, or somebody
 * else can change what it would be read from; other errors, as -EACCES, if one could not be read.
 */
int container__name(struct container *c);

/*
 * Finds a running container by its ID, its name, or the beginning of its ID, in this order. Of a
 * name in a pod the parts at the front may be left out: "web", "web-0/web". Hierarchies are
 * searched in the order of cgroup__resolve(), until one has it; `c` has its name if that is known.
 * -ENOENT: there is none; -ENOTUNIQ: several, see container__candidates(); -E2BIG: none found, but
 * there is more than was searched; -EACCES: none found, but not all names are known;
 * -EINVAL: `what` is empty.
 */
int container__find(const char *what, struct container *c, struct cgroup_ref *ref);

/*
 * Between which the last container__find() could not decide. Returns how many there are; the list
 * has the first CONTAINER_CANDIDATES_MAX of them and belongs to this module.
 */
size_t container__candidates(const struct container **list);

#endif
