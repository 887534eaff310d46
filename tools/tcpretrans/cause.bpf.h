/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Why a segment is sent again. The kernel does not say so; but each of those who call
 * __tcp_retransmit_skb() leaves the socket in a state of its own by the time of the tracepoint:
 *
 *   tcp_retransmit_timer()         its timer's handler has cleared icsk_pending; or, for an ICMP
 *                                  message, tcp_enter_loss() was long after the last ACK
 *   tcp_send_loss_probe()          ICSK_TIME_LOSS_PROBE, and that timer has run out
 *   tcp_rack_reo_timeout()         ICSK_TIME_REO_TIMEOUT, the same
 *   tcp_xmit_recovery(), TSQ       TCP_CA_Recovery; TCP_CA_Loss with something to be undone
 *   tcp_simple_retransmit()        TCP_CA_Loss with nothing to be undone: a failed MTU probe, or a
 *                                  path that is narrower than the device
 *   tcp_rcv_fastopen_synack()      nothing but the SYN is acknowledged
 *   inet_rtx_syn_ack()             has a tracepoint of its own
 *
 * What fits none is CAUSE_OTHER. Checked with the kernel's counters on kernels from 5.10 to 7.3
 * (tests/run/tcpretrans-cause.t, -callers.t).
 */
#ifndef TCPRETRANS_CAUSE_BPF_H
#define TCPRETRANS_CAUSE_BPF_H

#include <bpf/bpf_core_read.h>
#include "tools/tcpretrans/mark.bpf.h"
#include "tools/tcpretrans/tcpretrans.h"

/* include/net/inet_connection_sock.h: icsk_pending */
#define ICSK_TIME_RETRANS 1
#define ICSK_TIME_LOSS_PROBE 5
#define ICSK_TIME_REO_TIMEOUT 6

#define TCPCB_LOST 0x04 /* include/net/tcp.h: tcp_skb_cb.sacked */
#define TCPHDR_SYN 0x02

#define SOCK_DEAD 0 /* include/net/sock.h: a bit of sk_flags */

/* The timer of 6.19 on (icsk_retransmit_timer before). */
struct sock___timer {
	struct timer_list tcp_retransmit_timer;
} __attribute__((preserve_access_index));

struct inet_connection_sock___timer {
	struct timer_list icsk_retransmit_timer;
} __attribute__((preserve_access_index));

static __always_inline bool cause_timer_is_armed(struct sock *sk, struct inet_connection_sock *icsk)
{
	struct inet_connection_sock___timer *old = (void *)icsk;
	struct sock___timer *new = (void *)sk;

	if (bpf_core_field_exists(struct sock___timer, tcp_retransmit_timer))
		return BPF_CORE_READ(new, tcp_retransmit_timer.entry.pprev);
	return BPF_CORE_READ(old, icsk_retransmit_timer.entry.pprev);
}

/*
 * In any state: it stays set where the first segment that is lost could not be sent.
 * tcp_xmit_retransmit_queue() sends what is marked lost only.
 */
static __always_inline bool cause_is_probe(struct sock *sk, struct tcp_sock *tp,
					   struct tcp_skb_cb *cb)
{
	return tp->inet_conn.icsk_pending == ICSK_TIME_LOSS_PROBE && !(cb->sacked & TCPCB_LOST) &&
	       !cause_timer_is_armed(sk, &tp->inet_conn);
}

static __always_inline __u8 cause_of_recovery(struct sock *sk, struct tcp_sock *tp)
{
	struct inet_connection_sock *icsk = &tp->inet_conn;

	/* Its own timer, and it has not set that of retransmission yet. */
	if (icsk->icsk_pending == ICSK_TIME_REO_TIMEOUT && !cause_timer_is_armed(sk, icsk))
		return CAUSE_RACK;
	return CAUSE_FAST;
}

static __always_inline bool cause_before(__u32 a, __u32 b)
{
	return (__s32)(a - b) < 0;
}

/* The condition of tcp_retransmit_timer(), which counts no timeout then. */
static __always_inline __u8 cause_of_timer(struct sock *sk, struct tcp_sock *tp)
{
	bool dead = sk->__sk_common.skc_flags & 1UL << SOCK_DEAD;

	if (tp->snd_wnd || dead || sk->__sk_common.skc_state == TCP_SYN_RECV)
		return CAUSE_RTO;
	return CAUSE_ZERO_WINDOW;
}

/*
 * tcp_ld_RTO_revert(): a router has no route any more, so that the timer was not backed off for
 * congestion, and has run out by now. It is run at once, with icsk_pending as it was. What else
 * comes in this state follows an acknowledgement, which this does not.
 */
static __always_inline bool cause_is_reverted(struct tcp_sock *tp, struct tcp_skb_cb *cb)
{
	struct inet_connection_sock *icsk = &tp->inet_conn;
	__u32 now;

	if (icsk->icsk_pending != ICSK_TIME_RETRANS || icsk->icsk_retransmits < 2 ||
	    cb->seq != tp->snd_una)
		return false;
	now = bpf_jiffies64();
	/* Just now, but for what a hypervisor takes away. */
	return now - tp->snd_cwnd_stamp <= 10 && (__s32)(tp->snd_cwnd_stamp - tp->rcv_tstamp) > 1;
}

/* tcp_mtup_probe_failed() forgets the size, but not where it was. */
static __always_inline bool cause_is_mtu_probe(struct tcp_sock *tp, struct tcp_skb_cb *cb)
{
	return !BPF_CORE_READ_BITFIELD_PROBED(&tp->inet_conn, icsk_mtup.probe_size) &&
	       !cause_before(cb->seq, tp->mtu_probe.probe_seq_start) &&
	       cause_before(cb->seq, tp->mtu_probe.probe_seq_end);
}

/* The SYN's data, which the peer did not take. */
static __always_inline bool cause_is_fastopen(struct tcp_sock *tp, struct tcp_skb_cb *cb)
{
	return BPF_CORE_READ_BITFIELD(tp, syn_data) &&
	       !BPF_CORE_READ_BITFIELD(tp, syn_data_acked) && tp->bytes_acked <= 1 &&
	       cb->seq == tp->snd_una;
}

/* Than the device, or than what both ends had said that they take. */
static __always_inline bool cause_is_narrow(struct sock *sk, struct tcp_sock *tp)
{
	struct inet_connection_sock *icsk = &tp->inet_conn;
	__u32 mtu = icsk->icsk_pmtu_cookie, mss = tp->advmss;

	if (mss > tp->rx_opt.mss_clamp)
		mss = tp->rx_opt.mss_clamp;
	return BPF_CORE_READ(sk, sk_dst_cache, dev, mtu) > mtu ||
	       mss + 20 + BPF_CORE_READ(icsk, icsk_af_ops, net_header_len) > mtu;
}

static __always_inline __u8 cause_of_loss(struct sock *sk, __u64 number, struct tcp_sock *tp,
					  struct tcp_skb_cb *cb)
{
	if (tp->undo_marker || BPF_CORE_READ_BITFIELD(tp, frto))
		return CAUSE_SLOW_START;
	/* tcp_simple_retransmit() enters this state without anything to be undone. */
	if (cause_is_mtu_probe(tp, cb)) {
		/* The network may have lost more than that, which is sent again after it. */
		mark_loss(sk, number, tp);
		return CAUSE_MTU_PROBE;
	}
	if (cause_is_fastopen(tp, cb))
		return CAUSE_FASTOPEN;
	/* A timeout does so, too, where the window had been reduced already (TCP_CA_CWR). */
	if (mark_is_loss(sk, number, tp))
		return CAUSE_SLOW_START;
	return cause_is_narrow(sk, tp) ? CAUSE_PMTU : CAUSE_OTHER;
}

/* Of TCP_CA_Open, _Disorder, _CWR. */
static __always_inline __u8 cause_of_none(struct tcp_sock *tp, struct tcp_skb_cb *cb)
{
	if (cause_is_fastopen(tp, cb))
		return CAUSE_FASTOPEN;
	return cb->sacked & TCPCB_LOST ? CAUSE_FAST : CAUSE_OTHER;
}

static __always_inline __u8 cause_of(struct retrans_record *r, struct sock *sk, __u64 number,
				     struct tcp_sock *tp, struct tcp_skb_cb *cb)
{
	__u8 pending = tp->inet_conn.icsk_pending, ca;

	if (sk->__sk_common.skc_state == TCP_SYN_SENT || (cb->tcp_flags & TCPHDR_SYN))
		return CAUSE_SYN;
	/* The timer's handler has cleared it. */
	if (!pending) {
		if (!tp->undo_marker)
			mark_loss(sk, number, tp);
		return cause_of_timer(sk, tp);
	}
	if (cause_is_probe(sk, tp, cb))
		return CAUSE_TLP;
	ca = BPF_CORE_READ_BITFIELD(&tp->inet_conn, icsk_ca_state);
	if (ca == TCP_CA_Recovery)
		return cause_of_recovery(sk, tp);
	if (ca == TCP_CA_Loss) {
		if (!cause_is_reverted(tp, cb))
			return cause_of_loss(sk, number, tp, cb);
		r->reason = REASON_ICMP;
		return cause_of_timer(sk, tp);
	}
	return cause_of_none(tp, cb);
}

/*
 * Of a SYN-ACK. With its own timer nobody has answered it, or somebody has (`acked`), but was not
 * heard: the application wants data first, or has not accepted what there is already.
 */
static __always_inline __u8 cause_of_ack(struct sock *sk, struct request_sock *req, __u8 timeouts)
{
	struct inet_connection_sock *icsk = (void *)sk;
	__u8 defer = BPF_CORE_READ(icsk, icsk_accept_queue.rskq_defer_accept);

	if (!defer || sk->sk_ack_backlog > sk->sk_max_ack_backlog)
		return REASON_ACCEPT_QUEUE;
	/* From then on a bare acknowledgement opens the connection. */
	return timeouts < defer ? REASON_DEFERRED : REASON_NO_ANSWER;
}

static __always_inline __u8 cause_of_synack(struct sock *sk, struct request_sock *req,
					    __u8 timeouts)
{
	struct inet_connection_sock *icsk = (void *)sk;
	struct inet_request_sock *ireq = (void *)req;

	/* A fast open connection has the timer of connections. */
	if (sk->__sk_common.skc_state != TCP_LISTEN)
		return BPF_CORE_READ(icsk, icsk_pending) ? REASON_SYN_AGAIN : REASON_NO_ANSWER;
	if (BPF_CORE_READ(req, rsk_timer.entry.pprev))
		return REASON_SYN_AGAIN;
	if (!BPF_CORE_READ_BITFIELD_PROBED(ireq, acked))
		return REASON_NO_ANSWER;
	return cause_of_ack(sk, req, timeouts);
}

#endif
