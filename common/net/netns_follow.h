/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * --netns: the network namespace that a name of `ip netns`, a file or a process stands for, also
 * when that changes: what is made anew by that name, what is made only later, what the process
 * enters. Programs ask netns_wanted() (net.bpf.h). There is one in a process.
 */
#ifndef SNOOPKIT_NETNS_FOLLOW_H
#define SNOOPKIT_NETNS_FOLLOW_H

#include <stdint.h>
#include "common/tool/tool.h"

/*
 * configure(). NULL: no filter. `netns`: its number now, 0 without a filter or if it is not there
 * yet, which a line on stderr says. TOOL_TOLD(TOOL_USAGE) or 0.
 */
int netns_follow__configure(struct run *run, const char *given, uint32_t *netns);
/* begin(): looks from here on. 0 or -errno. */
int netns_follow__begin(struct run *run);
void netns_follow__end(void);

#endif
