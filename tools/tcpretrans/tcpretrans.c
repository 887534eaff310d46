// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Which connections retransmit, why, and whose are they? */
#include "tools/tcpretrans/tcpretrans.h"

#include <errno.h>
#include "common/tool/tool.h"
#include "tcpretrans.skel.h"
#include "tools/tcpretrans/check.h"
#include "tools/tcpretrans/plan.h"
#include "tools/tcpretrans/view.h"

static struct retrans_options opt = { .rows = 20, .buffer = 1 << 20 };
static struct retrans_view view = { .opt = &opt };
static struct check check;
static bool unequal;

static const struct cli_option options[] = {
	{ CLI_GROUP, .help = "What is shown" },
	{ CLI_FLAG, 'c', "count", NULL, "segments by flow instead of events", &opt.count },
	{ CLI_TEXT, 0, "top", "BY",
	  "sums by flow, destination, process, container or\n"
	  "                           cause instead of events",
	  &opt.top },
	{ CLI_NUMBER, 0, "rows", "N", "at most N rows an interval (20)", &opt.rows, 1, 65536 },
	{ CLI_FLAG, 0, "conn", NULL, "each connection when it ends instead of events", &opt.conn },
	{ CLI_FLAG, 's', "sequence", NULL, "the sequence number", &opt.sequence },
	{ CLI_FLAG, 'l', "lossprobe", NULL, "tail loss probes; they are shown without it too",
	  &opt.probes },
	{ CLI_FLAG, 0, "check", NULL, "compare with the kernel's own counters at the end",
	  &opt.check },
	{ CLI_GROUP, .help = "Which retransmissions" },
	{ CLI_NUMBER, 'p', "pid", "PID", "of sockets of this process", &opt.pid, 1, 1 << 22 },
	{ CLI_TEXT, 0, "comm", "NAME", "of sockets of processes of just this name",
	  &opt.process.comm },
	{ CLI_TEXT, 'u', "uid", "USER", "of sockets of this user, by number or name",
	  &opt.process.uid },
	{ CLI_TEXT, 0, "cgroup", "PATH", "of sockets of this cgroup and those below it",
	  &opt.cgroup },
	{ CLI_TEXT, 0, "container", "ID|NAME", "of sockets of this container", &opt.container },
	{ CLI_TEXT, 0, "netns", "NETNS", "in this network namespace: name, file, PID or number",
	  &opt.net.netns },
	{ CLI_FLAG, '4', "ipv4", NULL, "IPv4 only", &opt.net.v4 },
	{ CLI_FLAG, '6', "ipv6", NULL, "IPv6 only", &opt.net.v6 },
	{ CLI_NUMBER, 0, "lport", "PORT", "of this local port", &opt.net.lport, 1, 65535 },
	{ CLI_NUMBER, 0, "rport", "PORT", "of this remote port", &opt.net.rport, 1, 65535 },
	{ CLI_TEXT, 0, "laddr", "CIDR", "whose local address is in this network", &opt.net.laddr },
	{ CLI_TEXT, 0, "raddr", "CIDR", "whose remote address is in this network", &opt.net.raddr },
	{ CLI_TEXT, 0, "cause", "A,B,...", "of these causes", &opt.causes },
	{ CLI_GROUP, .help = "Bounds" },
	{ CLI_SIZE, 0, "buffer", "SIZE", "size of the ring buffer (1M)", &opt.buffer, 4096,
	  1 << 30 },
	{},
};

static const struct cli_positional positionals[] = {
	{ CLI_NUMBER, "interval", "seconds between sums (else once at the end)", &opt.interval_s, 1,
	  86400 },
	{ CLI_NUMBER, "count", "how many times", &opt.intervals, 1, UINT32_MAX },
	{},
};

static const struct loss_cause causes[] = {
	{ "ring_full", "events were dropped: the ring buffer was full (see --buffer)",
	  COUNT_RING_FULL },
	{ "busy", "events were skipped: another one was being traced on their CPU", RETRANS_BUSY },
	{ "recursion",
	  "events were skipped by the kernel: another one was being traced on their CPU",
	  .program = "retransmit" },
	{ "unowned", "events are shown without a process", RETRANS_UNOWNED, .note = true },
	{ "owners_full", "sockets are without owner: there was no room to note it",
	  RETRANS_OWNERS_FULL, .note = true },
	{ "sums_full", "events are not in what --check compares: too many network namespaces",
	  RETRANS_SUMS_FULL, .note = true },
	{ "skipped_states",
	  "changes of sockets were skipped by the kernel: an owner may be found late, the end of "
	  "a connection may be missing",
	  RETRANS_STATE_AGAIN, "set_state", .note = true },
	{},
};

TOOL_DEFINE_SKELETON(tcpretrans)

static struct tool tool;

static int parsed(struct run *run)
{
	(void)run;
	if (view__parsed(&view))
		return TOOL_TOLD(TOOL_USAGE);
	row_options.sequence = opt.sequence;
	tool.fields = view__fields(&view);
	return 0;
}

static int configure(struct run *run)
{
	run->interval_ns = opt.interval_s * NSEC_PER_SEC;
	run->intervals = opt.intervals;
	run->out.stream = view.top.by == TOP_NONE;
	run->out.unit_ns = 1000000;
	return plan__configure(&opt, run);
}

static int prepare(struct run *run)
{
	struct tcpretrans_bpf *skel = run->skel;

	check.tells_failures = skel->rodata->has_error;
	return opt.check ? check__open(&check, skel->maps.sums) : 0;
}

static int begin(struct run *run)
{
	struct tcpretrans_bpf *skel = run->skel;

	view.owners = socket_owners__new(skel->links.socket_search_files, &skel->bss->socket_search,
					 &skel->bss->socket_search_pass);
	if (!view.owners)
		return -errno;
	top__begin(&view.top, skel->maps.mores, &skel->bss->top_epoch, run->start_ns);
	if (view.top.by == TOP_NONE)
		out__header(&run->out);
	return opt.check ? check__begin(&check) : 0;
}

static int record(struct run *run, const void *data, size_t size)
{
	return view__record(&view, run, data, size);
}

static int tick(struct run *run)
{
	return top__show(&view.top, run);
}

static int ending(struct run *run)
{
	(void)run;
	return opt.check ? check__end(&check) : 0;
}

static int finish(struct run *run)
{
	int err = view.top.by == TOP_NONE ? 0 : top__show(&view.top, run);

	if (opt.check && !err) {
		out__text(&run->out, "\n");
		unequal = !check__show(&check, &run->out);
	}
	if (!err)
		view__in_doubt(&view, &run->out);
	if (unequal)
		msg__error("--check", "not what the kernel has counted");
	return unequal ? TOOL_TOLD(TOOL_FAILED) : err;
}

static void summary(struct run *run)
{
	view__json(&view, &run->out.j);
	if (opt.check)
		check__json(&check, &run->out.j);
}

static void release(struct run *run)
{
	(void)run;
	socket_owners__free(view.owners);
	top__free(&view.top);
	check__free(&check);
}

/* Its columns depend on what is shown. */
static struct tool tool = {
	.name = "tcpretrans",
	.purpose = "Shows each TCP retransmission: its cause, its weight, and whose it is.",
	.examples = "  tcpretrans                     until Ctrl-C\n"
		    "  tcpretrans -c 10               segments by flow, each 10 seconds\n"
		    "  tcpretrans --top process 1 60  whose they are, for a minute\n"
		    "  tcpretrans --conn --raddr 10.0.0.0/8\n"
		    "                                 how much each connection sent again\n"
		    "  tcpretrans --cause rto,syn     what took long\n",
	.schema_version = 1,
	.options = options,
	.positionals = positionals,
	.fields = retrans_fields,
	.causes = causes,
	TOOL_SKELETON(tcpretrans),
	.parsed = parsed,
	.configure = configure,
	.prepare = prepare,
	.begin = begin,
	.record = record,
	.ordered = true,
	.tick = tick,
	.ending = ending,
	.finish = finish,
	.summary = summary,
	.release = release,
};

int main(int argc, char **argv)
{
	return tool__main(&tool, argc, argv);
}
