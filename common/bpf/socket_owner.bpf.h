/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Whose a TCP socket is, to be known where nobody runs on whose behalf: in softirq.
 *
 * The owner is noted when the socket connects or listens, which happens in the process's own
 * context, and kept with the socket (socket_store.bpf.h), where accepted sockets inherit it until
 * somebody reads from them, writes to them or closes them, or they are looked for. Sockets that are
 * older are found by the descriptors of all processes (socket_search.bpf.h).
 */
#ifndef SNOOPKIT_SOCKET_OWNER_BPF_H
#define SNOOPKIT_SOCKET_OWNER_BPF_H

#include "count.bpf.h"
#include "socket_listener.bpf.h"
#include "socket_store.bpf.h"

#define PF_KTHREAD 0x00200000 /* include/linux/sched.h */

/* Set by user space before each search, whose read() of the iterator is a barrier. */
__u32 socket_search;
__u32 socket_search_pass;

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
	owner->sum = 0;
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
	owner->sum = 0;
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

/* One that the kernel adds to a socket of MPTCP, and which may outlive that one. */
static __always_inline void socket_owner_of_subflow(struct sock *sk, __u64 number, __u32 full)
{
	struct tcp_sock *tp = bpf_skc_to_tcp_sock(sk);
	__u64 whole = tp ? socket_of_subflow(tp) : 0;
	struct socket_owner *known, owner;

	known = whole ? bpf_map_lookup_elem(&socket_owners_by_address, &whole) : NULL;
	if (!known)
		return;
	socket_owner_get(&owner, known);
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
	socket_owner_seal(&owner);
	if (known)
		socket_owner_put(known, &owner);
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

#endif
