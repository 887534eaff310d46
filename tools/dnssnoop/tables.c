// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The tables of dnssnoop, without its programs. */
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
	{ CLI_FLAG, 'x', "failed", NULL, "with a result other than NOERROR", &dns_opt.failed },
	{ CLI_NUMBER, 0, "slower", "MS", "that take MS milliseconds or more, or have no answer",
	  &dns_opt.slower_ms, 1, 1000000 },
	{ CLI_TEXT, 0, "name", "NAME", "of NAME and the names below it", &dns_opt.name },
	{ CLI_TEXT, 0, "type", "LIST", "with these types, like A,AAAA,TYPE65", &dns_opt.types },
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
	{ CLI_FLAG, 0, "server", NULL, "show queries that servers on this host receive",
	  &dns_opt.server },
	{ CLI_TEXT, 0, "port", "LIST", "ports of DNS servers, at most 8 (53)", &dns_opt.ports },
	{ CLI_FLAG, 0, "mdns", NULL, "also show multicast DNS (port 5353)", &dns_opt.mdns },
	{ CLI_FLAG, 0, "llmnr", NULL, "also show link-local name resolution (port 5355)",
	  &dns_opt.llmnr },
	{ CLI_DURATION, 0, "timeout", "TIME", "give up a lookup TIME after its last query (7s)",
	  .value = &dns_opt.timeout_ns, .min = NSEC_PER_SEC / 10, .max = 600 * NSEC_PER_SEC,
	  .unit_ns = NSEC_PER_SEC },
	{ CLI_GROUP, .help = "How it is shown" },
	{ CLI_TEXT, 0, "top", "BY",
	  "show sums instead of lookups: by name, process,\n"
	  "                           container, server or rcode",
	  &dns_opt.top },
	{ CLI_NUMBER, 0, "rows", "N", "at most N rows an interval (20)", &dns_opt.rows, 1, 65536 },
	{ CLI_FLAG, 0, "histogram", NULL, "show the latency of answered lookups as a histogram",
	  &dns_opt.histogram },
	{ CLI_FLAG, 'T', "time", NULL, "the time of day", &dns_opt.time },
	{ CLI_FLAG, 't', "timestamp", NULL, "seconds since the start", &dns_opt.elapsed },
	{ CLI_FLAG, 'U', "print-uid", NULL, "the user", &dns_opt.uid },
	{ CLI_TEXT, 0, "pcap", "FILE", "also write packets and their owners to FILE (pcapng)",
	  &dns_opt.pcap },
	{ CLI_SIZE, 0, "buffer", "SIZE", "size of the ring buffer (8M)", &dns_opt.buffer, 4096,
	  1 << 30 },
	{},
};

static const struct cli_positional positionals[] = {
	{ CLI_NUMBER, "interval", "seconds between sums (default: once at the end)",
	  &dns_opt.interval_s, 1, 86400 },
	{ CLI_NUMBER, "count", "stop after this number of sums", &dns_opt.intervals, 1,
	  UINT32_MAX },
	{},
};

#define ROW(member) offsetof(struct dns_row, member)

const struct field dns_fields[] = {
	{ "time", "TIME", FIELD_TIME, 9, .wide = true, .with = "time", .offset = ROW(time_ns) },
	{ "elapsed_s", "TIME(s)", FIELD_REAL, 8, 3, .wide = true, .with = "timestamp",
	  .table_only = true, .offset = ROW(elapsed_s) },
	{ "uid", "UID", FIELD_U64, 7, .wide = true, .with = "print-uid", .offset = ROW(uid) },
	{ "comm", "COMM", FIELD_TEXT, 16, .room = 16, .foreign = true, .offset = ROW(comm) },
	{ "thread", "THREAD", FIELD_TEXT, 16, .room = 16, .wide = true, .foreign = true,
	  .offset = ROW(thread) },
	{ "pid", "PID", FIELD_U64, 8, .offset = ROW(pid) },
	{ "tid", "TID", FIELD_U64, 8, .wide = true, .offset = ROW(tid) },
	{ "container", "CONTAINER", FIELD_TEXT, 16, .room = 48, .wide = true, .table_only = true,
	  .foreign = true, .offset = ROW(who.container) },
	{ "cgroup", "CGROUP", FIELD_TEXT, 32, .room = 100, .wide = true, .foreign = true,
	  .offset = ROW(who.cgroup) },
	{ "cgroup_id", NULL, FIELD_U64, .offset = ROW(who.cgroup_id) },
	{ "netns", "NETNS", FIELD_U64, 11, .wide = true, .offset = ROW(netns) },
	{ "transport", "PROTO", FIELD_TEXT, 6, .wide = true, .offset = ROW(transport) },
	{ "id", "ID", FIELD_U64, 6, .wide = true, .offset = ROW(id) },
	{ "qtype", "TYPE", FIELD_TEXT, 6, .offset = ROW(type) },
	{ "qclass", "CLASS", FIELD_TEXT, 6, .wide = true, .offset = ROW(class) },
	{ "client", "CLIENT", FIELD_TEXT, 22, .room = 55, .wide = true, .table_only = true,
	  .offset = ROW(client) },
	{ "server", "SERVER", FIELD_TEXT, 16, .room = 55, .table_only = true,
	  .offset = ROW(server) },
	{ "server_nat", "NAT", FIELD_TEXT, 22, .room = 55, .wide = true, .table_only = true,
	  .offset = ROW(server_nat) },
	{ "lat_ns", "LAT", FIELD_NS, 8, .offset = ROW(lat_ns) },
	{ "result", "RESULT", FIELD_TEXT, 13, .offset = ROW(result) },
	{ "retries", "RETRIES", FIELD_U64, 8, .wide = true, .offset = ROW(retries) },
	{ "servers", NULL, FIELD_U64, .offset = ROW(servers) },
	{ "answer_bytes", "BYTES", FIELD_U64, 6, .wide = true, .offset = ROW(answer_bytes) },
	{ "qname", NULL, FIELD_TEXT, .offset = ROW(qname) },
	{ "name", "NAME", FIELD_SAFE, 1, .offset = ROW(name) },
	{},
};

#define TOP(member) offsetof(struct dns_top_row, member)
#define LATENCY(member) TOP(latency.member)

const struct field dns_top_fields[] = {
	{ "count", "COUNT", FIELD_U64, 9, .offset = TOP(count) },
	{ "failed", "FAILED", FIELD_U64, 8, .offset = TOP(failed) },
	{ "failed_percent", "FAIL%", FIELD_REAL, 6, 1, .offset = TOP(failed_percent) },
	{ "timed_out", "TIMEOUT", FIELD_U64, 8, .offset = TOP(timed_out) },
	{ "retries", "RETRIES", FIELD_U64, 8, .wide = true, .offset = TOP(retries) },
	{ "p50_ns", "p50", FIELD_NS, 8, .offset = LATENCY(p50_ns) },
	{ "p90_ns", "p90", FIELD_NS, 8, .wide = true, .offset = LATENCY(p90_ns) },
	{ "p99_ns", "p99", FIELD_NS, 8, .offset = LATENCY(p99_ns) },
	{ "max_ns", "max", FIELD_NS, 8, .offset = LATENCY(max_ns) },
	{ "sum_ns", NULL, FIELD_U64, .offset = LATENCY(sum_ns) },
	{ "pid", "PID", FIELD_U64, 8, .wide = true, .with = "top=process", .offset = TOP(pid) },
	{ "comm", "COMM", FIELD_TEXT, 16, .room = 16, .wide = true, .with = "top=process",
	  .foreign = true, .offset = TOP(comm) },
	{ "container_name", "CONTAINER", FIELD_TEXT, 24, .room = 64, .wide = true,
	  .with = "top=container", .foreign = true, .offset = TOP(container) },
	{ "server_endpoint", "SERVER", FIELD_TEXT, 24, .room = 55, .wide = true,
	  .with = "top=server", .table_only = true, .offset = TOP(key) },
	{ "result", "RESULT", FIELD_TEXT, 13, .wide = true, .with = "top=rcode",
	  .offset = TOP(result) },
	{ "qname", "NAME", FIELD_TEXT, 32, .room = 64, .wide = true, .with = "top=name",
	  .offset = TOP(name) },
	{ "server", NULL, FIELD_TEXT, .offset = TOP(server) },
	{ "server_port", NULL, FIELD_U64, .offset = TOP(server_port) },
	{ "interval_ns", NULL, FIELD_U64, .offset = TOP(interval_ns) },
	{},
};

static const struct loss_cause causes[] = {
	{ "ring_full", "packets were dropped: the ring buffer was full (see --buffer)",
	  COUNT_RING_FULL },
	{ "lost_errors",
	  "ends of sockets were dropped: the ring buffer was full; lookups that were refused, "
	  "closed or abandoned may be shown as UNKNOWN",
	  DNS_END_LOST, .note = true },
	{ "skipped_errors",
	  "errors of sockets were skipped by the kernel; lookups that were refused may be shown as "
	  "TIMEOUT",
	  .program = "dns_error", .note = true },
	{},
};

static const struct tool_object objects[] = {
	{ "interval", "top histogram", dns_top_fields },
	{ "event", NULL, dns_fields },
	{},
};

const struct tool_tables dnssnoop_tables = {
	.name = "dnssnoop",
	.purpose = "Shows each DNS lookup with its owner, latency and result.",
	.examples =
		"  dnssnoop                   lookups of all processes, until Ctrl-C\n"
		"  dnssnoop -x --container web lookups that fail in one container\n"
		"  dnssnoop --slower 100      lookups that take 100 ms or more, or have no "
		"answer\n"
		"  dnssnoop --server          queries to this host's resolvers\n"
		"  dnssnoop --top name 10     names that are asked for most, every 10 seconds\n",
	.schema_version = 1,
	.options = options,
	.positionals = positionals,
	.objects = objects,
	.causes = causes,
};
