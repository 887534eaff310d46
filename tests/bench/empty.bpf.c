// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The floor of what tests/bench/run measures: two programs at work on nothing. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

SEC("tp_btf/block_rq_issue")
int empty_issue(void *ctx)
{
	return 0;
}

SEC("tp_btf/block_rq_complete")
int empty_complete(void *ctx)
{
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
