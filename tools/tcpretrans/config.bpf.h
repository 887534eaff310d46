/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What user space tells the programs, and what they keep. */
#ifndef TCPRETRANS_CONFIG_BPF_H
#define TCPRETRANS_CONFIG_BPF_H

#include "cgroup_follow.bpf.h"
#include "cgroup_path.bpf.h"
#include "net.bpf.h"
#include "order.bpf.h"
#include "ring.bpf.h"
#include "socket_search.bpf.h"
#include "tools/tcpretrans/tcpretrans.h"

/* Since 6.17 (commit ad892e912b84) the tracepoint is passed for attempts that failed too. */
const volatile bool has_error = false;
const volatile bool with_sums = false;
const volatile bool with_conns = false;
const volatile __u32 filter_uid = UID_ANY;
const volatile __u32 filter_causes = ~0U; /* a bit each */

/* 90 bytes each, at most 0.4 MB. Full: counted, and not compared with the kernel's own counts. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, struct retrans_sum);
	__uint(max_entries, 1); /* set at load */
} sums SEC(".maps");

/* Before the filters, and whether or not there is room for the record. */
static __always_inline void sum_up(struct sock *sk, __u32 segs)
{
	__u32 netns = net_namespace_of(sk->__sk_common);
	struct retrans_sum *sum, new = {};

	if (!with_sums)
		return;
	sum = bpf_map_lookup_elem(&sums, &netns);
	if (!sum) {
		bpf_map_update_elem(&sums, &netns, &new, BPF_NOEXIST);
		sum = bpf_map_lookup_elem(&sums, &netns);
	}
	if (!sum) {
		count_add(RETRANS_SUMS_FULL);
		return;
	}
	atomic_add(&sum->segs, segs);
	/* What another CPU writes meanwhile may get lost, until there is one as large again. */
	if (segs > sum->most)
		sum->most = segs;
}

#endif
