/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the kernel does not keep of a connection, and its later retransmissions need: noted where
 * it can be seen, for the few connections that have it. Positions are bytes since the connection
 * began, which do not wrap.
 */
#ifndef TCPRETRANS_MARK_BPF_H
#define TCPRETRANS_MARK_BPF_H

#include "socket_owner.bpf.h"
#include "tools/tcpretrans/tcpretrans.h"

struct retrans_mark {
	__u64 probe_from, probe_to; /* sent again by the last tail loss probe */
	/* Of TCP_CA_Loss without anything to be undone, by a timeout or a failed MTU probe. */
	__u64 loss_until;
	__u64 syns; /* sent again; or SYN-ACKs */
};

/* 32 bytes a socket beside what the kernel needs. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct retrans_mark);
} marks SEC(".maps");

/* Without socket storage: 90 bytes each, at most 1.5 MB. Full: not noted. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, struct retrans_mark);
	__uint(max_entries, 16384);
} marks_by_address SEC(".maps");

static __always_inline __u64 mark_position(struct tcp_sock *tp, __u32 seq)
{
	return tp->bytes_acked + (seq - tp->snd_una);
}

static __always_inline struct retrans_mark *mark_find(struct sock *sk, __u64 number)
{
	if (has_socket_storage())
		return bpf_sk_storage_get(&marks, sk, NULL, 0);
	return bpf_map_lookup_elem(&marks_by_address, &number);
}

/* NULL: no room. */
static __always_inline struct retrans_mark *mark_here(struct sock *sk, __u64 number)
{
	struct retrans_mark none = {};

	if (has_socket_storage())
		return bpf_sk_storage_get(&marks, sk, &none, BPF_SK_STORAGE_GET_F_CREATE);
	bpf_map_update_elem(&marks_by_address, &number, &none, BPF_NOEXIST);
	return bpf_map_lookup_elem(&marks_by_address, &number);
}

/* Another socket may have this address next. */
static __always_inline void mark_forget(__u64 number)
{
	if (!has_socket_storage())
		bpf_map_delete_elem(&marks_by_address, &number);
}

static __always_inline void mark_probe(struct sock *sk, __u64 number, struct tcp_sock *tp,
				       struct tcp_skb_cb *cb)
{
	struct retrans_mark *mark = mark_here(sk, number);

	if (!mark)
		return;
	mark->probe_from = mark_position(tp, cb->seq);
	mark->probe_to = mark_position(tp, cb->end_seq);
}

/* Below 0: not known. */
static __always_inline int mark_was_probed(struct sock *sk, __u64 number, struct tcp_sock *tp,
					   struct tcp_skb_cb *cb)
{
	struct retrans_mark *mark = mark_find(sk, number);

	if (!mark || !mark->probe_to)
		return -1;
	return mark_position(tp, cb->seq) < mark->probe_to &&
	       mark_position(tp, cb->end_seq) > mark->probe_from;
}

static __always_inline void mark_loss(struct sock *sk, __u64 number, struct tcp_sock *tp)
{
	struct retrans_mark *mark = mark_here(sk, number);

	if (mark)
		mark->loss_until = mark_position(tp, tp->snd_nxt);
}

static __always_inline bool mark_is_loss(struct sock *sk, __u64 number, struct tcp_sock *tp)
{
	struct retrans_mark *mark = mark_find(sk, number);

	return mark && tp->bytes_acked < mark->loss_until;
}

/* The connection is just there. */
static __always_inline void mark_syns(struct sock *sk, __u64 number, struct tcp_sock *tp)
{
	struct retrans_mark *mark = mark_here(sk, number);

	if (mark)
		mark->syns = tp->total_retrans;
}

static __always_inline __u32 mark_syns_of(struct sock *sk, __u64 number)
{
	struct retrans_mark *mark = mark_find(sk, number);

	return mark ? mark->syns : 0;
}

#endif
