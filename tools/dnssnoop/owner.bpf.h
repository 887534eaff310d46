/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Whose a socket is, kept in its storage: whoever sent from it last, or connected it. What is
 * received comes in softirq, where the current task is anybody.
 */
#ifndef DNSSNOOP_OWNER_BPF_H
#define DNSSNOOP_OWNER_BPF_H

#include "tools/dnssnoop/config.bpf.h"

#define PF_KTHREAD 0x00200000 /* include/linux/sched.h */

struct dns_owner {
	struct process who; /* pid 0: not known */
	char leader[PROCESS_COMM_LEN];
	/* Where the process wants its datagrams to go, before NAT. Port 0: no server of DNS. */
	struct net_addr asked;
	__u16 asked_port;
	__u8 wanted;	     /* enum dns_wanted */
	__u8 spoke;	     /* bool: it has sent or received DNS */
	__u32 netns;	     /* of the socket; 0: not yet known */
	__u64 cred, cgroups; /* of the task, by their addresses: whether it is still what it was */
	__u32 data_segs;     /* of TCP that were sent, when the last was seen as IPsec's */
	/* Packets, as far as these numbers go: who has received far more than it asked for? */
	__u16 sent, received;
};

/* 112 bytes a socket that speaks DNS, beside what the kernel needs; goes with the socket. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct dns_owner);
} dns_owners SEC(".maps");

/* Who uses cgroup_path_rooms: programs of cgroups may be preempted by others. 8 bytes a CPU. */
struct dns_telling {
	struct bpf_spin_lock lock;
	__u32 busy;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct dns_telling);
	__uint(max_entries, 1); /* set at load: one a CPU */
} dns_tellings SEC(".maps");

/* If another one is at it, the next event tells. */
static __always_inline void owner_tell_cgroup(struct kernfs_node *kn, __u64 key, __u64 time_ns)
{
	__u32 cpu = bpf_get_smp_processor_id(), busy;
	struct dns_telling *t;

	if (cgroup_path_is_known(key))
		return;
	t = bpf_map_lookup_elem(&dns_tellings, &cpu);
	if (!t)
		return;
	/* A program that comes in between must not find it free, too. */
	bpf_spin_lock(&t->lock);
	busy = t->busy;
	t->busy = 1;
	bpf_spin_unlock(&t->lock);
	if (busy)
		return;
	cgroup_path_tell(kn, key, time_ns, 0);
	/* Pairs with the look under the lock, which is by programs of this CPU only. */
	t->busy = 0;
}

static __always_inline void owner_cgroups(struct process *p, struct task_struct *task,
					  __u64 time_ns)
{
	struct css_set *set = BPF_CORE_READ(task, cgroups);
	struct kernfs_node *kn = BPF_CORE_READ(set, dfl_cgrp, kn);

	p->cgroup_id = BPF_CORE_READ(kn, id);
	p->cgroup1_id = 0;
	owner_tell_cgroup(kn, CGROUP_KEY(0, p->cgroup_id), time_ns);
	if (!cgroup1_hierarchy)
		return;
	kn = process_cgroup1(set);
	p->cgroup1_id = BPF_CORE_READ(kn, id);
	owner_tell_cgroup(kn, CGROUP_KEY(cgroup1_hierarchy, p->cgroup1_id), time_ns);
}

/* Who has sent a thousand is trusted with any number. */
static __always_inline void owner_count(struct dns_owner *o, const bool out)
{
	if (out)
		o->sent += o->sent < 0xffff;
	else
		o->received += o->received < 0xffff;
}

/* The helper for the current task's name is not there for these programs before 6.10. */
static __always_inline void owner_comm(char *to, struct task_struct *task)
{
	__builtin_memset(to, 0, PROCESS_COMM_LEN);
	bpf_probe_read_kernel_str(to, PROCESS_COMM_LEN, &task->comm);
}

static __always_inline void owner_fill(struct dns_owner *o, struct task_struct *task, __u64 time_ns)
{
	const struct cred *cred = BPF_CORE_READ(task, cred);
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);

	o->cred = (__u64)cred;
	o->cgroups = (__u64)BPF_CORE_READ(task, cgroups);
	o->who.pid = BPF_CORE_READ(task, tgid);
	o->who.tid = BPF_CORE_READ(task, pid);
	o->who.uid = BPF_CORE_READ(cred, uid.val);
	o->who.euid = BPF_CORE_READ(cred, euid.val);
	owner_comm(o->who.comm, task);
	owner_comm(o->leader, leader);
	owner_cgroups(&o->who, task, time_ns);
}

static __always_inline bool owner_has_comm(const char *comm)
{
	const __u64 *words = (const __u64 *)comm;

	return words[0] == process_filter.comm[0] && words[1] == process_filter.comm[1];
}

/* `task` is the owner. */
static __always_inline bool owner_wanted(const struct dns_owner *o, struct task_struct *task)
{
	if (!filter_owner)
		return true;
	/* Of the thread or of the process. */
	if (process_filter.comm[0] && !owner_has_comm(o->who.comm) && !owner_has_comm(o->leader))
		return false;
	return process_wanted_unnamed(task, false);
}

/*
 * What was noted when the current task sent last holds still: it has not executed another program,
 * become another user, or moved to another cgroup. A leader that has another name is not noticed.
 */
static __always_inline bool owner_is_same(const struct dns_owner *o, struct task_struct *current)
{
	__u64 comm[2] = {};
	const __u64 *known = (const __u64 *)o->who.comm;

	if (!o->who.pid || o->wanted == WANTED_UNKNOWN || o->wanted == WANTED_PENDING ||
	    o->who.tid != (__u32)BPF_CORE_READ(current, pid) ||
	    o->cred != (__u64)BPF_CORE_READ(current, cred) ||
	    o->cgroups != (__u64)BPF_CORE_READ(current, cgroups))
		return false;
	owner_comm((char *)comm, current);
	return comm[0] == known[0] && comm[1] == known[1];
}

/* The current task is the owner; of a kernel thread nothing is known. */
static __always_inline void owner_current(struct dns_owner *o, __u64 time_ns)
{
	struct task_struct *current = (void *)bpf_get_current_task();

	if (BPF_CORE_READ(current, flags) & PF_KTHREAD)
		return;
	owner_fill(o, current, time_ns);
	o->wanted = owner_wanted(o, current) ? WANTED_YES : WANTED_NO;
	if (o->wanted == WANTED_YES && cgroup_target.given &&
	    cgroup_verdict_of(cgroup_of_task(current)) == CGROUP_PENDING)
		o->wanted = WANTED_PENDING;
}

/* -- Sockets that are older: the descriptors of all processes, once ------------------------ */

static __always_inline bool owner_is_inet(struct sock *sk)
{
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);

	return family == AF_INET || family == AF_INET6;
}

/* A process of the cgroup asked for has a socket that the kernel takes for another cgroup's. */
bool elsewhere = false;

static __always_inline bool owner_may_ask(struct sock *sk)
{
	__u16 type = BPF_CORE_READ(sk, sk_type);

	if (type != SOCK_STREAM)
		return type == SOCK_DGRAM;
	return BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_CLOSE ||
	       is_port(BPF_CORE_READ(sk, __sk_common.skc_dport)) ||
	       is_port(bpf_htons(BPF_CORE_READ(sk, __sk_common.skc_num)));
}

static __always_inline void owner_look_elsewhere(struct task_struct *task, struct sock *sk)
{
	if (!try_target ||
	    cgroup_verdict_of(BPF_CORE_READ(task, cgroups, dfl_cgrp)) != CGROUP_INSIDE)
		return;
	if (cgroup_verdict_of(net_cgroup_of(sk)) != CGROUP_INSIDE && owner_may_ask(sk))
		elsewhere = true;
}

SEC("iter/task_file")
int find_owners(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct dns_owner owner = { .wanted = WANTED_UNKNOWN };
	struct file *file = ctx->file;
	struct socket *socket;
	struct sock *sk;

	if (!task || !file)
		return 0;
	socket = bpf_sock_from_file(file);
	if (!socket)
		return 0;
	sk = socket->sk;
	if (!sk || !owner_is_inet(sk))
		return 0;
	owner_look_elsewhere(task, sk);
	if (bpf_sk_storage_get(&dns_owners, sk, NULL, 0))
		return 0;
	owner_fill(&owner, task, bpf_ktime_get_ns());
	/* If not, another process may have it, too, that is. */
	if (owner_wanted(&owner, task))
		owner.wanted = WANTED_YES;
	bpf_sk_storage_get(&dns_owners, sk, &owner, BPF_SK_STORAGE_GET_F_CREATE);
	return 0;
}

#endif
