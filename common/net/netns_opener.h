/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Opens files of other network namespaces for a tool that has given up the privileges for it, and
 * that must not hold them: an open file of /proc/PID/net keeps a namespace there, with all its
 * devices, when everybody else has left it. So they are opened when they are read, by a process of
 * its own, which keeps those privileges and does nothing else.
 */
#ifndef SNOOPKIT_NETNS_OPENER_H
#define SNOOPKIT_NETNS_OPENER_H

#include <stddef.h>
#include <stdint.h>

struct netns_opener;

/* So many namespaces are known at most. */
#define NETNS_OPENER_MAX 4096
/* The counters of one. */
enum { NETNS_SNMP, NETNS_NETSTAT, NETNS_FILES };

/* Before privileges are given up. NULL with errno set. */
struct netns_opener *netns_opener__new(void);
/*
 * Looks which namespaces there are: the list, to be freed by the caller, and its length. 0 or
 * -errno.
 */
int netns_opener__list(struct netns_opener *o, uint32_t **list, size_t *count);
/*
 * Opens the files of one that was found then, to be closed by the caller. -ENOENT: it is not there
 * any more; others as they come.
 */
int netns_opener__open(struct netns_opener *o, uint32_t netns, int files[NETNS_FILES]);
void netns_opener__free(struct netns_opener *o);

#endif
