// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/tcpretrans/plan.h"

#include <string.h>
#include "common/net/netns_follow.h"
#include "tools/tcpretrans/cause.h"
#include "tools/tcpretrans/tcpretrans.h"
#include "tcpretrans.skel.h"

static int plan_filters(const struct retrans_options *opt, struct run *run)
{
	struct tcpretrans_bpf *skel = run->skel;
	struct net_filter net;
	uint32_t causes, netns;
	int err = netns_follow__configure(run, opt->net.netns, &netns);

	if (err)
		return err;
	if (net_filter__set(&net, &opt->net, netns) || cause__mask(opt->causes, &causes))
		return TOOL_TOLD(TOOL_USAGE);
	skel->rodata->filter_causes = causes;
	memcpy((void *)&skel->rodata->net_filter, &net, sizeof(net));
	return owner__configure(run, &opt->owner);
}

/* Whether owners are needed before a connection ends, when the closing process is known. */
static bool plan_needs_owners(const struct retrans_options *opt)
{
	if (opt->conn)
		return false;
	if (!opt->top.by && !opt->count)
		return true;
	return opt->owner.pid || opt->owner.comm ||
	       cli__given(tcpretrans_tables.options, "top=process top=program");
}

/*
 * Each read and each write pays for these. What the kernel has no tracepoint for is found later.
 */
static void plan_owners(const struct retrans_options *opt, struct run *run)
{
	struct tcpretrans_bpf *skel = run->skel;
	bool needed = plan_needs_owners(opt);
	bool locked = probe__tracepoint_args(run->probe, "tcp_sendmsg_locked") > 0;
	bool reads = probe__tracepoint_args(run->probe, "tcp_rcv_space_adjust") > 0;
	bool sent = probe__tracepoint_args(run->probe, "sock_send_length") > 0;

	skel->rodata->with_owners = needed;
	if (!needed || !reads)
		tool__omit(skel->progs.owner_reads);
	if (!needed || !locked)
		tool__omit(skel->progs.owner_sends);
	if (!needed || locked || !sent)
		tool__omit(skel->progs.owner_sent);
}

/* Connections, or what was sent again. Each has a second program where the first can be skipped. */
static void plan_events(const struct retrans_options *opt, struct run *run)
{
	struct tcpretrans_bpf *skel = run->skel;
	bool again = probe__preempted_tracepoints(run->probe);

	skel->rodata->again = again;
	skel->rodata->with_conns = opt->conn;
	skel->rodata->with_sums = !opt->conn;
	tool__omit(opt->conn ? skel->progs.set_state : skel->progs.conn_state);
	if (!again)
		tool__omit(skel->progs.again_state);
	if (!again || opt->conn) {
		tool__omit(skel->progs.again_retransmit);
		tool__omit(skel->progs.again_synack);
	}
	if (opt->conn) {
		tool__omit(skel->progs.retransmit);
		tool__omit(skel->progs.retransmit_synack);
	}
}

int plan__configure(const struct retrans_options *opt, struct run *run)
{
	struct tcpretrans_bpf *skel = run->skel;
	int err = plan_filters(opt, run);

	if (err)
		return err;
	skel->rodata->has_error = probe__tracepoint_args(run->probe, "tcp_retransmit_skb") == 3;
	plan_owners(opt, run);
	plan_events(opt, run);
	if (opt->top.by || opt->count) {
		skel->rodata->with_top = true;
		err = bpf_map__set_max_entries(skel->maps.mores, RETRANS_SOURCES_MAX);
	}
	if (!err && !opt->conn)
		err = bpf_map__set_max_entries(skel->maps.sums, RETRANS_NETNS_MAX);
	return err ?: tool__ring_size(run, opt->buffer, &skel->rodata->ring_wake_bytes);
}
