/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Opens files of other network namespaces for a tool that has given up the privileges for it, and
 * that must not hold them: an open file of /proc/PID/net keeps a namespace there, with all its
 * devices, when everybody else has left it. So they are opened when they are read, by a process of
 * its own, which keeps those privileges and does nothing else.
 */
#ifndef SNOOPKIT_NETNS_OPENER_H
#define SNOOPKIT_NETNS_OPENER_H

#include <stdbool.h>
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

/* How often segments were sent again there, says the kernel. */
struct netns_counts {
	uint32_t netns;
	int32_t err; /* 0, or why they cannot be read */
	/* RetransSegs without TCPRetransFail, which the kernel adds to both: what was sent. */
	uint64_t segs;
};

/*
 * Looks which namespaces there are, and reads the counters of each; nothing stays open. The list is
 * to be freed by the caller. `whole`: there are no others, as far as a process, a name or a mount
 * tells. 0 or -errno.
 */
int netns_opener__counts(struct netns_opener *o, struct netns_counts **list, size_t *count,
			 bool *whole);
/* The same of one of them. */
int netns_opener__counts_of(struct netns_opener *o, uint32_t netns, struct netns_counts *counts);
void netns_opener__free(struct netns_opener *o);

#endif
