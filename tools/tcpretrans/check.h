/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* --check: what the programs have seen, beside what the kernel has counted itself. */
#ifndef TCPRETRANS_CHECK_H
#define TCPRETRANS_CHECK_H

#include "common/tool.h"
#include "tools/tcpretrans/tcpretrans.h"

struct check_netns {
	uint32_t netns;
	int snmp, netstat;     /* files, which keep the namespace there */
	uint64_t kernel, seen; /* segments since the beginning */
	bool unread;	       /* the kernel's counters could not be read */
};

struct check {
	struct bpf_map *sums;
	struct check_netns *list;
	size_t count, missing; /* of namespaces that came later */
	uint64_t missing_segs;
};

/* Before privileges are given up: finds the namespaces. 0 or -errno. */
int check__open(struct check *c, struct bpf_map *sums);
/* Everything is attached. */
void check__begin(struct check *c);
/* Everything is attached still. */
void check__end(struct check *c);
/* Lines of text; whether all was equal. */
bool check__show(const struct check *c, struct out *o);
void check__json(const struct check *c, struct json *j);
void check__free(struct check *c);

#endif
