/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Whose a TCP socket is, to be known where nobody runs on whose behalf: in softirq.
 *
 * The owner is noted when the socket connects or listens, which happens in the process's own
 * context, and kept in the socket's storage, which accepted sockets inherit until somebody reads
 * from them, writes to them or closes them, or they are looked for. Sockets that are older are
 * found by the descriptors of all processes (common/owner/socket_owner.h).
 *
 * Before 5.11 (commit 8e4597c627fb) tracing programs have no socket storage: there a hash map by
 * the socket's address does, and another one by port for what is inherited.
 *
 * Of MPTCP, processes have the one socket only that all its subflows belong to. Programs that come
 * by a subflow know no more of that one than its address.
 */
#ifndef SNOOPKIT_SOCKET_OWNER_BPF_H
#define SNOOPKIT_SOCKET_OWNER_BPF_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "arg.bpf.h"
#include "count.bpf.h"
#include "net.bpf.h"
#include "socket_owner_wire.h"

#define PF_KTHREAD 0x00200000 /* include/linux/sched.h */

/* 48 bytes a socket beside what the kernel needs; bounded by net.core.optmem_max a socket. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct socket_owner);
} socket_owners SEC(".maps");

/* MPTCP, and all without socket storage: 100 bytes each, at most 6.5 MB. Full: counted, not known.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, struct socket_owner);
	__uint(max_entries, 65536);
} socket_owners_by_address SEC(".maps");

struct socket_port {
	__u32 netns;
	__u32 port;
};

struct socket_listeners {
	struct socket_owner owner; /* pid 0: several */
	__u64 count;
};

/* The same: who listens. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct socket_port);
	__type(value, struct socket_listeners);
	__uint(max_entries, 8192);
} socket_listeners SEC(".maps");

/* Set before each search. */
__u32 socket_search;
__u32 socket_search_pass;

static __always_inline bool has_socket_storage(void)
{
	return bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_sock_from_file);
}

/* The socket as a number: the program's argument `n`, which is `sk`. */
static __always_inline __u64 socket_number(const void *ctx, __u32 n, const struct sock *sk)
{
	__u64 number = 0;

	if (has_socket_storage())
		return arg_identity(sk);
	bpf_probe_read_kernel(&number, sizeof(number), (const __u64 *)ctx + n);
	return number;
}

/* 0: it is no subflow of MPTCP. */
static __always_inline __u64 socket_of_subflow(struct tcp_sock *tp)
{
	struct mptcp_subflow_context *subflow;

	if (!bpf_core_field_exists(tp->is_mptcp) || !tp->is_mptcp)
		return 0;
	subflow = BPF_CORE_READ(tp, inet_conn.icsk_ulp_data);
	return (__u64)BPF_CORE_READ(subflow, conn);
}

/* `stored`: in the socket itself. */
static __always_inline struct socket_owner *socket_owner_find(struct sock *sk, __u64 number,
							      bool stored)
{
	if (has_socket_storage() && stored)
		return bpf_sk_storage_get(&socket_owners, sk, NULL, 0);
	return bpf_map_lookup_elem(&socket_owners_by_address, &number);
}

static __always_inline bool socket_owner_set(struct sock *sk, __u64 number, bool stored,
					     struct socket_owner *owner)
{
	struct socket_owner *old;

	if (!has_socket_storage() || !stored)
		return !bpf_map_update_elem(&socket_owners_by_address, &number, owner, BPF_ANY);
	old = bpf_sk_storage_get(&socket_owners, sk, owner, BPF_SK_STORAGE_GET_F_CREATE);
	if (old)
		*old = *owner;
	return old;
}

/* In two words. */
static __always_inline void socket_comm_of(char *comm, struct task_struct *leader)
{
	__builtin_memcpy(comm, __builtin_assume_aligned(leader->comm, 8), PROCESS_COMM_LEN);
}

static __always_inline void socket_owner_fill(struct socket_owner *owner, struct task_struct *task,
					      __u64 number, enum socket_owner_from from)
{
	struct task_struct *leader = task->group_leader;

	owner->socket = number;
	owner->start_ns = leader->start_time;
	owner->pid = leader->tgid;
	owner->from = from;
	owner->pass = socket_search_pass;
	owner->pad = 0;
	socket_comm_of(owner->comm, leader);
}

/* The same where the task is no more than an address. */
static __always_inline void socket_owner_read(struct socket_owner *owner, struct task_struct *task,
					      __u64 number, enum socket_owner_from from)
{
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);

	owner->socket = number;
	owner->start_ns = BPF_CORE_READ(leader, start_time);
	owner->pid = BPF_CORE_READ(leader, tgid);
	owner->from = from;
	owner->pass = socket_search_pass;
	owner->pad = 0;
	bpf_core_read(owner->comm, sizeof(owner->comm), &leader->comm);
}

/*
 * The process that runs. False: it is a kernel thread, what that opens belongs to no process, or is
 * another's. Before 5.11 (commit 3ca1032ab7ab) the current task has no type.
 */
static __always_inline bool socket_owner_current(struct socket_owner *owner, __u64 number,
						 enum socket_owner_from from)
{
	struct task_struct *task;

	if (!has_socket_storage()) {
		task = (void *)bpf_get_current_task();
		socket_owner_read(owner, task, number, from);
		return !(BPF_CORE_READ(task, flags) & PF_KTHREAD);
	}
	task = bpf_get_current_task_btf();
	socket_owner_fill(owner, task, number, from);
	return !(task->flags & PF_KTHREAD);
}

/* One more that listens. Two processes on one port: which of them accepts is not known. */
static __always_inline void socket_listens(struct sock *sk, const struct socket_owner *owner)
{
	struct socket_port port = {};
	struct socket_listeners new = {}, *old;

	port.netns = net_namespace_read(sk);
	port.port = BPF_CORE_READ(sk, __sk_common.skc_num);
	old = bpf_map_lookup_elem(&socket_listeners, &port);
	if (old) {
		if (old->owner.pid != owner->pid)
			old->owner.pid = 0;
		atomic_add(&old->count, 1);
		return;
	}
	new.owner = *owner;
	new.count = 1;
	bpf_map_update_elem(&socket_listeners, &port, &new, BPF_NOEXIST);
}

static __always_inline void socket_listens_no_more(struct sock *sk, struct inet_sock *inet)
{
	struct socket_port port = {};
	struct socket_listeners *old;

	port.netns = net_namespace_of(sk->__sk_common);
	port.port = bpf_ntohs(inet->inet_sport);
	old = bpf_map_lookup_elem(&socket_listeners, &port);
	if (!old)
		return;
	if (old->count <= 1)
		bpf_map_delete_elem(&socket_listeners, &port);
	else
		atomic_add(&old->count, -1);
}

static __always_inline void socket_inherits(struct sock *sk, __u64 number)
{
	struct socket_port port = {};
	struct socket_listeners *l;
	struct socket_owner owner;

	port.netns = net_namespace_of(sk->__sk_common);
	port.port = sk->__sk_common.skc_num;
	l = bpf_map_lookup_elem(&socket_listeners, &port);
	if (!l || !l->owner.pid)
		return;
	owner = l->owner;
	bpf_map_update_elem(&socket_owners_by_address, &number, &owner, BPF_NOEXIST);
}

/* One that the kernel adds to a socket of MPTCP, and which may outlive that one. */
static __always_inline void socket_owner_of_subflow(struct sock *sk, __u64 number, __u32 full)
{
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);
	__u64 whole = tp ? socket_of_subflow(tp) : 0;
	struct socket_owner *known, owner;

	known = whole ? bpf_map_lookup_elem(&socket_owners_by_address, &whole) : NULL;
	if (!known)
		return;
	owner = *known;
	owner.socket = number;
	if (!socket_owner_set(sk, number, true, &owner))
		count_add(full);
}

/*
 * Only who has a socket can read from it, write to it or close it, and that one may have accepted
 * it. To be called in its context; not for MPTCP's own, but for what passes here.
 */
static __always_inline void socket_owner_takes(struct sock *sk, __u64 number, __u32 full)
{
	struct socket_owner *known = socket_owner_find(sk, number, true), owner;
	struct tcp_sock *tp;

	if (known && known->socket == number)
		return;
	tp = bpf_skc_to_tcp_sock(sk);
	/* Subflows are worked on by whoever comes by. */
	if (!tp || socket_of_subflow(tp) || !socket_owner_current(&owner, number, OWNER_DESCRIPTOR))
		return;
	if (known)
		*known = owner;
	else if (!socket_owner_set(sk, number, true, &owner))
		count_add(full);
}

/* How much of what was sent or read tells whose it is: the first of it, then it costs nothing. */
#define SOCKET_EARLY_BYTES (256 << 10)

/*
 * To be called when something is read. Softirqs and the kernel's threads read, too, on behalf of
 * the kernel; softirqs only from sockets that no process has locked.
 */
static __always_inline void socket_owner_reads(struct sock *sk, __u64 number, __u32 full)
{
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);

	if (!tp || tp->bytes_received - (tp->rcv_nxt - tp->copied_seq) > SOCKET_EARLY_BYTES)
		return;
	if (sk->sk_lock.owned)
		socket_owner_takes(sk, number, full);
}

/* The same of what is sent. `locked`: a process that sends has the lock there. */
static __always_inline void socket_owner_sends(struct sock *sk, __u64 number, bool locked,
					       __u32 full)
{
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);

	if (!tp || tp->bytes_sent > SOCKET_EARLY_BYTES)
		return;
	if (!locked || sk->sk_lock.owned)
		socket_owner_takes(sk, number, full);
}

/*
 * To be called for each change of a TCP socket's state, before it is forgotten at the last.
 * `full`: what counts those for which there was no room.
 */
static __always_inline void socket_owner_state(struct sock *sk, __u64 number, bool stored,
					       int new_state, __u32 full)
{
	struct socket_owner owner;

	if (stored && (new_state == TCP_FIN_WAIT1 || new_state == TCP_LAST_ACK))
		socket_owner_takes(sk, number, full);
	if (new_state != TCP_SYN_SENT && new_state != TCP_LISTEN)
		return;
	if (!socket_owner_current(&owner, number, OWNER_OPEN)) {
		socket_owner_of_subflow(sk, number, full);
		return;
	}
	if (!socket_owner_set(sk, number, stored, &owner))
		count_add(full);
	if (!has_socket_storage() && new_state == TCP_LISTEN)
		socket_listens(sk, &owner);
}

/* Without socket storage: what that does by itself. */
static __always_inline void socket_owner_life(struct sock *sk, struct inet_sock *inet, __u64 number,
					      int old_state, int new_state)
{
	if (has_socket_storage())
		return;
	if (old_state == TCP_SYN_RECV && new_state == TCP_ESTABLISHED)
		socket_inherits(sk, number);
	if (old_state == TCP_LISTEN)
		socket_listens_no_more(sk, inet);
	if (new_state == TCP_CLOSE)
		bpf_map_delete_elem(&socket_owners_by_address, &number);
}

/* -- The search: each descriptor of each process ------------------------------------------ */

/* Before 5.11 (commit 4f19cab76136) without bpf_sock_from_file(). */
#define S_IFMT 0170000
#define S_IFSOCK 0140000
#define SOCKFS_MAGIC 0x534f434b

static __always_inline struct sock *socket_of_file(struct file *file)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	struct socket *socket;

	if ((BPF_CORE_READ(inode, i_mode) & S_IFMT) != S_IFSOCK ||
	    BPF_CORE_READ(inode, i_sb, s_magic) != SOCKFS_MAGIC)
		return NULL;
	socket = BPF_CORE_READ(file, private_data);
	return BPF_CORE_READ(socket, sk);
}

/* 0: it is none that has an owner. */
static __always_inline __u16 socket_protocol(__u16 family, __u16 protocol, __u8 state)
{
	if ((family != AF_INET && family != AF_INET6) || state == TCP_CLOSE)
		return 0;
	return protocol == IPPROTO_TCP || protocol == IPPROTO_MPTCP ? protocol : 0;
}

static __always_inline bool socket_owner_is(const struct socket_owner *owner,
					    struct task_struct *task)
{
	return owner->pid == (__u32)task->tgid && owner->start_ns == task->group_leader->start_time;
}

/* It has it still. It may have another name, by exec or by itself. */
static __always_inline bool socket_owner_stays(struct socket_owner *owner, struct task_struct *task,
					       __u64 number)
{
	bool inherited = owner->socket != number;
	__u64 now[2], *then = (void *)owner->comm;

	owner->pass = socket_search_pass;
	socket_comm_of((char *)now, task->group_leader);
	if (!inherited && now[0] == then[0] && now[1] == then[1])
		return false;
	then[0] = now[0];
	then[1] = now[1];
	owner->socket = number;
	if (inherited)
		owner->from = OWNER_DESCRIPTOR;
	return true;
}

/* The owner is known already. Whether that was changed. */
static __always_inline bool socket_found_again(struct socket_owner *owner, struct task_struct *task,
					       __u64 number)
{
	if (socket_owner_is(owner, task))
		return socket_owner_stays(owner, task, number);
	if (socket_search == SEARCH_CONFIRM || owner->pass == socket_search_pass)
		return false;
	socket_owner_fill(owner, task, number, OWNER_DESCRIPTOR);
	return true;
}

/* As the record of an event has it; of MPTCP that of a subflow, which is not asked here. */
static __always_inline __u64 socket_cookie(struct sock *sk, bool stored)
{
	if (!has_socket_storage())
		return BPF_CORE_READ(sk, __sk_common.skc_cookie.counter);
	return stored ? net_cookie_of(sk) : 0;
}

static __always_inline void socket_found(struct seq_file *seq, struct task_struct *task,
					 struct sock *sk, __u64 number, bool stored)
{
	struct socket_owner *known = socket_owner_find(sk, number, stored);
	struct socket_change change;

	if (known) {
		if (!socket_found_again(known, task, number))
			return;
		change.owner = *known;
	} else {
		if (socket_search == SEARCH_CONFIRM)
			return;
		socket_owner_fill(&change.owner, task, number, OWNER_DESCRIPTOR);
		if (!socket_owner_set(sk, number, stored, &change.owner))
			return;
		if (!has_socket_storage() && BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_LISTEN)
			socket_listens(sk, &change.owner);
	}
	if (socket_search == SEARCH_FIRST)
		return;
	change.cookie = socket_cookie(sk, stored);
	bpf_seq_write(seq, &change, sizeof(change));
}

/* Without storage the socket is no more than an address. */
static __always_inline void socket_search_address(struct seq_file *seq, struct task_struct *task,
						  struct file *file)
{
	struct sock *sk = socket_of_file(file);

	if (sk && socket_protocol(BPF_CORE_READ(sk, __sk_common.skc_family),
				  BPF_CORE_READ(sk, sk_protocol),
				  BPF_CORE_READ(sk, __sk_common.skc_state)) == IPPROTO_TCP)
		socket_found(seq, task, sk, (__u64)sk, false);
}

static __always_inline void socket_search_socket(struct seq_file *seq, struct task_struct *task,
						 struct socket *socket)
{
	struct sock *sk = socket->sk;
	__u16 protocol;

	if (!sk)
		return;
	protocol = socket_protocol(sk->__sk_common.skc_family, sk->sk_protocol,
				   sk->__sk_common.skc_state);
	if (protocol == IPPROTO_TCP)
		socket_found(seq, task, sk, arg_identity(sk), true);
	else if (protocol == IPPROTO_MPTCP)
		socket_found(seq, task, sk, (__u64)BPF_CORE_READ(socket, sk), false);
}

SEC("iter/task_file")
int socket_search_files(struct bpf_iter__task_file *ctx)
{
	struct seq_file *seq = ctx->meta->seq;
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct socket *socket;

	if (!task || !file)
		return 0;
	if (!has_socket_storage()) {
		socket_search_address(seq, task, file);
		return 0;
	}
	socket = bpf_sock_from_file(file);
	if (socket)
		socket_search_socket(seq, task, socket);
	return 0;
}

#endif
