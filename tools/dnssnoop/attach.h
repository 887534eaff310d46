/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Where the programs are: at the cgroup asked for, so that nobody else pays for them, or at the
 * root of cgroup v2.
 *
 * The kernel goes by the cgroup that a socket was made in. So it is the root where a process of the
 * cgroup asked for has a socket from elsewhere that may ask or be asked, where that cannot be found
 * out, and where sockets may not know their cgroup (net.bpf.h: before 5.15).
 */
#ifndef DNSSNOOP_ATTACH_H
#define DNSSNOOP_ATTACH_H

struct run;

/*
 * Those of cgroups, when they are loaded. TOOL_TOLD() or -errno. From the cgroup asked for they go
 * to the root once it is gone, or another one bears its name: so they are there before something is
 * started in what comes after it.
 */
int attach__programs(struct run *run);

#endif
