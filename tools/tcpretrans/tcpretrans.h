/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The records and constants between tcpretrans's programs and its user space. */
#ifndef TCPRETRANS_H
#define TCPRETRANS_H

#include "common/bpf/cgroup_target_wire.h"
#include "common/bpf/count_wire.h"
#include "common/bpf/net_wire.h"
#include "common/bpf/order_wire.h"
#include "common/bpf/process_filter_wire.h"
#include "common/bpf/record_wire.h"
#include "common/bpf/socket_owner_wire.h"

enum retrans_kind {
	RETRANS_EVENT = RECORD_TOOL, /* struct retrans_record */
	RETRANS_CONN,		     /* the same, of a connection that has ended */
};

/* Of struct order_cpu. */
enum retrans_slot {
	SLOT_SEGMENT = 0,
	SLOT_SYNACK = 1,
	SLOT_STATE = 2,
	SLOT_STATE_AGAIN = 3,
	SLOT_SEGMENT_AGAIN = 4,
	SLOT_SYNACK_AGAIN = 5,
};

enum retrans_count {
	RETRANS_BUSY = COUNT_TOOL, /* lost: another one was being traced on this CPU */
	RETRANS_UNOWNED,	   /* shown without a process */
	RETRANS_OWNERS_FULL,	   /* no room for the owner of a socket */
	RETRANS_SUMS_FULL,	   /* of a network namespace that there was no room for */
	RETRANS_STATE_AGAIN,	   /* the second program saw events that the first did not */
	RETRANS_AGAIN_SEEN,	   /* the same of retransmissions */
};

enum retrans_cause {
	CAUSE_SYN,
	CAUSE_SYNACK,
	CAUSE_RTO,
	CAUSE_ZERO_WINDOW,
	CAUSE_TLP,
	CAUSE_RACK,
	CAUSE_FAST,
	CAUSE_SLOW_START,
	CAUSE_PMTU,
	CAUSE_MTU_PROBE,
	CAUSE_FASTOPEN,
	CAUSE_OTHER,
	CAUSE_FAIL,
	CAUSE_MAX,
};

/* What a cause does not say. */
enum retrans_reason {
	REASON_NONE,
	REASON_NO_ANSWER,    /* of CAUSE_SYNACK, as the next three */
	REASON_SYN_AGAIN,    /* the peer has asked again */
	REASON_ACCEPT_QUEUE, /* the peer has answered: there was no room among those to be accepted
			      */
	REASON_DEFERRED,     /* the same: TCP_DEFER_ACCEPT waits for data */
	REASON_ICMP,	     /* of CAUSE_RTO: a router has no route, so the timer was run early */
	REASON_MAX,
};

enum retrans_flags {
	RETRANS_AGAIN = 1,  /* it had been sent again before */
	RETRANS_ORPHAN = 2, /* no process has the socket any more */
	RETRANS_MPTCP = 4,
	RETRANS_SACK = 16,	   /* the peer can report duplicates */
	RETRANS_AGAIN_UNKNOWN = 8, /* whether it had is not known */
};

#define RETRANS_CONGESTION_LEN 16

struct retrans_record {
	struct record head;
	struct net_flow flow;
	struct socket_owner owner;
	__u64 socket;			 /* compare owner.socket */
	__u64 cgroup_id;		 /* of v2; 0: not known */
	__u64 cookie;			 /* 0: not known */
	__u64 bytes_sent, bytes_retrans; /* of the connection, payload */
	__u32 uid;
	__u8 cause;	   /* enum retrans_cause */
	__u8 attempt;	   /* of CAUSE_FAIL: the cause it would have had */
	__u8 flags;	   /* enum retrans_flags */
	__u8 state;	   /* TCP_ESTABLISHED and so on */
	__s32 error;	   /* of CAUSE_FAIL: -errno, or above 0 the queue's result (NET_XMIT_) */
	__u32 segs, bytes; /* of RETRANS_CONN: SYNs sent again, nothing */
	__u32 seq;
	__u32 srtt_us, rttvar_us;
	__u32 rto_jiffies;
	__u32 cwnd, ssthresh, snd_wnd, in_flight, lost, mss;
	__u32 dsack;	  /* segments that arrived twice, the peer said */
	__u32 total_segs; /* sent again by the connection so far */
	__u32 data_segs;  /* sent by it, with data */
	__u8 backoff, tcp_flags, retries;
	__u8 reason; /* enum retrans_reason */
	__u32 epoch; /* of struct retrans_source */
	char congestion[RETRANS_CONGESTION_LEN];
};

_Static_assert(sizeof(struct retrans_record) == 248, "wire size");

/* The retransmissions of a network namespace since the programs were attached. */
struct retrans_sum {
	__u64 segs;
	__u64 most; /* segments in one event */
};

#define RETRANS_NETNS_MAX 4096

/* A sum without a record for each event: of a connection and a cause, in an interval. */
struct retrans_source {
	__u64 socket; /* its cookie, or if that is not known retrans_record.socket */
	__u16 lport, rport;
	__u8 cause, reason, attempt, pad;
	__s32 error;
	__u32 epoch; /* counts intervals */
};

/* After the first event. */
struct retrans_more {
	__u64 events, segs, bytes, again_segs;
	__u64 unowned; /* bool */
};

#define RETRANS_SOURCES_MAX 16384

#endif
