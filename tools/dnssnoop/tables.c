// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What dnssnoop is, without its programs. */
#include "common/tool/tables.h"

#include "common/base/clock.h"
#include "tools/dnssnoop/row.h"
#include "tools/dnssnoop/top.h"

/* By default resolvers ask again after 5 s, and that is to be the same lookup. */
struct dns_options dns_opt = {
	.ports = "53", .timeout_ns = 7 * NSEC_PER_SEC, .buffer = 8 << 20, .rows = 20
};

static const struct cli_option options[] = {
	{ CLI_GROUP, .help = "Which lookups" },
	{ CLI_FLAG, 'x', "failed", NULL, "with any result but NOERROR", &dns_opt.failed },
	{ CLI_NUMBER, 0, "slower", "MS", "that take so many milliseconds, or have no answer",
	  &dns_opt.slower_ms, 1, 1000000 },
	{ CLI_TEXT, 0, "name", "NAME", "of this name and those below it", &dns_opt.name },
	{ CLI_TEXT, 0, "type", "LIST", "of these types, like A,AAAA,TYPE65", &dns_opt.types },
	{ CLI_TEXT, 0, "result", "LIST", "with these results, like NXDOMAIN,TIMEOUT",
	  &dns_opt.results },
	{ CLI_GROUP, .help = "Whose lookups" },
	{ CLI_NUMBER, 'p', "pid", "PID", "of this process", &dns_opt.pid, 1, 1 << 22 },
	{ CLI_TEXT, 0, "comm", "NAME", "of processes or threads of just this name",
	  &dns_opt.process.comm },
	{ CLI_TEXT, 'u', "uid", "USER", "of this user, by number or name", &dns_opt.process.uid },
	{ CLI_NUMBER, 0, "tree", "PID", "of this process and all that descend from it",
	  &dns_opt.process.tree, 1, 1 << 22 },
	{ CLI_TEXT, 'c', "cgroup", "PATH", "of this cgroup and those below it", &dns_opt.cgroup },
	{ CLI_TEXT, 0, "container", "ID|NAME", "of this container", &dns_opt.container },
	{ CLI_FLAG, 0, "server", NULL, "the other side: what servers here are asked",
	  &dns_opt.server },
	{ CLI_TEXT, 0, "port", "LIST", "ports of servers, at most 8 (53)", &dns_opt.ports },
	{ CLI_FLAG, 0, "mdns", NULL, "multicast DNS too (port 5353)", &dns_opt.mdns },
	{ CLI_FLAG, 0, "llmnr", NULL, "link-local name resolution too (port 5355)",
	  &dns_opt.llmnr },
	{ CLI_DURATION, 0, "timeout", "TIME", "given up so long after the last query (7s)",
	  .value = &dns_opt.timeout_ns, .min = NSEC_PER_SEC / 10, .max = 600 * NSEC_PER_SEC,
	  .unit_ns = NSEC_PER_SEC },
	{ CLI_GROUP, .help = "How it is shown" },
	{ CLI_TEXT, 0, "top", "BY",
	  "sums by name, process, container, server or rcode\n"
	  "                           instead of lookups",
	  &dns_opt.top },
	{ CLI_NUMBER, 0, "rows", "N", "at most N rows an interval (20)", &dns_opt.rows, 1, 65536 },
	{ CLI_FLAG, 0, "histogram", NULL, "the latency of all that were answered, as a histogram",
	  &dns_opt.histogram },
	{ CLI_FLAG, 'T', "time", NULL, "the time of day", &dns_opt.time },
	{ CLI_FLAG, 't', "timestamp", NULL, "seconds since the start", &dns_opt.elapsed },
	{ CLI_FLAG, 'U', "print-uid", NULL, "the user", &dns_opt.uid },
	{ CLI_TEXT, 0, "pcap", "FILE", "the packets too, for Wireshark, with their owners (pcapng)",
	  &dns_opt.pcap },
	{ CLI_SIZE, 0, "buffer", "SIZE", "size of the ring buffer (8M)", &dns_opt.buffer, 4096,
	  1 << 30 },
	{},
};

static const struct cli_positional positionals[] = {
	{ CLI_NUMBER, "interval", "seconds between sums (else once at the end)",
	  &dns_opt.interval_s, 1, 86400 },
	{ CLI_NUMBER, "count", "how many times", &dns_opt.intervals, 1, UINT32_MAX },
	{},
};

static const struct loss_cause causes[] = {
	{ "ring_full", "packets were dropped: the ring buffer was full (see --buffer)",
	  COUNT_RING_FULL },
	{ "lost_errors",
	  "ends of sockets were dropped: the ring buffer was full; lookups may be shown as "
	  "unknown that were refused, closed or abandoned",
	  DNS_END_LOST, .note = true },
	{ "skipped_errors",
	  "errors of sockets were skipped by the kernel; a lookup may be shown as TIMEOUT that "
	  "was refused",
	  .program = "dns_error", .note = true },
	{},
};

static const struct tool_object objects[] = {
	{ "interval", "top histogram", sum_fields },
	{ "event", NULL, dns_fields },
	{},
};

const struct tool_tables dns_tables = {
	.name = "dnssnoop",
	.purpose = "Shows each DNS lookup: whose it is, how long it takes, what comes of "
		   "it.",
	.examples = "  dnssnoop                   lookups of all processes, until Ctrl-C\n"
		    "  dnssnoop -x --container web what fails in one container\n"
		    "  dnssnoop --slower 100      what takes 100 ms or more, or has no "
		    "answer\n"
		    "  dnssnoop --server          what this host's resolvers are asked\n"
		    "  dnssnoop --top name 10     what is asked most, how fast, how much fails\n",
	.schema_version = 1,
	.options = options,
	.positionals = positionals,
	.objects = objects,
	.causes = causes,
};
