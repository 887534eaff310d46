/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The records and constants between dnssnoop's programs and its user space. */
#ifndef DNSSNOOP_H
#define DNSSNOOP_H

#include "common/bpf/cgroup_target_wire.h"
#include "common/bpf/count_wire.h"
#include "common/bpf/net_wire.h"
#include "common/bpf/order_wire.h"
#include "common/bpf/process_wire.h"
#include "common/bpf/process_filter_wire.h"

enum dns_kind {
	DNS_PACKET = RECORD_TOOL, /* struct dns_packet */
	DNS_END,		  /* struct dns_end */
};

enum dns_count {
	DNS_END_LOST = COUNT_TOOL, /* the ring was full for a struct dns_end */
	DNS_UNASKED_LOST,	   /* the ring was half full, and the socket had not asked */
};

#define DNS_PORTS 8
/* What is longer comes in pieces, which is enough for all that IP can carry. */
#define DNS_BYTES_MAX 4096
#define DNS_PIECES 16

enum dns_packet_flags {
	DNS_OUT = 1,	 /* sent, not received */
	DNS_TCP = 2,	 /* else UDP */
	DNS_LAST = 4,	 /* piece of its packet */
	DNS_FIRST = 8,	 /* what the connection begins with */
	DNS_HIDDEN = 16, /* encrypted by IPsec before it was seen: there are no bytes */
	DNS_RAW = 32,	 /* a raw socket's own copy */
};

enum dns_wanted {
	WANTED_NO,
	WANTED_YES,
	WANTED_UNKNOWN,
	WANTED_PENDING, /* of a new cgroup that user space has not judged yet */
};

/* A packet with DNS in it, or a piece of one. Followed by its bytes. */
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
	__u32 seq;	 /* of TCP; of UDP where the piece begins */
	__u32 len;	 /* of the payload from here on; more than there are bytes: cut */
	__u32 bytes_len; /* that follow */
	__u32 ifindex;	 /* of link-local addresses; 0: none is */
	__u32 segment;	 /* UDP_GRO, UDP_SEGMENT: each datagram but the last has so many bytes */
};

_Static_assert(sizeof(struct dns_packet) == 168, "wire size");

enum dns_end_reason {
	DNS_ERRED,    /* the kernel has told the socket of an error */
	DNS_FINISHED, /* the server sends no more on this connection of TCP */
	DNS_RELEASED, /* no process has the socket any more */
};

enum dns_icmp { DNS_ICMP_UNKNOWN, DNS_ICMP_V4, DNS_ICMP_V6 };

/* A socket that has sent DNS gets no more answers. */
struct dns_end {
	struct record head;
	__u64 cookie;
	__s32 error; /* errno, of DNS_ERRED */
	__u32 seq;   /* of TCP: of what would follow, for DNS_FINISHED */
	__u8 reason; /* enum dns_end_reason */
	__u8 icmp;   /* enum dns_icmp: what the next two are of */
	__u8 icmp_type, icmp_code;
	__u8 tcp; /* bool */
	__u8 gap; /* bool, of DNS_FINISHED: not what the kernel awaits next */
	__u8 pad[2];
};

_Static_assert(sizeof(struct dns_end) == 40, "wire size");

#endif
