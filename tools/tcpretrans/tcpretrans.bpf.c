/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Every retransmission, by the kernel's own tracepoints for them: with its cause, its weight in
 * segments, and the owner that was noted for its socket.
 */
#include "vmlinux.h"
#include <bpf/bpf_tracing.h>
#include "again.bpf.h"
#include "event.bpf.h"
#include "tools/tcpretrans/config.bpf.h"
#include "tools/tcpretrans/cause.bpf.h"
#include "tools/tcpretrans/resent.bpf.h"
#include "tools/tcpretrans/top.bpf.h"

/* A subflow of MPTCP goes by the socket that it is for. */
static __always_inline void fill_identity(struct retrans_record *r, struct sock *sk, __u64 number,
					  __u64 whole)
{
	r->socket = whole ?: number;
	r->cookie = net_cookie_of(sk);
}

static __always_inline void fill_owner(struct retrans_record *r, struct sock *sk, __u64 number)
{
	struct socket_owner *owner = NULL;

	if (r->socket != number)
		owner = bpf_map_lookup_elem(&socket_owners_by_address, &r->socket);
	if (!owner) {
		owner = socket_owner_find(sk, number, true);
		/* A copy of its own: the subflow may outlive the socket that it belongs to. */
		if (owner && owner->socket == number)
			r->socket = number;
	}
	if (owner)
		socket_owner_get(&r->owner, owner);
	else
		__builtin_memset(&r->owner, 0, sizeof(r->owner));
}

static __always_inline void fill_cgroup(struct retrans_record *r, struct sock *sk, __u32 slot)
{
	struct kernfs_node *kn;
	__u64 key;

	r->cgroup_id = net_cgroup_id(sk, &kn);
	if (!r->cgroup_id)
		return;
	key = CGROUP_KEY(0, r->cgroup_id);
	if (!cgroup_path_is_known(key))
		cgroup_path_tell(kn, key, r->head.time_ns, slot);
}

/* What is known of the socket in any state. */
static __always_inline void fill_socket(struct retrans_record *r, struct sock *sk, __u64 number,
					__u32 slot)
{
	r->uid = sk->sk_uid.val;
	r->state = sk->__sk_common.skc_state;
	if (!sk->sk_socket)
		r->flags |= RETRANS_ORPHAN;
	fill_owner(r, sk, number);
	fill_cgroup(r, sk, slot);
}

static __always_inline void fill_connection(struct retrans_record *r, struct tcp_sock *tp)
{
	struct inet_connection_sock *icsk = &tp->inet_conn;

	r->bytes_sent = tp->bytes_sent;
	r->bytes_retrans = tp->bytes_retrans;
	r->srtt_us = tp->srtt_us >> 3;
	r->rttvar_us = tp->mdev_us >> 2;
	r->rto_jiffies = icsk->icsk_rto;
	r->backoff = icsk->icsk_backoff;
	r->retries = icsk->icsk_retransmits;
	r->cwnd = tp->snd_cwnd;
	r->ssthresh = tp->snd_ssthresh;
	r->snd_wnd = tp->snd_wnd;
	r->in_flight = tp->packets_out - tp->sacked_out - tp->lost_out + tp->retrans_out;
	r->lost = tp->lost_out;
	r->mss = tp->mss_cache;
	r->dsack = tp->dsack_dups;
	r->total_segs = tp->total_retrans;
	r->data_segs = tp->data_segs_out;
	if (bpf_core_field_exists(tp->is_mptcp) && tp->is_mptcp)
		r->flags |= RETRANS_MPTCP;
	if (BPF_CORE_READ_BITFIELD(tp, rx_opt.sack_ok))
		r->flags |= RETRANS_SACK;
	bpf_probe_read_kernel(r->congestion, sizeof(r->congestion), icsk->icsk_ca_ops->name);
}

static __always_inline bool wanted(const struct retrans_record *r, struct sock *sk)
{
	if (!net_wanted(&r->flow))
		return false;
	if (filter_uid != UID_ANY && sk->sk_uid.val != filter_uid)
		return false;
	return !cgroup_target.given || cgroup_wanted(net_cgroup_of(sk));
}

/* What was sent again. */
static __always_inline bool wanted_sent(const struct retrans_record *r, struct sock *sk)
{
	return filter_causes >> r->cause & 1 && wanted(r, sk);
}

static __always_inline bool send(struct retrans_record *r)
{
	if (!ring_emit(r, sizeof(*r)))
		return false;
	if (!r->owner.pid)
		count_add(RETRANS_UNOWNED);
	return true;
}

/* Before 6.17 there is no such argument, and it must not even be read. */
static __always_inline int error_of(const unsigned long long *ctx)
{
	return has_error ? (int)*(const volatile unsigned long long *)&ctx[2] : 0;
}

static __always_inline void fill_segment(struct retrans_record *r, struct sock *sk, __u64 number,
					 struct tcp_sock *tp, struct sk_buff *skb, int error)
{
	struct tcp_skb_cb *cb = (void *)skb->cb;

	r->cause = r->attempt = cause_of(r, sk, number, tp, cb);
	r->error = error;
	r->seq = cb->seq;
	r->tcp_flags = cb->tcp_flags;
	r->flags |= resent_before(sk, number, tp, cb);
	if (r->cause == CAUSE_TLP && !error)
		mark_probe(sk, number, tp, cb);
	if (error) {
		r->cause = CAUSE_FAIL;
		r->reason = REASON_NONE;
		return;
	}
	r->segs = cb->tcp_gso_segs;
	r->bytes = skb->len;
}

static __always_inline void segment_sent(const unsigned long long *ctx, struct sock *sk,
					 struct sk_buff *skb, const enum event_counted counted,
					 __u32 slot)
{
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);
	struct retrans_record r = {};
	__u64 number;

	if (!tp)
		return;
	number = socket_number(ctx, 0, sk);
	fill_segment(&r, sk, number, tp, skb, error_of(ctx));
	sum_up(sk, r.segs);
	net_flow_of(&r.flow, sk, &tp->inet_conn.icsk_inet);
	EVENT (counted, wanted_sent(&r, sk), time_ns, slot, RETRANS_BUSY) {
		record_begin(&r.head, RETRANS_EVENT, time_ns, sizeof(r));
		fill_identity(&r, sk, number, socket_of_subflow(tp));
		if (!top_adds(&r)) {
			fill_socket(&r, sk, number, slot);
			fill_connection(&r, tp);
			if (send(&r))
				top_begins(&r);
		}
	}
}

/* Of a socket: neither that of its state (set_state), nor of a request (which is aligned). */
#define SEGMENT_KEY(sk) (arg_identity(sk) + 1)

SEC("tp_btf/tcp_retransmit_skb")
int BPF_PROG(retransmit, struct sock *sk, struct sk_buff *skb)
{
	if (again)
		again_mark(SEGMENT_KEY(sk));
	segment_sent(ctx, sk, skb, EVENT_OWN, SLOT_SEGMENT);
	return 0;
}

/* Attached after the first one, so it is run after it. */
SEC("tp_btf/tcp_retransmit_skb")
int BPF_PROG(again_retransmit, struct sock *sk, struct sk_buff *skb)
{
	if (!again_needed(SEGMENT_KEY(sk)))
		return 0;
	count_add(RETRANS_AGAIN_SEEN);
	segment_sent(ctx, sk, skb, EVENT_BESIDE, SLOT_SEGMENT_AGAIN);
	return 0;
}

/* The socket is the listener's, or of a fast open connection itself. */
static __always_inline void fill_request(struct retrans_record *r, struct sock *sk,
					 struct request_sock *req)
{
	struct tcp_request_sock *treq = (void *)req;

	r->cause = r->attempt = CAUSE_SYNACK;
	r->segs = 1;
	r->seq = BPF_CORE_READ(treq, snt_isn);
	r->retries = BPF_CORE_READ_BITFIELD(req, num_timeout);
	r->reason = cause_of_synack(sk, req, r->retries);
	r->total_segs = req->num_retrans + 1;
	if (r->total_segs > 1)
		r->flags |= RETRANS_AGAIN;
	r->mss = req->mss;
	r->tcp_flags = TCPHDR_SYN | 0x10;
}

static __always_inline void synack_sent(const unsigned long long *ctx, struct sock *sk,
					struct request_sock *req, __u32 slot)
{
	struct retrans_record r = {};
	__u64 number;

	sum_up(sk, 1);
	fill_request(&r, sk, req);
	net_flow_of_request(&r.flow, req);
	EVENT (EVENT_BESIDE, wanted_sent(&r, sk), time_ns, slot, RETRANS_BUSY) {
		record_begin(&r.head, RETRANS_EVENT, time_ns, sizeof(r));
		number = socket_number(ctx, 0, sk);
		fill_identity(&r, sk, number, 0);
		fill_socket(&r, sk, number, slot);
		/* The listener's flags say nothing about the connection, which is in this state. */
		r.flags &= ~RETRANS_ORPHAN;
		r.state = TCP_SYN_RECV;
		send(&r);
	}
}

SEC("tp_btf/tcp_retransmit_synack")
int BPF_PROG(retransmit_synack, struct sock *sk, struct request_sock *req)
{
	if (again)
		again_mark(arg_identity(req));
	synack_sent(ctx, sk, req, SLOT_SYNACK);
	return 0;
}

SEC("tp_btf/tcp_retransmit_synack")
int BPF_PROG(again_synack, struct sock *sk, struct request_sock *req)
{
	if (!again_needed(arg_identity(req)))
		return 0;
	count_add(RETRANS_AGAIN_SEEN);
	synack_sent(ctx, sk, req, SLOT_SYNACK_AGAIN);
	return 0;
}

/* A connection that was one: it had been opened or accepted. */
static __always_inline void conn_end(const void *ctx, struct sock *sk, struct tcp_sock *tp,
				     __u64 number, int old_state, __u32 slot)
{
	struct retrans_record r = {};

	net_flow_of(&r.flow, sk, &tp->inet_conn.icsk_inet);
	EVENT (EVENT_BESIDE, wanted(&r, sk), time_ns, slot, RETRANS_BUSY) {
		record_begin(&r.head, RETRANS_CONN, time_ns, sizeof(r));
		fill_identity(&r, sk, number, socket_of_subflow(tp));
		fill_socket(&r, sk, number, slot);
		fill_connection(&r, tp);
		r.state = old_state;
		r.segs = mark_syns_of(sk, number);
		send(&r);
	}
}

/* Subflows that the kernel adds to it later are its owner's. */
static __always_inline void mptcp_state(const unsigned long long *ctx, struct sock *sk,
					int new_state)
{
	__u64 number = 0;

	bpf_probe_read_kernel(&number, sizeof(number), ctx);
	if (new_state == TCP_CLOSE)
		bpf_map_delete_elem(&socket_owners_by_address, &number);
	else
		socket_owner_state(sk, number, false, new_state, RETRANS_OWNERS_FULL);
}

static __always_inline void state_changed(const unsigned long long *ctx, struct sock *sk,
					  int old_state, int new_state, __u32 slot)
{
	struct tcp_sock *tp;
	__u64 number;

	if (sk->sk_protocol == IPPROTO_MPTCP)
		mptcp_state(ctx, sk, new_state);
	if (sk->sk_protocol != IPPROTO_TCP)
		return;
	number = socket_number(ctx, 0, sk);
	socket_owner_state(sk, number, true, new_state, RETRANS_OWNERS_FULL);
	if (has_socket_storage() && !with_conns)
		return;
	tp = bpf_skc_to_tcp_sock(sk);
	if (!tp)
		return;
	if (with_conns && new_state == TCP_ESTABLISHED && tp->total_retrans)
		mark_syns(sk, number, tp);
	if (with_conns && new_state == TCP_CLOSE && old_state != TCP_LISTEN)
		conn_end(ctx, sk, tp, number, old_state, slot);
	socket_owner_life(sk, &tp->inet_conn.icsk_inet, number, old_state, new_state);
	if (new_state == TCP_CLOSE)
		mark_forget(number);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(set_state, struct sock *sk, int old_state, int new_state)
{
	if (again)
		again_mark(arg_identity(sk));
	state_changed(ctx, sk, old_state, new_state, SLOT_STATE);
	return 0;
}

/* The same for connections: what is skipped may have been the end of one, which is lost then. */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(conn_state, struct sock *sk, int old_state, int new_state)
{
	if (again)
		again_mark(arg_identity(sk));
	state_changed(ctx, sk, old_state, new_state, SLOT_STATE);
	return 0;
}

/* Attached after the first one, so it is run after it. */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(again_state, struct sock *sk, int old_state, int new_state)
{
	if (!again_needed(arg_identity(sk)))
		return 0;
	count_add(RETRANS_STATE_AGAIN);
	state_changed(ctx, sk, old_state, new_state, SLOT_STATE_AGAIN);
	return 0;
}

/* Whoever has accepted a connection is known before what it sends is lost. */
SEC("tp_btf/tcp_rcv_space_adjust")
int BPF_PROG(owner_reads, struct sock *sk)
{
	socket_owner_reads(sk, socket_number(ctx, 0, sk), RETRANS_OWNERS_FULL);
	return 0;
}

/* From 6.16 on. */
SEC("tp_btf/tcp_sendmsg_locked")
int BPF_PROG(owner_sends, struct sock *sk)
{
	socket_owner_sends(sk, socket_number(ctx, 0, sk), true, RETRANS_OWNERS_FULL);
	return 0;
}

/* The next best, from 6.3 on: of all sockets, when it was sent. */
SEC("tp_btf/sock_send_length")
int BPF_PROG(owner_sent, struct sock *sk)
{
	if (sk->sk_protocol == IPPROTO_TCP)
		socket_owner_sends(sk, socket_number(ctx, 0, sk), false, RETRANS_OWNERS_FULL);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
