/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The search for the owners of sockets: each descriptor of each process. User space begins it
 * (common/owner/socket_owner.h).
 */
#ifndef SNOOPKIT_SOCKET_SEARCH_BPF_H
#define SNOOPKIT_SOCKET_SEARCH_BPF_H

#include "socket_owner.bpf.h"

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
static __always_inline bool socket_owner_stays(struct socket_owner *known,
					       struct socket_owner *owner, struct task_struct *task,
					       __u64 number)
{
	bool inherited = owner->socket != number;
	__u64 now[2], *then = (void *)owner->comm;

	known->pass = owner->pass = socket_search_pass;
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

/* The owner is known already: `owner` is a copy of it. Whether that has been changed. */
static __always_inline bool socket_found_again(struct socket_owner *known,
					       struct socket_owner *owner, struct task_struct *task,
					       __u64 number)
{
	if (socket_owner_is(owner, task))
		return socket_owner_stays(known, owner, task, number);
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
		socket_owner_get(&change.owner, known);
		if (!socket_found_again(known, &change.owner, task, number))
			return;
		socket_owner_seal(&change.owner);
		socket_owner_put(known, &change.owner);
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
