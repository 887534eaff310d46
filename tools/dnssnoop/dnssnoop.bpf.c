// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * DNS on its way out of and into sockets: behind the firewall's NAT and before fragmentation on the
 * way out, after reassembly on the way in. Every program returns 1, so that whatever happens
 * nothing is dropped or refused.
 */
#include "tools/dnssnoop/config.bpf.h"
#include <bpf/bpf_tracing.h>
#include "tools/dnssnoop/end.bpf.h"
#include "tools/dnssnoop/hidden.bpf.h"
#include "tools/dnssnoop/owner.bpf.h"
#include "tools/dnssnoop/packet.bpf.h"

#define ALLOW 1
/* So many packets answer one: a zone's transfer has many, and musl asks all servers. */
#define ANSWERS_EACH 64

TREE_PROGRAMS(process_filter.tree)

/* All older sockets have been given their owners. */
const volatile bool older_known = false;

/*
 * A host can be client and server at once: of packets from one server's port to another's, those of
 * the other role are passed over. If only one end has such a port, what is said there is of our
 * side, be it a response that is sent to a server, or no DNS at all.
 */
static __always_inline bool is_our_side(struct __sk_buff *skb, const struct dns_headers *h,
					const bool out)
{
	__u8 flags;

	if (h->proto == IPPROTO_TCP || !is_port(out != server_side ? h->sport : h->dport))
		return true;
	if (h->payload_len < 12 || bpf_skb_load_bytes(skb, h->payload + 2, &flags, 1))
		return true;
	/* QR: the first bit of the flags. */
	return flags >> 7 == (out == server_side);
}

/* What only a raw socket hears is another's, or an answer to what it has sent itself. */
static __always_inline bool is_anothers(struct __sk_buff *skb, const bool out)
{
	struct bpf_sock *sk = skb->sk;
	struct dns_owner *owner;

	if (out || !sk || !packet_is_raw(skb))
		return false;
	owner = bpf_sk_storage_get(&dns_owners, sk, NULL, 0);
	return server_side || !owner || !owner->spoke;
}

/* Notes that the current task is the owner, unless another one is known and it may be anybody. */
static __always_inline void owner_of_sent(struct __sk_buff *skb, struct dns_owner *own,
					  struct bpf_sock *sk, struct dns_owner *stored, __u8 proto,
					  __u64 time_ns)
{
	/* TCP sends from softirq, too, but not what is sent first. */
	if (proto == IPPROTO_TCP && (stored ? stored->who.pid != 0 : !older_known)) {
		if (stored)
			*own = *stored;
		return;
	}
	if (stored && owner_is_same(stored, (void *)bpf_get_current_task())) {
		if (!stored->netns)
			stored->netns = packet_netns(skb);
		*own = *stored;
		return;
	}
	owner_current(own, time_ns);
	own->netns = packet_netns(skb);
	if (stored) {
		own->asked = stored->asked;
		own->asked_port = stored->asked_port;
		own->data_segs = stored->data_segs;
		own->sent = stored->sent;
		own->received = stored->received;
		*stored = *own;
	} else if (own->who.pid) {
		bpf_sk_storage_get(&dns_owners, sk, own, BPF_SK_STORAGE_GET_F_CREATE);
	}
}

static __always_inline void packet_owner(struct __sk_buff *skb, struct dns_owner *own, __u8 proto,
					 const bool out, __u64 time_ns)
{
	struct bpf_sock *sk = skb->sk;
	struct dns_owner *stored;

	if (!sk)
		return;
	/* None: for what is no full socket, too, as those of connections that begin. */
	stored = bpf_sk_storage_get(&dns_owners, sk, NULL, 0);
	if (stored) {
		stored->spoke = 1;
		owner_count(stored, out);
	}
	own->spoke = 1;
	owner_count(own, out);
	if (out)
		owner_of_sent(skb, own, sk, stored, proto, time_ns);
	else if (stored)
		*own = *stored;
}

/*
 * Anybody can send to a socket, as much as the network carries. What one receives that has asked
 * for far less leaves half of the ring to the others.
 */
static __always_inline bool is_excess(const struct dns_owner *own, const bool out)
{
	return !out && !server_side && own->received > own->sent * ANSWERS_EACH &&
	       bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) > 2 * ring_wake_bytes;
}

static __always_inline void fill_asked(struct __sk_buff *skb, struct dns_packet *p,
				       const struct dns_owner *own)
{
	struct bpf_sock *sk = skb->sk;

	p->asked = p->remote;
	p->asked_port = p->rport;
	if (!(p->flags & DNS_OUT) || server_side)
		return;
	if (own->asked_port) {
		p->asked = own->asked;
		p->asked_port = own->asked_port;
	}
	if (!sk || !sk->dst_port)
		return;
	p->asked_port = bpf_ntohs(sk->dst_port);
	if (sk->family == AF_INET) {
		net_addr_v4(&p->asked, sk->dst_ip4);
		return;
	}
	p->asked.word[0] = sk->dst_ip6[0];
	p->asked.word[1] = sk->dst_ip6[1];
	p->asked.word[2] = sk->dst_ip6[2];
	p->asked.word[3] = sk->dst_ip6[3];
}

/*
 * The kernel counts what has been acknowledged and received; who connects counts its SYN, too. At
 * worst the second byte of a server's is taken for its first one.
 */
static __always_inline bool is_first(struct __sk_buff *skb, const struct dns_headers *h,
				     const bool out)
{
	struct bpf_sock *sk = skb->sk;
	struct bpf_tcp_sock *tcp;

	if (h->proto != IPPROTO_TCP || !sk)
		return false;
	tcp = bpf_tcp_sock(sk);
	if (!tcp)
		return false;
	if (out)
		return tcp->bytes_acked + (__s32)(h->seq - tcp->snd_una) <= 1;
	return tcp->bytes_received + (__s32)(h->seq - tcp->rcv_nxt) == 0;
}

static __always_inline void fill_packet(struct __sk_buff *skb, struct dns_packet *p,
					const struct dns_headers *h, const struct dns_owner *own,
					const bool out)
{
	p->head.kind = DNS_PACKET;
	p->who = own->who;
	__builtin_memcpy(p->leader, own->leader, sizeof(p->leader));
	p->wanted = own->wanted;
	p->cookie = bpf_get_socket_cookie(skb);
	p->flags = (out ? DNS_OUT : 0) | (h->proto == IPPROTO_TCP ? DNS_TCP : 0);
	p->flags |= is_first(skb, h, out) ? DNS_FIRST : 0;
	p->flags |= packet_is_raw(skb) ? DNS_RAW : 0;
	p->netns = own->netns ?: packet_netns(skb);
	p->segment = h->proto == IPPROTO_UDP ? skb->gso_size : 0;
	if (out) {
		packet_addresses(skb, &p->local, &p->remote);
		p->lport = bpf_ntohs(h->sport);
		p->rport = bpf_ntohs(h->dport);
	} else {
		packet_addresses(skb, &p->remote, &p->local);
		p->lport = bpf_ntohs(h->dport);
		p->rport = bpf_ntohs(h->sport);
	}
	fill_asked(skb, p, own);
	if (needs_scope(&p->local) || needs_scope(&p->remote) || needs_scope(&p->asked))
		p->ifindex = packet_interface(skb);
}

/* With signs: before 5.13 the verifier does not learn from `n != 0` that n is at least 1. */
static __always_inline bool copy_bytes(struct __sk_buff *skb, __u32 offset, void *to, long n,
				       const long size)
{
	barrier_var(n);
	if (n <= 0)
		return false;
	barrier_var(n);
	if (n > size)
		return false;
	return !bpf_skb_load_bytes(skb, offset, to, n);
}

/*
 * The bytes go from the packet to the ring: nothing is between, that another program on this CPU
 * could write to. False: there was no room.
 */
#define EMIT(skb, packet, offset, size)                                                    \
	({                                                                                 \
		struct {                                                                   \
			struct dns_packet head;                                            \
			__u8 bytes[size];                                                  \
		} *r = bpf_ringbuf_reserve(&events, sizeof(*r), 0);                        \
                                                                                           \
		if (r) {                                                                   \
			r->head = *(packet);                                               \
			if (!copy_bytes(skb, offset, r->bytes, (packet)->bytes_len, size)) \
				r->head.bytes_len = 0;                                     \
			/* Its place is counted already. */                                \
			bpf_ringbuf_submit(r, ring_flags(0));                              \
		}                                                                          \
		r != NULL;                                                                 \
	})

static __always_inline void fill_piece(struct dns_packet *p, const struct dns_headers *h,
				       __u32 done)
{
	p->len = h->payload_len - done;
	p->seq = h->seq + done;
	p->bytes_len = p->len < DNS_BYTES_MAX ? p->len : DNS_BYTES_MAX;
	p->head.size = sizeof(*p) + p->bytes_len;
}

static __always_inline bool emit_last(struct __sk_buff *skb, struct dns_packet *p, __u32 offset)
{
	p->flags |= DNS_LAST;
	if (p->bytes_len <= 352)
		return EMIT(skb, p, offset, 352);
	if (p->bytes_len <= 1376)
		return EMIT(skb, p, offset, 1376);
	return EMIT(skb, p, offset, DNS_BYTES_MAX);
}

/* What is large in pieces; all but the last one are as long as can be. */
static __always_inline bool emit_all(struct __sk_buff *skb, struct dns_packet *p,
				     const struct dns_headers *h)
{
	__u32 done = 0;

	fill_piece(p, h, 0);
#pragma clang loop unroll(disable)
	for (int i = 1; i < DNS_PIECES && p->len > DNS_BYTES_MAX; i++) {
		if (!EMIT(skb, p, h->payload + done, DNS_BYTES_MAX))
			return false;
		done += DNS_BYTES_MAX;
		p->flags &= ~DNS_FIRST;
		fill_piece(p, h, done);
	}
	/* However many there were, the verifier goes through what follows once. */
	done = unknown_of(done, p->head.time_ns, p->head.time_ns);
	return emit_last(skb, p, h->payload + done);
}

static __always_inline void on_dns(struct __sk_buff *skb, const struct dns_headers *h,
				   const bool out, __u64 time_ns)
{
	struct dns_owner own = { .wanted = WANTED_UNKNOWN };
	struct dns_packet p = { .head.time_ns = time_ns };

	/* By hand: if the counters were held, 5.10 would refuse what clang 13 builds. */
	count_add(COUNT_SEEN);
	packet_owner(skb, &own, h->proto, out, p.head.time_ns);
	if (own.wanted == WANTED_NO || !packet_netns_wanted(skb, own.netns)) {
		count_add(COUNT_FILTERED);
		return;
	}
	if (is_excess(&own, out)) {
		/* Who has asked may miss the answer among them. */
		count_add(own.sent ? COUNT_RING_FULL : DNS_UNASKED_LOST);
		return;
	}
	fill_packet(skb, &p, h, &own, out);
	if (!emit_all(skb, &p, h))
		count_add(COUNT_RING_FULL);
	/* Once for all pieces, since the verifier goes through each round of their loop. */
	ring_sent(BPF_RB_NO_WAKEUP);
}

/* The server's port: of the other end, unless the server is here. Or IPsec has hidden it. */
static __always_inline bool is_dns(struct __sk_buff *skb, const struct dns_headers *h,
				   const bool out)
{
	if (is_port(out != server_side ? h->dport : h->sport))
		return true;
	if (!out || server_side || !asks_dns(skb))
		return false;
	/* The firewall has sent it to another port, or IPsec's own is all that is left. */
	if (!packet_is_transformed(skb))
		return true;
	on_hidden(skb);
	return false;
}

/* All packets of the host come by here, and most no farther: nothing is made ready before. */
static __always_inline void on_packet(struct __sk_buff *skb, const bool out)
{
	struct dns_headers h;

	if (!packet_headers(skb, &h))
		return;
	if (h.proto != IPPROTO_UDP && h.proto != IPPROTO_TCP) {
		if (out && !server_side && (h.proto == IPPROTO_ESP || h.proto == IPPROTO_COMP))
			on_hidden(skb);
		return;
	}
	if (!packet_read_ports(skb, &h) || !is_dns(skb, &h, out) || !packet_payload(skb, &h))
		return;
	barrier();
	/* The time comes first: a filter by owner may tell the owner's cgroup, which has it. */
	if ((h.payload_len || h.proto == IPPROTO_UDP) && is_our_side(skb, &h, out) &&
	    !is_anothers(skb, out))
		ORDERED_ANY (time_ns)
			on_dns(skb, &h, out, time_ns);
	if (!out && !server_side && (h.fin || h.rst))
		end_of_tcp(skb, &h);
}

SEC("cgroup_skb/egress")
int dns_egress(struct __sk_buff *skb)
{
	on_packet(skb, true);
	return ALLOW;
}

SEC("cgroup_skb/ingress")
int dns_ingress(struct __sk_buff *skb)
{
	on_packet(skb, false);
	return ALLOW;
}

/* -- In the process's own context: whom it asks, before NAT ---------------------------------- */

static __always_inline void on_address(struct bpf_sock_addr *ctx, const struct net_addr *addr)
{
	struct dns_owner own = { .wanted = WANTED_UNKNOWN }, *stored;
	__u16 port = ctx->user_port;
	struct bpf_sock *sk = ctx->sk;

	if (!sk)
		return;
	stored = bpf_sk_storage_get(&dns_owners, sk, NULL, 0);
	if (!is_port(port)) {
		if (stored)
			stored->asked_port = 0;
		return;
	}
	if (stored && owner_is_same(stored, (void *)bpf_get_current_task())) {
		stored->asked = *addr;
		stored->asked_port = bpf_ntohs(port);
		return;
	}
	owner_current(&own, bpf_ktime_get_ns());
	own.asked = *addr;
	own.asked_port = bpf_ntohs(port);
	if (stored) {
		own.netns = stored->netns;
		own.spoke = stored->spoke;
		own.data_segs = stored->data_segs;
		own.sent = stored->sent;
		own.received = stored->received;
		*stored = own;
	} else {
		bpf_sk_storage_get(&dns_owners, sk, &own, BPF_SK_STORAGE_GET_F_CREATE);
	}
}

static __always_inline void on_address4(struct bpf_sock_addr *ctx)
{
	struct net_addr addr;

	net_addr_v4(&addr, ctx->user_ip4);
	on_address(ctx, &addr);
}

static __always_inline void on_address6(struct bpf_sock_addr *ctx)
{
	struct net_addr addr;

	addr.word[0] = ctx->user_ip6[0];
	addr.word[1] = ctx->user_ip6[1];
	addr.word[2] = ctx->user_ip6[2];
	addr.word[3] = ctx->user_ip6[3];
	on_address(ctx, &addr);
}

SEC("cgroup/connect4")
int dns_connect4(struct bpf_sock_addr *ctx)
{
	on_address4(ctx);
	return ALLOW;
}

SEC("cgroup/connect6")
int dns_connect6(struct bpf_sock_addr *ctx)
{
	on_address6(ctx);
	return ALLOW;
}

SEC("cgroup/sendmsg4")
int dns_sendmsg4(struct bpf_sock_addr *ctx)
{
	on_address4(ctx);
	return ALLOW;
}

SEC("cgroup/sendmsg6")
int dns_sendmsg6(struct bpf_sock_addr *ctx)
{
	on_address6(ctx);
	return ALLOW;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
