// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The tables of tcpretrans, without its programs. */
#include "common/tool/tables.h"

#include "common/base/clock.h"
#include "tools/tcpretrans/fields.h"
#include "tools/tcpretrans/options.h"
#include "tools/tcpretrans/tcpretrans.h"

struct retrans_options retrans_opt = { .owner.sockets = true, .buffer = 1 << 20 };

static const struct cli_option options[] = {
	{ CLI_GROUP, .help = "What is shown" },
	{ CLI_FLAG, 'c', "count", NULL, "show segments by flow instead of events",
	  &retrans_opt.count },
	TOP_OPTION_BY(retrans_opt.top,
		      "show sums instead of single events (by flow,\n"
		      "                           destination, process, program, container,\n"
		      "                           cgroup, unit or cause)"),
	TOP_OPTION_ROWS(retrans_opt.top),
	{ CLI_FLAG, 0, "conn", NULL, "show connections when they end instead of events",
	  &retrans_opt.conn },
	{ CLI_FLAG, 's', "sequence", NULL, "show the sequence number", &retrans_opt.sequence },
	{ CLI_FLAG, 'l', "lossprobe", NULL, "tail loss probes; they are also shown without -l",
	  &retrans_opt.probes },
	{ CLI_FLAG, 0, "check", NULL, "at the end, compare with the kernel's own counters",
	  &retrans_opt.check },
	{ CLI_GROUP, .help = "Which retransmissions" },
	OWNER_PID('p', retrans_opt.owner),
	OWNER_COMM(0, retrans_opt.owner),
	OWNER_UID('u', retrans_opt.owner),
	OWNER_CGROUP(0, retrans_opt.owner),
	OWNER_CONTAINER(0, retrans_opt.owner),
	OWNER_UNIT(0, retrans_opt.owner),
	OWNER_NETNS(0, retrans_opt.net),
	{ CLI_FLAG, '4', "ipv4", NULL, "IPv4 only", &retrans_opt.net.v4 },
	{ CLI_FLAG, '6', "ipv6", NULL, "IPv6 only", &retrans_opt.net.v6 },
	{ CLI_NUMBER, 0, "lport", "PORT", "with this local port", &retrans_opt.net.lport, 1,
	  65535 },
	{ CLI_NUMBER, 0, "rport", "PORT", "with this remote port", &retrans_opt.net.rport, 1,
	  65535 },
	{ CLI_TEXT, 0, "laddr", "CIDR", "with a local address in this network",
	  &retrans_opt.net.laddr },
	{ CLI_TEXT, 0, "raddr", "CIDR", "with a remote address in this network",
	  &retrans_opt.net.raddr },
	{ CLI_TEXT, 0, "cause", "A,B,...", "with these causes", &retrans_opt.causes },
	{ CLI_GROUP, .help = "Bounds" },
	{ CLI_SIZE, 0, "buffer", "SIZE", "size of the ring buffer (1M)", &retrans_opt.buffer, 4096,
	  1 << 30 },
	{},
};

static const struct cli_positional positionals[] = {
	{ CLI_NUMBER, "interval", "seconds between sums (default: once at the end)",
	  &retrans_opt.interval_s, 1, 86400 },
	{ CLI_NUMBER, "count", "stop after this number of sums", &retrans_opt.intervals, 1,
	  UINT32_MAX },
	{},
};

static const struct loss_cause causes[] = {
	{ "ring_full", "events were dropped: the ring buffer was full (see --buffer)",
	  COUNT_RING_FULL },
	{ "busy", "events were skipped: another event was being traced on their CPU",
	  RETRANS_BUSY },
	{ "recursion",
	  "events were skipped by the kernel: another event was being traced on their CPU",
	  RETRANS_AGAIN_SEEN, "retransmit" },
	{ "skipped_ends",
	  "changes of sockets were skipped by the kernel, each of which may have been the end of a "
	  "connection",
	  RETRANS_STATE_AGAIN, "conn_state" },
	{ "unowned", "events are shown without a process", RETRANS_UNOWNED, .note = true },
	{ "owners_full", "sockets have no owner: there was no room to note it", RETRANS_OWNERS_FULL,
	  .note = true },
	{ "sums_full",
	  "events are not compared with the kernel's own counts: there were too many network "
	  "namespaces",
	  RETRANS_SUMS_FULL, .note = true },
	{ "skipped_states",
	  "changes of sockets were skipped by the kernel: owners may be found late",
	  RETRANS_STATE_AGAIN, "set_state", .note = true },
	{},
};

static const struct tool_object objects[] = {
	{ "interval", "count top", sum_fields, sum_members,
	  "The sums of one key in one interval: a flow, destination, process, program, container, "
	  "cgroup, unit or cause." },
	{ "event", "conn", conn_fields, conn_members,
	  "Each connection when it ends, if it sent something." },
	{ "event", NULL, retrans_fields, retrans_members,
	  "Each retransmission, and each attempt that sent nothing. Of a `synack` the members of an "
	  "established connection are absent." },
	{},
};

const struct tool_tables tcpretrans_tables = {
	.name = "tcpretrans",
	.purpose = "Shows each TCP retransmission with its cause, size and owner.",
	.examples = "  tcpretrans                     all events, until Ctrl-C\n"
		    "  tcpretrans -c 10               sums by flow, every 10 seconds\n"
		    "  tcpretrans --top process 1 60  sums by process, for a minute\n"
		    "  tcpretrans --conn --raddr 10.0.0.0/8\n"
		    "                                 the amount that each connection retransmits\n"
		    "  tcpretrans --cause rto,syn     events that cause long delays\n",
	.schema_version = 1,
	.options = options,
	.positionals = positionals,
	.objects = objects,
	.summary = retrans_summary,
	.causes = causes,
	.books = "network namespaces",
};
