/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Why a segment is sent again. The kernel does not say so; but each of those who call
 * __tcp_retransmit_skb() leaves the socket in a state of its own by the time of the tracepoint.
 * Checked with the kernel's counters on kernels from 5.10 to 7.3 (tests/run/tcpretrans-cause.t).
 */
#ifndef TCPRETRANS_CAUSE_BPF_H
#define TCPRETRANS_CAUSE_BPF_H

#include <bpf/bpf_core_read.h>
#include "tools/tcpretrans/tcpretrans.h"

/* include/net/inet_connection_sock.h: icsk_pending */
#define ICSK_TIME_LOSS_PROBE 5
#define ICSK_TIME_REO_TIMEOUT 6

/* include/net/tcp.h: tcp_skb_cb.sacked; what was called EVER_RETRANS says something else. */
#define TCPCB_LOST 0x04
#define TCPCB_REPAIRED 0x10
#define TCPHDR_SYN 0x02

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

static __always_inline __u8 cause_of_recovery(struct sock *sk, struct tcp_sock *tp)
{
	struct inet_connection_sock *icsk = &tp->inet_conn;

	/* Its own timer, and it has not set that of retransmission yet. */
	if (icsk->icsk_pending == ICSK_TIME_REO_TIMEOUT && !cause_timer_is_armed(sk, icsk))
		return CAUSE_RACK;
	return CAUSE_FAST;
}

static __always_inline __u8 cause_of_loss(struct tcp_sock *tp)
{
	/* tcp_simple_retransmit() enters this state without anything to be undone. */
	if (!tp->undo_marker && !BPF_CORE_READ_BITFIELD(tp, frto))
		return CAUSE_PMTU;
	return CAUSE_SLOW_START;
}

static __always_inline __u8 cause_of(struct sock *sk, struct tcp_sock *tp, struct tcp_skb_cb *cb)
{
	__u8 pending = tp->inet_conn.icsk_pending, ca;

	if (sk->__sk_common.skc_state == TCP_SYN_SENT || (cb->tcp_flags & TCPHDR_SYN))
		return CAUSE_SYN;
	/* The timer's handler has cleared it. */
	if (!pending)
		return tp->snd_wnd ? CAUSE_RTO : CAUSE_ZERO_WINDOW;
	ca = BPF_CORE_READ_BITFIELD(&tp->inet_conn, icsk_ca_state);
	if (pending == ICSK_TIME_LOSS_PROBE && ca < TCP_CA_Recovery && !(cb->sacked & TCPCB_LOST))
		return CAUSE_TLP;
	return ca == TCP_CA_Loss ? cause_of_loss(tp) : cause_of_recovery(sk, tp);
}

#endif
