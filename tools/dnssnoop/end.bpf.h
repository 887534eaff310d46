/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What ends lookups without an answer: the socket is told of an error, the server closes the
 * connection, the asker closes its socket.
 */
#ifndef DNSSNOOP_END_BPF_H
#define DNSSNOOP_END_BPF_H

#include "tools/dnssnoop/owner.bpf.h"
#include "tools/dnssnoop/packet.bpf.h"

/* include/uapi/linux/errqueue.h, include/uapi/linux/in.h */
#define SO_EE_ORIGIN_ICMP 2
#define SO_EE_ORIGIN_ICMP6 3
#define ECONNRESET 104

/* The kernel's tracepoint tells of errors; if not, a reset is seen as a packet. */
const volatile bool errors_told = false;

/* Of a socket whose lookups may be shown. */
static __always_inline bool end_matters(const struct dns_owner *owner)
{
	return owner && owner->spoke && owner->wanted != WANTED_NO;
}

static __always_inline void end_tell(struct dns_end *e, const __u8 reason)
{
	ORDERED_ANY (time_ns) {
		record_begin(&e->head, DNS_END, time_ns, sizeof(*e));
		e->reason = reason;
		if (!ring_output(e, sizeof(*e), sizeof(*e)))
			count_add(DNS_END_LOST);
	}
}

/* Sockets that have asked for it (IP_RECVERR) have the ICMP message that an error comes from. */
static __always_inline void end_icmp(struct dns_end *e, struct sock *sk)
{
	struct sk_buff *last = BPF_CORE_READ(sk, sk_error_queue.prev);
	struct sock_exterr_skb *cb = (void *)&last->cb;
	__u8 origin;

	if (last == (void *)&sk->sk_error_queue)
		return;
	origin = BPF_CORE_READ(cb, ee.ee_origin);
	if (origin != SO_EE_ORIGIN_ICMP && origin != SO_EE_ORIGIN_ICMP6)
		return;
	/* The first news of it come before the socket has the error. */
	if (e->error && e->error != (__s32)BPF_CORE_READ(cb, ee.ee_errno))
		return;
	e->error = BPF_CORE_READ(cb, ee.ee_errno);
	e->icmp = origin == SO_EE_ORIGIN_ICMP ? DNS_ICMP_V4 : DNS_ICMP_V6;
	e->icmp_type = BPF_CORE_READ(cb, ee.ee_type);
	e->icmp_code = BPF_CORE_READ(cb, ee.ee_code);
}

SEC("tp_btf/inet_sk_error_report")
int BPF_PROG(dns_error, struct sock *sk)
{
	struct dns_owner *owner = bpf_sk_storage_get(&dns_owners, sk, NULL, 0);
	struct dns_end e = {};

	if (!end_matters(owner))
		return 0;
	e.cookie = bpf_get_socket_cookie(sk);
	e.error = sk->sk_err;
	e.tcp = sk->sk_type == SOCK_STREAM;
	end_icmp(&e, sk);
	if (e.error)
		end_tell(&e, DNS_ERRED);
	return 0;
}

/* The last descriptor of a socket is closed. */
SEC("cgroup/sock_release")
int dns_release(struct bpf_sock *sk)
{
	struct dns_owner *owner = bpf_sk_storage_get(&dns_owners, sk, NULL, 0);
	struct dns_end e = {};

	if (!end_matters(owner))
		return 1;
	e.cookie = bpf_get_socket_cookie(sk);
	end_tell(&e, DNS_RELEASED);
	return 1;
}

/*
 * Anybody can send an end, but whoever does not know what comes next is not heard. As long as the
 * socket is in use, so that its packets wait, the kernel does not know it either.
 */
static __always_inline bool is_next(struct __sk_buff *skb, const struct dns_headers *h)
{
	struct bpf_sock *sk = skb->sk;
	struct bpf_tcp_sock *tcp = sk ? bpf_tcp_sock(sk) : NULL;

	return tcp && h->seq == tcp->rcv_nxt;
}

/* A segment of the server's that says that it was the last one. */
static __always_inline void end_of_tcp(struct __sk_buff *skb, const struct dns_headers *h)
{
	struct bpf_sock *sk = skb->sk;
	struct dns_owner *owner;
	struct dns_end e = {};

	if (!sk)
		return;
	owner = bpf_sk_storage_get(&dns_owners, sk, NULL, 0);
	if (!end_matters(owner))
		return;
	e.cookie = bpf_get_socket_cookie(skb);
	e.tcp = true;
	e.seq = h->seq + h->payload_len;
	e.gap = !is_next(skb, h);
	if (h->fin && !h->rst) {
		end_tell(&e, DNS_FINISHED);
	} else if (!errors_told && !e.gap) {
		e.error = ECONNRESET;
		end_tell(&e, DNS_ERRED);
	}
}

#endif
