/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* --check: compares the programs' counts with the kernel's own counters. */
#ifndef TCPRETRANS_CHECK_H
#define TCPRETRANS_CHECK_H

#include "common/tool/tool.h"
#include "tools/tcpretrans/tcpretrans.h"

struct check_netns {
	uint32_t netns;
	uint64_t failed;       /* attempts that the kernel counts although they could not be sent */
	uint64_t kernel, seen; /* segments since the beginning */
	bool unread;	       /* the kernel's counters could not be read */
	bool ended;	       /* nor can they be any more: the namespace is gone */
};

struct check {
	struct bpf_map *sums;
	struct netns_opener *opener;
	struct check_netns *list;
	size_t count, missing; /* of namespaces that came later */
	uint64_t missing_segs, ended_segs;
	bool tells_failures; /* the kernel tells the programs of failed attempts */
};

/* Borrows both. */
void check__open(struct check *c, struct netns_opener *opener, struct bpf_map *sums);
/* Everything is attached: finds the namespaces. 0 or -errno. */
int check__begin(struct check *c);
/* Everything is attached still. 0 or -errno. */
int check__end(struct check *c);
/* Lines of text; whether all was equal. */
bool check__show(const struct check *c, struct out *o);
void check__json(const struct check *c, struct json *j);
void check__free(struct check *c);

#endif
