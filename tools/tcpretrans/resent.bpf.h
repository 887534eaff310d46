/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Whether a segment had been sent again before. The kernel sets a bit, TCPCB_REPAIRED, in what
 * tcp_retransmit_skb() has sent; not in what a tail loss probe has, but in all that a socket was
 * restored with (TCP_REPAIR). TCPCB_EVER_RETRANS is set before the tracepoint by some kernels, by
 * others after it.
 */
#ifndef TCPRETRANS_RESENT_BPF_H
#define TCPRETRANS_RESENT_BPF_H

#include <bpf/bpf_core_read.h>
#include "tools/tcpretrans/mark.bpf.h"
#include "tools/tcpretrans/tcpretrans.h"

#define TCPCB_REPAIRED 0x10 /* include/net/tcp.h: tcp_skb_cb.sacked */

/* More is on its way or has arrived than it has sent, its SYN and its FIN included. */
static __always_inline bool resent_was_restored(struct tcp_sock *tp)
{
	__u64 once = tp->bytes_sent - tp->bytes_retrans;

	return tp->bytes_acked + (tp->snd_nxt - tp->snd_una) > once + 2;
}

/* enum retrans_flags */
static __always_inline __u8 resent_before(struct sock *sk, __u64 number, struct tcp_sock *tp,
					  struct tcp_skb_cb *cb)
{
	int probed;

	if (cb->sacked & TCPCB_REPAIRED)
		return resent_was_restored(tp) ? RETRANS_AGAIN_UNKNOWN : RETRANS_AGAIN;
	if (!BPF_CORE_READ_BITFIELD(tp, tlp_retrans))
		return 0;
	probed = mark_was_probed(sk, number, tp, cb);
	if (probed < 0)
		return RETRANS_AGAIN_UNKNOWN;
	return probed ? RETRANS_AGAIN : 0;
}

#endif
