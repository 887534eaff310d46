/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Addresses and ports of sockets. */
#ifndef SNOOPKIT_NET_WIRE_H
#define SNOOPKIT_NET_WIRE_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

/* In network order; IPv4 as ::ffff:a.b.c.d, whatever the family of the socket. */
struct net_addr {
	__u32 word[4];
};

struct net_flow {
	struct net_addr local, remote;
	__u16 lport, rport; /* in host order */
	__u32 netns;	    /* its inode number */
	__u32 ifindex;	    /* that it is bound to, as those with link-local addresses are; or 0 */
	__u32 pad;
};

_Static_assert(sizeof(struct net_flow) == 48, "wire size");

/* Which sockets the user asked for. What is 0 is no filter. */
struct net_filter {
	/* local & mask == net; masks are 0 without a filter. */
	struct net_addr local, local_mask, remote, remote_mask;
	__u16 lport, rport;
	__u32 netns;   /* of `ifindex` */
	__u32 version; /* 4 or 6: of the addresses */
	__u32 ifindex; /* of link-local addresses */
};

#endif
