/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Network namespaces, known by the number of their inode. */
#ifndef SNOOPKIT_NETNS_H
#define SNOOPKIT_NETNS_H

#include <stdint.h>
#include <sys/types.h>

#define NETNS_NAMES "/run/netns" /* of `ip netns` */

/*
 * A name of `ip netns`, a file (/proc/PID/ns/net), a PID, or the number itself. -ENOENT: there is
 * none; -EINVAL: a file that is something else; -EACCES and the like as they come.
 */
int netns__resolve(const char *given, uint32_t *netns);
int netns__of_pid(pid_t pid, uint32_t *netns);

/*
 * Calls `visit` for each that has a name, or is mounted, or that a process is in, with the file
 * that stands for it: /run/netns/NAME, /proc/PID/ns/net. More than once for some. What cannot be
 * read is left out, and 1 returned then; else 0, or what `visit` has returned.
 */
typedef int (*netns__visit_fn)(uint32_t netns, const char *file, void *ctx);
int netns__walk(netns__visit_fn visit, void *ctx);

#endif
