// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The floor of what tests/bench/run measures: programs at work on nothing. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define EMPTY(name, tracepoint)   \
	SEC("tp_btf/" tracepoint) \
	int name(void *ctx)       \
	{                         \
		return 0;         \
	}

#define EMPTY_PACKET(name, direction)   \
	SEC("cgroup_skb/" direction)    \
	int name(struct __sk_buff *ctx) \
	{                               \
		return 1;               \
	}

EMPTY(empty_issue, "block_rq_issue")
EMPTY(empty_complete, "block_rq_complete")
EMPTY(empty_exec, "sched_process_exec")
EMPTY(empty_retransmit, "tcp_retransmit_skb")
EMPTY(empty_state, "inet_sock_set_state")
EMPTY_PACKET(empty_egress, "egress")
EMPTY_PACKET(empty_ingress, "ingress")

char LICENSE[] SEC("license") = "Dual BSD/GPL";
