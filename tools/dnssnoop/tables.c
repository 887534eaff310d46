// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The tables of dnssnoop, without its programs. */
#include "common/tool/tables.h"

#include "common/base/clock.h"
#include "common/owner/owner.h"
#include "common/owner/top_owner.h"
#include "tools/dnssnoop/row.h"
#include "tools/dnssnoop/sums.h"

/* By default resolvers ask again after 5 s, and that is to be the same lookup. */
struct dns_options dns_opt = { .ports = "53,853",
			       .timeout_ns = 7 * NSEC_PER_SEC,
			       .buffer = 8 << 20 };

static const struct cli_option options[] = {
	{ CLI_GROUP, .help = "Which lookups" },
	{ CLI_FLAG, 'x', "failed", NULL, "with a result other than NOERROR", &dns_opt.failed },
	{ CLI_DURATION, 0, "slower", "TIME",
	  "that take TIME or more (100ms, 2s), or have no answer", &dns_opt.slower_ns,
	  NSEC_PER_SEC / 10000, 1000 * NSEC_PER_SEC },
	{ CLI_TEXT, 0, "qname", "NAME", "of NAME and the names below it (*.NAME: only below)",
	  &dns_opt.name },
	{ CLI_TEXT, 0, "name", "NAME", "--qname", &dns_opt.name, .old = true },
	{ CLI_TEXT, 0, "type", "LIST", "with these types, like A,AAAA,TYPE65", &dns_opt.types },
	{ CLI_TEXT, 0, "result", "LIST", "with these results, like NXDOMAIN,TIMEOUT",
	  &dns_opt.results },
	{ CLI_GROUP, .help = "Whose lookups" },
	OWNER_PID('p', dns_opt.owner),
	OWNER_COMM(0, dns_opt.owner),
	OWNER_UID('u', dns_opt.owner),
	OWNER_TREE(0, dns_opt.owner),
	OWNER_CGROUP('c', dns_opt.owner),
	OWNER_CONTAINER(0, dns_opt.owner),
	OWNER_UNIT(0, dns_opt.owner),
	OWNER_NETNS(0, dns_opt.owner),
	{ CLI_FLAG, 0, "server", NULL, "show queries that servers on this host receive",
	  &dns_opt.server },
	{ CLI_TEXT, 0, "port", "LIST", "ports of DNS servers, at most 8 (53,853)", &dns_opt.ports },
	{ CLI_FLAG, 0, "mdns", NULL, "also show multicast DNS (port 5353)", &dns_opt.mdns },
	{ CLI_FLAG, 0, "llmnr", NULL, "also show link-local name resolution (port 5355)",
	  &dns_opt.llmnr },
	{ CLI_DURATION, 0, "timeout", "TIME", "give up a lookup TIME after its last query (7s)",
	  &dns_opt.timeout_ns, NSEC_PER_SEC / 10, 600 * NSEC_PER_SEC },
	{ CLI_GROUP, .help = "How it is shown" },
	TOP_OPTION_BY(
		dns_opt.top,
		"show sums instead of single events (by name, process,\n"
		"                           program, container, cgroup, unit, server or rcode)"),
	TOP_OPTION_ROWS(dns_opt.top),
	{ CLI_FLAG, 0, "histogram", NULL, "show the latency of answered lookups as a histogram",
	  &dns_opt.histogram },
	EVENT_TIME('T', dns_opt.event),
	EVENT_TIMESTAMP('t', dns_opt.event),
	EVENT_UID('U', dns_opt.event),
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
	EVENT_FIELD_TIME(struct dns_row, time_ns),
	EVENT_FIELD_ELAPSED(struct dns_row, elapsed_s),
	OWNER_FIELD_UID(struct dns_row, who),
	OWNER_FIELD_COMM(struct dns_row, who),
	{ "thread", "THREAD", FIELD_TEXT, 16, .room = 16, .wide = true, .foreign = true,
	  .help = "the name of the thread that sent the query", .offset = ROW(thread) },
	OWNER_FIELD_PID(struct dns_row, who),
	OWNER_FIELD_TID(struct dns_row, who),
	OWNER_FIELD_CONTAINER(struct dns_row, who),
	OWNER_FIELD_CGROUP(struct dns_row, who),
	OWNER_FIELD_CGROUP_ID(struct dns_row, who),
	{ "netns", "NETNS", FIELD_U64, 11, .wide = true,
	  .help = "the inode number of the socket's network namespace", .always = true,
	  .offset = ROW(netns) },
	{ "transport", "PROTO", FIELD_TEXT, 6, .wide = true, .help = "UDP or TCP", .always = true,
	  .offset = ROW(transport) },
	{ "id", "ID", FIELD_U64, 6, .wide = true,
	  .help = "the number of the query, from its header", .offset = ROW(id) },
	{ "qtype", "TYPE", FIELD_TEXT, 6, .help = "the type that is asked for: A, AAAA, TYPE65280",
	  .offset = ROW(type) },
	{ "qclass", "CLASS", FIELD_TEXT, 6, .wide = true,
	  .help = "the class that is asked for: IN, CH, CLASS9", .offset = ROW(class) },
	{ "client", "CLIENT", FIELD_TEXT, 22, .room = 55, .wide = true, .table_only = true,
	  .help = "the address and port that the query came from", .offset = ROW(client) },
	{ "server", "SERVER", FIELD_TEXT, 16, .room = 55, .table_only = true,
	  .help = "the address of the server, as the process wrote it; its port unless that is 53",
	  .offset = ROW(server) },
	{ "server_nat", "NAT", FIELD_TEXT, 22, .room = 55, .wide = true, .table_only = true,
	  .help = "the address that NAT sent the query to instead", .offset = ROW(server_nat) },
	{ "lat_ns", "LAT", FIELD_NS, 8,
	  .help = "the time from the first query to the answer, or to the end of the lookup",
	  .offset = ROW(lat_ns) },
	{ "result", "RESULT", FIELD_TEXT, 13,
	  .help = "the response code, or the reason why there is no answer", .always = true,
	  .offset = ROW(result) },
	{ "retries", "RETRIES", FIELD_U64, 8, .wide = true,
	  .help = "how often the query was sent again", .unit = "queries", .offset = ROW(retries) },
	{ "servers", NULL, FIELD_U64,
	  .help = "how many servers were asked at once, if several were", .unit = "servers",
	  .offset = ROW(servers) },
	{ "answer_bytes", "BYTES", FIELD_U64, 6, .wide = true,
	  .help = "the length of the answer, even if it was cut", .offset = ROW(answer_bytes) },
	{ "qname", NULL, FIELD_TEXT,
	  .help = "the name that is asked for, with the escapes of RFC 1035",
	  .offset = ROW(qname) },
	{ "name", "NAME", FIELD_SAFE, 1,
	  .help = "the name that is asked for, the answers, and after a # remarks",
	  .offset = ROW(name) },
	{},
};

static const struct member answer_members[] = {
	{ "name", "string", "unless it cannot be read", "the name that the record belongs to" },
	{ "type", "string", .help = "the type of the record" },
	{ "ttl", "integer", .help = "how many seconds the record holds, as the message says" },
	{ "ttl_effective", "integer", "with a `ttl` of 2^31 or more", "0, as RFC 2181 says" },
	{ "data", "string",
	  .help = "the data as in a master file; of unknown types `\"\\\\# 4 0a000001\"`" },
	{},
};

static const struct member edns_option_members[] = {
	{ "code", "integer", .help = "the number of the option" },
	{ "data_hex", "string", .help = "its data, as hexadecimal digits" },
	{},
};

static const struct member edns_members[] = {
	{ "version", "integer", .help = "the version of EDNS" },
	{ "udp_size", "integer",
	  .help = "the longest UDP message that the sender takes, in bytes" },
	{ "do", "boolean", .help = "the flag `DO`: with DNSSEC" },
	{ "options", "object[]", .help = "its options", edns_option_members },
	{ "options_more", "integer", "if not all options are in `options`",
	  "how many are left out: records and options share the bytes of a row" },
	{ "malformed", "boolean", "if bytes follow that are no option", "`true`" },
	{},
};

static const struct member icmp_members[] = {
	{ "type", "integer", .help = "its type" },
	{ "code", "integer", .help = "its code" },
	{},
};

static const struct member not_dns_members[] = {
	{ "what", "string",
	  .help = "`\"TLS\"`, `\"HTTP\"`, `\"SSH\"`, and of UDP `\"DTLS\"`, `\"QUIC\"`, `\"STUN\"`, by the first "
		  "bytes; `\"short\"`: too short for a message; `\"incomplete\"`: the beginning of a message, of "
		  "TCP; `\"unknown\"`: something else; `\"others\"`: more flows of UDP than have rows" },
	{ "server_name", "string", "if a client of TLS tells it",
	  "the name that the client asks for (SNI), with the escapes of RFC 1035" },
	{ "packets", "integer",
	  .help = "how many packets with data were sent and received; large ones are counted as the "
		  "kernel handles them" },
	{ "bytes", "integer", .help = "how many bytes these packets have, without headers" },
	{ "more", "boolean", "if the connection had a row before", "`true`: what has come since" },
	{},
};

static const struct member event_members[] = {
	PROCESS_MEMBER_CONTAINER,
	{ "client", "string", "unless `not_dns` has `\"others\"`",
	  "the address that the query came from" },
	{ "client_port", "integer", "the same", "its port" },
	{ "server", "string", "the same",
	  "the address of the server, as the process wrote it, or that the answer came from" },
	{ "server_port", "integer", "the same", "its port" },
	{ "server_nat", "string", "with NAT", "the address that the query went to instead" },
	{ "server_nat_port", "integer", "with NAT", "its port" },
	{ "opcode", "string", "unless it is `QUERY`", "what the message asks for: `\"NOTIFY\"`" },
	{ "kind", "string", "of some `NOERROR`",
	  "`\"NODATA\"`: there is no such record; `\"REFERRAL\"`: other servers know (RFC 2308)" },
	{ "error", "string", "if the socket was told of an error",
	  "the error's name: `\"ECONNREFUSED\"`" },
	{ "icmp", "object", "the same, if the socket has set `IP_RECVERR`",
	  "the ICMP message of IPv4", icmp_members },
	{ "icmp6", "object", "the same, if the socket has set `IPV6_RECVERR`",
	  "the ICMP message of IPv6", icmp_members },
	{ "rcode", "string", "with `MALFORMED`, if the answer has a header",
	  "the response code in that header; without what EDNS adds to it, if that cannot be read" },
	{ "flags", "string[]", "with an answer",
	  "those that are set: `\"AA\"`, `\"TC\"`, `\"RD\"`, `\"RA\"`, `\"AD\"`, `\"CD\"`" },
	{ "answers", "object[]", "with an answer",
	  "its records; with `MALFORMED` or `cut`, those before the end of the readable part",
	  answer_members },
	{ "answers_more", "integer", "if not all records are in `answers`",
	  "how many are left out: the records of a row have 8 bytes for each byte of the message, and "
	  "4,096 at least; 2,048 if the message belongs to no lookup" },
	{ "edns", "object", "if the answer has EDNS", "what EDNS adds to it", edns_members },
	{ "remark", "string", "if there is one",
	  "`\"late\"`, `\"query not seen\"`, `\"not asked\"`: this answer ends no lookup; "
	  "`\"a response, sent to a server\"`, `\"a query, sent by a server\"`: no lookup; "
	  "`\"query encrypted by IPsec\"`: only the address, the time and the process of the query "
	  "are known, and the question is that of the answer; "
	  "`\"given up early\"`: too many lookups were open for this one to wait for `--timeout`" },
	{ "cut", "boolean", "if not all of the message was read", "`true`" },
	{ "extra_bytes", "integer", "if bytes follow the last record of the answer", "how many" },
	{ "not_dns", "object", "with `NOT_DNS`", "what is known instead of a lookup",
	  not_dns_members },
	{},
};

#define SUM(member) offsetof(struct dns_sum_row, member)
#define LATENCY(member) SUM(latency.member)

const struct field dns_sum_fields[] = {
	{ "count", "COUNT", FIELD_U64, 9, .help = "how many lookups", .unit = "lookups",
	  .always = true, .offset = SUM(count) },
	{ "failed", "FAILED", FIELD_U64, 8,
	  .help = "how many had another result than NOERROR or UNKNOWN", .unit = "lookups",
	  .always = true, .offset = SUM(failed) },
	{ "failed_percent", "FAIL%", FIELD_REAL, 6, 1,
	  .help = "their share of the lookups whose result is known",
	  .when = "unless all are UNKNOWN", .offset = SUM(failed_percent) },
	{ "timed_out", "TIMEOUT", FIELD_U64, 8, .help = "how many had the result TIMEOUT",
	  .unit = "lookups", .always = true, .offset = SUM(timed_out) },
	{ "unknown", "UNKNOWN", FIELD_U64, 8, .help = "how many had the result UNKNOWN",
	  .unit = "lookups", .always = true, .offset = SUM(unknown) },
	{ "retries", "RETRIES", FIELD_U64, 8, .wide = true,
	  .help = "how many queries were sent again", .unit = "queries", .always = true,
	  .offset = SUM(retries) },
	{ "not_dns", "NOTDNS", FIELD_U64, 7, .wide = true,
	  .help = "how many connections and flows were not DNS; they are no lookups",
	  .unit = "connections", .always = true, .offset = SUM(not_dns) },
	{ "p50_ns", "p50", FIELD_NS, 8, .help = "half of the answers came within this time",
	  .when = "with an answer", .offset = LATENCY(p50_ns) },
	{ "p90_ns", "p90", FIELD_NS, 8, .wide = true, .help = "90 % of the answers came within it",
	  .when = "with an answer", .offset = LATENCY(p90_ns) },
	{ "p99_ns", "p99", FIELD_NS, 8, .help = "99 % of the answers came within it",
	  .when = "with an answer", .offset = LATENCY(p99_ns) },
	{ "max_ns", "max", FIELD_NS, 8, .help = "the slowest answer", .when = "with an answer",
	  .offset = LATENCY(max_ns) },
	{ "sum_ns", NULL, FIELD_U64, .help = "the times of all answers together", .always = true,
	  .offset = LATENCY(sum_ns) },
	TOP_FIELD_PID,
	TOP_FIELD_COMM("top=process top=program"),
	TOP_FIELD_CONTAINER,
	TOP_FIELD_CONTAINER_ID,
	TOP_FIELD_CGROUP,
	TOP_FIELD_UNIT,
	{ "server_endpoint", "SERVER", FIELD_TEXT, 24, .room = 55, .wide = true,
	  .with = "top=server", .table_only = true, .help = "the address and port of the server",
	  .offset = SUM(server_endpoint) },
	{ "result", "RESULT", FIELD_TEXT, 13, .wide = true, .with = "top=rcode",
	  .help = "the result of these lookups", .when = "with --top rcode",
	  .offset = SUM(result) },
	{ "qname", "NAME", FIELD_TEXT, 32, .room = 64, .wide = true, .with = "top=name",
	  .help = "the name that is asked for, in small letters", .when = "with --top name",
	  .offset = SUM(name) },
	{ "server", NULL, FIELD_TEXT, .help = "the address of the server",
	  .when = "with --top server", .offset = SUM(server) },
	{ "server_port", NULL, FIELD_U64, .help = "its port", .when = "with --top server",
	  .offset = SUM(server_port) },
	TOP_FIELD_INTERVAL,
	{},
};

static const struct member interval_members[] = {
	{ "other", "boolean", "instead of a key",
	  "`true`: the sum of the lookups that there was no room for" },
	{ "buckets", "object[]", "with --histogram",
	  "how many were how slow; empty buckets are left out", latency_bucket_members },
	{},
};

static const struct member queries_members[] = {
	{ "count", "integer", .help = "all that were shown" },
	{ "answered", "integer", .help = "those with an answer" },
	{ "timed_out", "integer", .help = "those with the result TIMEOUT" },
	{ "abandoned", "integer", .help = "those with the result ABANDONED" },
	{ "closed", "integer", .help = "those with the result CLOSED" },
	{ "refused", "integer", .help = "those that an error of the socket ended" },
	{ "unknown", "integer", .help = "those whose answer may have been missed" },
	{ "open", "integer", .help = "those without an end when tracing ended" },
	{ "given_up_early", "integer",
	  .help = "those of the timed out and the unknown that did not wait for `--timeout`, because "
		  "too many were open" },
	{ "questions_left_out", "integer", "if there are any",
	  "questions behind the first of a message, and with --mdns behind the 64th, which are no "
	  "lookups" },
	{},
};

static const struct member summary_members[] = {
	{ "queries", "object", .help = "the lookups that were shown, by their end",
	  queries_members },
	{ "not_dns", "integer", "if there was any",
	  "the connections and flows that were shown and are not DNS" },
	{},
};

static const struct loss_cause causes[] = {
	{ "ring_full", "packets were dropped: the ring buffer was full (see --buffer)",
	  COUNT_RING_FULL },
	{ "unasked",
	  "packets were dropped that sockets received without having asked: they had filled half of "
	  "the ring buffer",
	  DNS_UNASKED_LOST },
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
	{ "interval", "top histogram", dns_sum_fields, interval_members,
	  "With --top: one for each key and interval. With --histogram: one for each interval." },
	{ "event", NULL, dns_fields, event_members,
	  "A lookup at its end, or a message that belongs to none. `ts` is the time of the first "
	  "query; where that was not seen, of the message." },
	{},
};

const struct tool_tables dnssnoop_tables = {
	.name = "dnssnoop",
	.purpose = "Shows each DNS lookup with its owner, latency and result.",
	.examples =
		"  dnssnoop                   lookups of all processes, until Ctrl-C\n"
		"  dnssnoop -x --container web lookups that fail in one container\n"
		"  dnssnoop --slower 100ms    lookups that take 100 ms or more, or have no "
		"answer\n"
		"  dnssnoop --server          queries to this host's resolvers\n"
		"  dnssnoop --top name 10     names that are asked for most, every 10 seconds\n",
	.schema_version = 1,
	.options = options,
	.positionals = positionals,
	.objects = objects,
	.summary = summary_members,
	.causes = causes,
};
