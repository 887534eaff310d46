// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The fields of a row, a connection and a sum, in tables and in JSON. */
#include "common/owner/process.h"
#include "common/owner/top_owner.h"
#include "tools/tcpretrans/fields.h"
#include "tools/tcpretrans/row.h"
#include "tools/tcpretrans/sum_row.h"

#define ROW(member) offsetof(struct retrans_row, member)

/* clang-format off */

/* Fields that events and connections share, at both ends of a table. */
#define FIELDS_WHO(comm_width) \
	{ "time", "TIME", FIELD_TIME, 9, .help = "the time of day of the event", \
	  .offset = ROW(time_ns) }, \
	{ "pid", NULL, FIELD_U64, .help = "the process that owns the socket", \
	  .offset = ROW(pid) }, \
	{ "pid", "PID", FIELD_CHARS, 8, .table_only = true, \
	  .help = "the process that owns the socket; with ? the process that listens where the " \
		  "connection was accepted", \
	  .offset = ROW(pid_text) }, \
	{ "comm", "COMM", FIELD_TEXT, comm_width, .room = 16, .foreign = true, \
	  .help = "the owner's name, at most 15 bytes", .offset = ROW(comm) }, \
	{ "uid", "UID", FIELD_U32, 7, .wide = true, .always = true, \
	  .help = "the user of the socket", \
	  .offset = ROW(uid) }
#define FIELDS_FLOW(local_width, remote_is_wide) \
	{ "laddr_lport", "LADDR:LPORT", FIELD_CHARS, local_width, .room = 55, .table_only = true, \
	  .help = "local address and port", .offset = ROW(local) }, \
	{ "raddr_rport", "RADDR:RPORT", FIELD_CHARS, 22, .room = 55, .wide = remote_is_wide, \
	  .table_only = true, .help = "remote address and port", .offset = ROW(remote) }, \
	{ "state", "STATE", FIELD_TEXT, 12, .wide = true, \
	  .always = true, \
	  .help = "the connection's state, like ESTABLISHED; at its end the last state before", \
	  .offset = ROW(state) }, \
	{ "saddr", NULL, FIELD_CHARS, .always = true, .help = "local address", \
	  .offset = ROW(saddr) }, \
	{ "sport", NULL, FIELD_U32, .always = true, .help = "local port", .offset = ROW(sport) }, \
	{ "daddr", NULL, FIELD_CHARS, .always = true, .help = "remote address", \
	  .offset = ROW(daddr) }, \
	{ "dport", NULL, FIELD_U32, .always = true, .help = "remote port", .offset = ROW(dport) }, \
	{ "family", NULL, FIELD_CHARS, .always = true, .help = "ipv4 or ipv6, of the packets", \
	  .offset = ROW(family) }
#define FIELDS_CONNECTION \
	{ "srtt_us", "SRTT(us)", FIELD_U64, 9, .wide = true, .help = "smoothed round trip time", \
	  .offset = ROW(srtt_us) }, \
	{ "rttvar_us", "RTTVAR(us)", FIELD_U64, 11, .wide = true, \
	  .help = "deviation of the round trip time", .offset = ROW(rttvar_us) }, \
	{ "rto_ms", "RTO(ms)", FIELD_U64, 8, .wide = true, .help = "the retransmission timer", \
	  .offset = ROW(rto_ms) }, \
	{ "cwnd", "CWND", FIELD_U64, 7, .wide = true, .unit = "segments", \
	  .help = "congestion window", .offset = ROW(cwnd) }, \
	{ "ssthresh", "SSTHRESH", FIELD_U64, 11, .wide = true, .unit = "segments", \
	  .help = "slow start threshold; absent until a segment was lost", \
	  .offset = ROW(ssthresh) }, \
	{ "dsack", "DSACK", FIELD_U64, 7, .wide = true, .unit = "segments", \
	  .help = "segments that the peer says arrived twice", .offset = ROW(dsack) }, \
	{ "congestion", "CONG", FIELD_TEXT, 8, .wide = true, \
	  .help = "the congestion control algorithm", .offset = ROW(congestion) }, \
	{ "netns", "NETNS", FIELD_U32, 11, .wide = true, \
	  .always = true, .help = "inode number of the socket's network namespace", \
	  .offset = ROW(netns) }, \
	{ "cookie", "COOKIE", FIELD_U64, 8, .wide = true, \
	  .help = "the socket's cookie, as ss -e shows it", .offset = ROW(cookie) }, \
	{ "cgroup", "CGROUP", FIELD_TEXT, 32, .room = 100, .wide = true, .foreign = true, \
	  .help = "path of the cgroup (v2) in which the socket was made", .offset = ROW(cgroup) }, \
	{ "cgroup_id", NULL, FIELD_U64, .help = "the cgroup's number", \
	  .offset = ROW(cgroup_id) }, \
	{ "container", "CONTAINER", FIELD_TEXT, 16, .room = 48, .wide = true, .table_only = true, \
	  .foreign = true, .help = "the container's name, or the start of its ID", \
	  .offset = ROW(container) }, \
	{ "owner_from", NULL, FIELD_TEXT, \
	  .help = "how the owner is known: open (it connected or listens), descriptor (it has a " \
		  "descriptor of the socket), listener (it listens where the connection was accepted)", \
	  .offset = ROW(owner_from) }, \
	{ "mss", NULL, FIELD_U64, .unit = "bytes", .always = true, .help = "segment size", \
	  .offset = ROW(mss) }, \
	{ "data_segs", NULL, FIELD_U64, .unit = "segments", \
	  .help = "segments with data that the connection has sent so far", \
	  .offset = ROW(data_segs) }, \
	{ "sent_bytes", NULL, FIELD_U64, .help = "payload that the connection has sent so far", \
	  .offset = ROW(sent_bytes) }

/* clang-format on */

const struct field retrans_fields[] = {
	FIELDS_WHO(16),
	{ "cause", "CAUSE", FIELD_TEXT, 12, .always = true,
	  .help = "the cause of the retransmission", .offset = ROW(cause) },
	{ "attempt", "ATTEMPT", FIELD_TEXT, 12, .wide = true, .when = "of fail",
	  .help = "with cause fail: the cause that the attempt would have had",
	  .offset = ROW(attempt) },
	{ "errno", "ERRNO", FIELD_TEXT, 13, .wide = true, .when = "of fail",
	  .help = "with cause fail: the error, like EBUSY or NET_XMIT_DROP", .offset = ROW(error) },
	{ "reason", NULL, FIELD_TEXT, .when = "if there is one",
	  .help = "a reason that the cause does not tell", .offset = ROW(reason) },
	{ "again", "AGAIN", FIELD_TEXT, 6, .wide = true, .table_only = true,
	  .help = "again: the segment had been retransmitted before; ?: not known",
	  .offset = ROW(again) },
	{ "segs", "SEGS", FIELD_U32, 5, .unit = "segments", .always = true,
	  .help = "number of retransmitted segments", .offset = ROW(segs) },
	{ "bytes", "BYTES", FIELD_U32, 8, .wide = true, .unit = "bytes", .always = true,
	  .help = "payload of the retransmitted segments", .offset = ROW(bytes) },
	{ "seq", "SEQ", FIELD_U32, 11, .wide = true, .with = "sequence", .always = true,
	  .help = "sequence number of the first segment", .offset = ROW(seq) },
	FIELDS_FLOW(18, true),
	{ "raddr_why", "RADDR:RPORT", FIELD_CHARS, 22, .table_only = true,
	  .help = "remote address and port, followed by a reason that the cause does not tell",
	  .offset = ROW(remote_why) },
	{ "why", "WHY", FIELD_TEXT, 32, .wide = true, .table_only = true,
	  .help = "a reason that the cause does not tell, and where to look", .offset = ROW(why) },
	{ "flags", "FLAGS", FIELD_CHARS, 7, .wide = true, .always = true,
	  .help = "TCP flags of the first segment, as SA for SYN and ACK", .offset = ROW(flags) },
	{ "backoff", "BACKOFF", FIELD_U64, 8, .wide = true, .unit = "times",
	  .help = "number of times that the timer was doubled", .offset = ROW(backoff) },
	{ "snd_wnd", "SND_WND", FIELD_U64, 9, .wide = true, .unit = "bytes",
	  .help = "the peer's announced window", .offset = ROW(snd_wnd) },
	{ "in_flight", "FLIGHT", FIELD_U64, 7, .wide = true, .unit = "segments",
	  .help = "segments in flight", .offset = ROW(in_flight) },
	{ "lost", "LOST", FIELD_U64, 7, .wide = true, .unit = "segments",
	  .help = "segments that the kernel considers lost", .offset = ROW(lost) },
	{ "total_segs", "TOTAL", FIELD_U64, 7, .wide = true, .unit = "segments", .always = true,
	  .help = "segments that the connection has retransmitted so far",
	  .offset = ROW(total_segs) },
	{ "total_bytes", NULL, FIELD_U64,
	  .help = "payload that the connection has retransmitted so far",
	  .offset = ROW(total_bytes) },
	{ "orphan", "ORPHAN", FIELD_TEXT, 7, .wide = true, .table_only = true,
	  .help = "orphan: no process has the socket any more", .offset = ROW(orphan) },
	FIELDS_CONNECTION,
	{},
};

const struct field conn_fields[] = {
	FIELDS_WHO(12),
	{ "data_segs", "SENT", FIELD_U64, 7, .table_only = true, .unit = "segments",
	  .help = "segments with data that were sent", .offset = ROW(data_segs) },
	{ "total_segs", "RETRANS", FIELD_U64, 8, .unit = "segments", .always = true,
	  .help = "retransmitted segments, including those without data",
	  .offset = ROW(total_segs) },
	{ "retrans_percent", "%", FIELD_REAL, 6, 2,
	  .help = "the part of the sent payload that was retransmitted", .offset = ROW(rate) },
	{ "spurious_percent", "SPUR%", FIELD_REAL, 6, 1,
	  .help = "the part of the retransmitted segments, without SYNs, that arrived "
		  "twice according to the peer (DSACK); absent: not known",
	  .offset = ROW(spurious) },
	FIELDS_FLOW(12, false),
	{ "total_bytes", "BYTES", FIELD_U64, 9, .wide = true, .help = "retransmitted payload",
	  .offset = ROW(total_bytes) },
	FIELDS_CONNECTION,
	{},
};

#undef ROW
#define ROW(member) offsetof(struct sum_row, member)

const struct field sum_fields[] = {
	{ "segs", "SEGS", FIELD_U64, 9, .unit = "segments", .always = true,
	  .help = "number of retransmitted segments", .offset = ROW(sum.segs) },
	{ "bytes", "BYTES", FIELD_U64, 12, .unit = "bytes", .always = true,
	  .help = "payload of the retransmitted segments", .offset = ROW(sum.bytes) },
	{ "events", "EVENTS", FIELD_U64, 9, .unit = "events", .always = true,
	  .help = "rows that they are without --top", .offset = ROW(sum.events) },
	{ "fails", "FAILS", FIELD_U64, 7, .unit = "attempts", .always = true,
	  .help = "attempts that sent nothing", .offset = ROW(sum.fails) },
	{ "again_segs", "AGAIN", FIELD_U64, 7, .unit = "segments", .always = true,
	  .help = "segments that had been sent again before, as far as that is known",
	  .offset = ROW(sum.again_segs) },
	{ "pid", NULL, FIELD_U64, .when = "with --top process, if known",
	  .help = "the process that owns the sockets", .offset = ROW(top.pid) },
	{ "pid", "PID", FIELD_CHARS, 8, .wide = true, .with = "top=process", .table_only = true,
	  .help = "the process that owns the sockets; with ? the process that listens where they were "
		  "accepted",
	  .offset = ROW(pid_text) },
	{ "owner_from", NULL, FIELD_TEXT, .when = "with --top process, if so",
	  .help = "listener: the process listens; another one may have accepted the connections",
	  .offset = ROW(owner_from) },
	TOP_FIELD_COMM("top=process top=program"),
	TOP_FIELD_CONTAINER,
	TOP_FIELD_CONTAINER_ID,
	TOP_FIELD_CGROUP,
	TOP_FIELD_UNIT,
	{ "cause", "CAUSE", FIELD_TEXT, 12, .wide = true, .with = "top=cause",
	  .when = "with --top cause", .help = "the cause of the retransmission",
	  .offset = ROW(cause) },
	{ "attempt", NULL, FIELD_TEXT, .when = "with --top cause, of fail",
	  .help = "with cause fail: the cause that the attempt would have had",
	  .offset = ROW(attempt) },
	{ "errno", NULL, FIELD_TEXT, .when = "with --top cause, of fail",
	  .help = "with cause fail: the error, like EBUSY or NET_XMIT_DROP", .offset = ROW(error) },
	{ "reason", NULL, FIELD_TEXT, .when = "with --top cause, where there is one",
	  .help = "a reason that the cause does not tell", .offset = ROW(reason) },
	{ "why", "WHY", FIELD_TEXT, 20, .wide = true, .with = "top=cause", .table_only = true,
	  .help = "a reason that the cause does not tell, and where to look", .offset = ROW(why) },
	{ "netns", "NETNS", FIELD_U64, 11, .wide = true, .with = "top=destination",
	  .when = "with --top flow or destination", .help = "inode number of the network namespace",
	  .offset = ROW(netns) },
	{ "laddr_lport", "LADDR:LPORT", FIELD_TEXT, 22, .room = 55, .wide = true,
	  .with = "count top=flow", .table_only = true, .help = "local address and port",
	  .offset = ROW(local) },
	{ "raddr_rport", "RADDR:RPORT", FIELD_TEXT, 22, .room = 55, .wide = true,
	  .with = "count top=flow top=destination", .table_only = true,
	  .help = "remote address and port", .offset = ROW(remote) },
	{ "saddr", NULL, FIELD_TEXT, .when = "with --top flow", .help = "local address",
	  .offset = ROW(saddr_text) },
	{ "sport", NULL, FIELD_U64, .when = "with --top flow", .help = "local port",
	  .offset = ROW(sport) },
	{ "daddr", NULL, FIELD_TEXT, .when = "with --top flow or destination",
	  .help = "remote address", .offset = ROW(daddr_text) },
	{ "dport", NULL, FIELD_U64, .when = "with --top flow or destination", .help = "remote port",
	  .offset = ROW(dport) },
	TOP_FIELD_INTERVAL,
	{},
};

/* ---- members that are no fields ---- */

#define MEMBER_EVENT                                                                      \
	{                                                                                 \
		"event", "string", NULL,                                                  \
			"retransmit, failed (an attempt that sent nothing) or connection" \
	}
#define MEMBER_MPTCP                                                                  \
	{                                                                             \
		"mptcp", "boolean", "of a subflow of MPTCP", "true: it is a subflow", \
	}
#define MEMBER_CONTAINER                                                                \
	{                                                                               \
		"container", "object", "in a container", "the container of the cgroup", \
			process_container_members                                       \
	}

const struct member retrans_members[] = {
	MEMBER_EVENT,
	{ "again", "boolean", "if known", "it had been sent again before" },
	{ "orphan", "boolean", NULL, "no process has the socket any more" },
	MEMBER_MPTCP,
	MEMBER_CONTAINER,
	{},
};

const struct member conn_members[] = {
	MEMBER_EVENT,
	MEMBER_MPTCP,
	MEMBER_CONTAINER,
	{},
};

#define CAUSE(name)                                              \
	{                                                        \
		name, "integer", "if there were any", "segments" \
	}

static const struct member causes[] = {
	CAUSE("syn"),
	CAUSE("synack"),
	CAUSE("rto"),
	CAUSE("zero_window"),
	CAUSE("tlp"),
	CAUSE("rack"),
	CAUSE("fast"),
	CAUSE("slow_start"),
	CAUSE("pmtu"),
	CAUSE("mtu_probe"),
	CAUSE("fastopen"),
	CAUSE("other"),
	{ "fail", "integer", "if there were any", "attempts that sent nothing" },
	{},
};

const struct member sum_members[] = {
	{ "other", "boolean", "instead of a key", "true: what there was no room for" },
	{ "causes", "object", NULL, "how much of it has which cause", causes },
	{},
};

static const struct member checks[] = {
	{ "netns", "integer", NULL, "inode number of the network namespace" },
	{ "kernel_segs", "integer", "unless ended",
	  "the kernel's RetransSegs since the start, without failed_segs" },
	{ "seen_segs", "integer", NULL, "segments that the tool has seen" },
	{ "failed_segs", "integer", "unless ended",
	  "the kernel's TCPRetransFail since the start: segments that could not be sent" },
	{ "ended", "boolean", "if so",
	  "true: the namespace has ended, and the kernel's counters with it" },
	{ "equal", "boolean", "unless ended", "kernel_segs and seen_segs are the same" },
	{},
};

const struct member retrans_summary[] = {
	{ "shown_in_doubt", "integer", NULL,
	  "events shown for a process that listens, when the process that has accepted the "
	  "connection was not known" },
	{ "filtered_in_doubt", "integer", NULL, "the same of events that were filtered" },
	{ "kernel_segs", "integer", "where the kernel counts, too",
	  "seen_segs + unseen: segments sent again, by the kernel's own counts" },
	{ "seen_segs", "integer", "where the kernel counts, too",
	  "segments that the programs have seen sent again, before the filters" },
	{ "check", "object[]", "with --check", "each network namespace, compared with the kernel",
	  checks },
	{ "unchecked_segs", "integer", "with --check",
	  "segments of network namespaces that were made or ended meanwhile" },
	{ "tells_failures", "boolean", "with --check",
	  "the kernel tells of each attempt that could not be sent" },
	{},
};
