/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What passes between dnssnoop's programs and its loader. */
#ifndef DNSSNOOP_H
#define DNSSNOOP_H

#include "common/bpf/cgroup_target.h"
#include "common/bpf/count.h"
#include "common/bpf/net.h"
#include "common/bpf/order.h"
#include "common/bpf/process.h"
#include "common/bpf/process_filter.h"

enum dns_kind {
	DNS_PACKET = RECORD_TOOL, /* struct dns_packet */
	DNS_ERROR,		  /* struct dns_error */
};

enum dns_count {
	DNS_ERROR_LOST = COUNT_TOOL, /* the ring was full for a struct dns_error */
};

#define DNS_PORTS 8
/* UDP: what is beyond is cut. TCP: pieces of a segment. */
#define DNS_BYTES_MAX 4096
#define DNS_PIECES 16

enum dns_packet_flags {
	DNS_OUT = 1,   /* sent, not received */
	DNS_TCP = 2,   /* else UDP */
	DNS_LAST = 4,  /* piece of its packet */
	DNS_FIRST = 8, /* what the connection begins with */
};

enum dns_wanted { WANTED_NO, WANTED_YES, WANTED_UNKNOWN };

/* A packet with DNS in it, or with DNS_TCP a piece of one. Followed by its bytes. */
struct dns_packet {
	struct record head;
	struct process who;	       /* pid 0: not known */
	char leader[PROCESS_COMM_LEN]; /* the process's own name; who.comm is the thread's */
	__u64 cookie;		       /* of the socket */
	struct net_addr local, remote; /* as in the packet */
	struct net_addr asked;	       /* before NAT */
	__u16 lport, rport, asked_port;
	__u8 flags;  /* enum dns_packet_flags */
	__u8 wanted; /* enum dns_wanted: by the owner */
	__u32 netns;
	__u32 seq;	 /* of TCP */
	__u32 len;	 /* of the payload from here on; more than there are bytes: cut */
	__u32 bytes_len; /* that follow */
};

_Static_assert(sizeof(struct dns_packet) == 160, "wire size");

/* The kernel has told a socket that has sent DNS of an error. */
struct dns_error {
	struct record head;
	__u64 cookie;
	__s32 error; /* errno */
	__u32 pad;
};

_Static_assert(sizeof(struct dns_error) == 32, "wire size");

#endif
