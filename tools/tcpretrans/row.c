// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/tcpretrans/row.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "common/owner/process.h"
#include "common/owner/socket_owner.h"
#include "tools/tcpretrans/cause.h"
#include "tools/tcpretrans/reason.h"

#define ROW(member) offsetof(struct retrans_row, member)

/* clang-format off */

/* What an event and a connection have in common, at both ends of a table. */
#define FIELDS_WHO(comm_width) \
	{ "time", "TIME", FIELD_TIME, 9, .offset = ROW(time_ns) }, \
	{ "pid", NULL, FIELD_U64, .offset = ROW(pid) }, \
	{ "pid", "PID", FIELD_CHARS, 8, .table_only = true, .offset = ROW(pid_text) }, \
	{ "comm", "COMM", FIELD_TEXT, comm_width, .room = 16, .foreign = true, \
	  .offset = ROW(comm) }, \
	{ "uid", "UID", FIELD_U32, 7, .wide = true, .offset = ROW(uid) }
#define FIELDS_FLOW(local_width, remote_is_wide) \
	{ "laddr_lport", "LADDR:LPORT", FIELD_CHARS, local_width, .room = 55, .table_only = true, \
	  .offset = ROW(local) }, \
	{ "raddr_rport", "RADDR:RPORT", FIELD_CHARS, 22, .room = 55, .wide = remote_is_wide, \
	  .table_only = true, .offset = ROW(remote) }, \
	{ "state", "STATE", FIELD_TEXT, 12, .wide = true, .offset = ROW(state) }, \
	{ "saddr", NULL, FIELD_CHARS, .offset = ROW(saddr) }, \
	{ "sport", NULL, FIELD_U32, .offset = ROW(sport) }, \
	{ "daddr", NULL, FIELD_CHARS, .offset = ROW(daddr) }, \
	{ "dport", NULL, FIELD_U32, .offset = ROW(dport) }, \
	{ "family", NULL, FIELD_CHARS, .offset = ROW(family) }
#define FIELDS_CONNECTION \
	{ "srtt_us", "SRTT(us)", FIELD_U64, 9, .wide = true, .offset = ROW(srtt_us) }, \
	{ "rttvar_us", "RTTVAR(us)", FIELD_U64, 11, .wide = true, .offset = ROW(rttvar_us) }, \
	{ "rto_ms", "RTO(ms)", FIELD_U64, 8, .wide = true, .offset = ROW(rto_ms) }, \
	{ "cwnd", "CWND", FIELD_U64, 7, .wide = true, .offset = ROW(cwnd) }, \
	{ "ssthresh", "SSTHRESH", FIELD_U64, 11, .wide = true, .offset = ROW(ssthresh) }, \
	{ "dsack", "DSACK", FIELD_U64, 7, .wide = true, .offset = ROW(dsack) }, \
	{ "congestion", "CONG", FIELD_TEXT, 8, .wide = true, .offset = ROW(congestion) }, \
	{ "netns", "NETNS", FIELD_U32, 11, .wide = true, .offset = ROW(netns) }, \
	{ "cookie", "COOKIE", FIELD_U64, 8, .wide = true, .offset = ROW(cookie) }, \
	{ "cgroup", "CGROUP", FIELD_TEXT, 32, .room = 100, .wide = true, .foreign = true, \
	  .offset = ROW(cgroup) }, \
	{ "cgroup_id", NULL, FIELD_U64, .offset = ROW(cgroup_id) }, \
	{ "container", "CONTAINER", FIELD_TEXT, 16, .room = 48, .wide = true, .table_only = true, \
	  .foreign = true, .offset = ROW(container) }, \
	{ "owner_from", NULL, FIELD_TEXT, .offset = ROW(owner_from) }, \
	{ "mss", NULL, FIELD_U64, .offset = ROW(mss) }, \
	{ "data_segs", NULL, FIELD_U64, .offset = ROW(data_segs) }, \
	{ "sent_bytes", NULL, FIELD_U64, .offset = ROW(sent_bytes) }

const struct field retrans_fields[] = {
	FIELDS_WHO(16),
	{ "cause", "CAUSE", FIELD_TEXT, 12, .offset = ROW(cause) },
	{ "attempt", "ATTEMPT", FIELD_TEXT, 12, .wide = true, .offset = ROW(attempt) },
	{ "errno", "ERRNO", FIELD_TEXT, 13, .wide = true, .offset = ROW(error) },
	{ "reason", NULL, FIELD_TEXT, .offset = ROW(reason) },
	{ "again", "AGAIN", FIELD_TEXT, 6, .wide = true, .table_only = true, .offset = ROW(again) },
	{ "segs", "SEGS", FIELD_U32, 5, .offset = ROW(segs) },
	{ "bytes", "BYTES", FIELD_U32, 8, .wide = true, .offset = ROW(bytes) },
	{ "seq", "SEQ", FIELD_U32, 11, .wide = true, .with = "sequence",
	  .offset = ROW(seq) },
	FIELDS_FLOW(18, true),
	{ "raddr_why", "RADDR:RPORT", FIELD_CHARS, 22, .table_only = true, .offset = ROW(remote_why) },
	{ "why", "WHY", FIELD_TEXT, 32, .wide = true, .table_only = true, .offset = ROW(why) },
	{ "flags", "FLAGS", FIELD_CHARS, 7, .wide = true, .offset = ROW(flags) },
	{ "backoff", "BACKOFF", FIELD_U64, 8, .wide = true, .offset = ROW(backoff) },
	{ "snd_wnd", "SND_WND", FIELD_U64, 9, .wide = true, .offset = ROW(snd_wnd) },
	{ "in_flight", "FLIGHT", FIELD_U64, 7, .wide = true, .offset = ROW(in_flight) },
	{ "lost", "LOST", FIELD_U64, 7, .wide = true, .offset = ROW(lost) },
	{ "total_segs", "TOTAL", FIELD_U64, 7, .wide = true, .offset = ROW(total_segs) },
	{ "total_bytes", NULL, FIELD_U64, .offset = ROW(total_bytes) },
	{ "orphan", "ORPHAN", FIELD_TEXT, 7, .wide = true, .table_only = true, .offset = ROW(orphan) },
	FIELDS_CONNECTION,
	{},
};

const struct field conn_fields[] = {
	FIELDS_WHO(12),
	{ "data_segs", "SENT", FIELD_U64, 7, .table_only = true, .offset = ROW(data_segs) },
	{ "total_segs", "RETRANS", FIELD_U64, 8, .offset = ROW(total_segs) },
	{ "retrans_percent", "%", FIELD_REAL, 6, 2, .offset = ROW(rate) },
	{ "spurious_percent", "SPUR%", FIELD_REAL, 6, 1, .offset = ROW(spurious) },
	FIELDS_FLOW(12, false),
	{ "total_bytes", "BYTES", FIELD_U64, 9, .wide = true, .offset = ROW(total_bytes) },
	FIELDS_CONNECTION,
	{},
};
/* clang-format on */

/* Who has accepted what a process listens for may be another one; a row does not hide that. */
static void row_owner(struct retrans_row *row, const struct socket_owner *owner, uint64_t socket)
{
	row->pid = owner->pid ?: FIELD_UNKNOWN;
	row->owner_from = socket_owner__from(owner, socket);
	snprintf(row->pid_text, sizeof(row->pid_text), "-");
	if (!owner->pid)
		return;
	snprintf(row->pid_text, sizeof(row->pid_text), "%u%s", owner->pid,
		 socket_owner__is_listener(owner, socket) ? "?" : "");
	memcpy(row->comm_text, owner->comm, sizeof(owner->comm));
	row->comm = row->comm_text;
}

static void row_flow(struct retrans_row *row, const struct net_flow *f)
{
	struct net_scope scope = { f->ifindex, f->netns };

	net_addr__text(&f->local, &scope, row->saddr);
	net_addr__text(&f->remote, &scope, row->daddr);
	net_addr__endpoint(&f->local, &scope, f->lport, row->local);
	net_addr__endpoint(&f->remote, &scope, f->rport, row->remote);
	snprintf(row->family, sizeof(row->family), "%s",
		 net_addr__is_v4(&f->remote) ? "ipv4" : "ipv6");
	row->sport = f->lport;
	row->dport = f->rport;
	row->netns = f->netns;
}

static void row_cgroup(struct retrans_row *row, uint64_t id, struct cgroup_names *cgroups)
{
	const struct cgroup_name *name;
	const struct container *c;

	row->cgroup_id = id ?: FIELD_UNKNOWN;
	name = id ? cgroup_names__find(cgroups, CGROUP_KEY(0, id)) : NULL;
	if (!name)
		return;
	row->cgroup = name->path;
	row->container_full = c = name->container;
	if (!c)
		return;
	snprintf(row->container_id, sizeof(row->container_id), "%.12s", c->id);
	row->container = *c->name ? c->name : row->container_id;
}

static void row_reason(struct retrans_row *row, const struct retrans_record *r)
{
	const struct reason_of of = {
		.cause = r->cause,
		.reason = r->reason,
		.attempt = r->attempt,
		.error = r->error,
	};

	row->reason = reason__name(&of);
	row->why = reason__text(&of, row->why_text, sizeof(row->why_text));
	snprintf(row->remote_why, sizeof(row->remote_why), "%s%s%s", row->remote,
		 row->why ? "  " : "", row->why ?: "");
	if (r->cause != CAUSE_FAIL)
		return;
	row->attempt = cause__name(r->attempt);
	row->error = reason__errno(r->error, row->error_text, sizeof(row->error_text));
}

static void row_segment(struct retrans_row *row, const struct retrans_record *r)
{
	row->cause = cause__name(r->cause);
	row_reason(row, r);
	row->segs = r->segs;
	row->bytes = r->bytes;
	row->seq = r->seq;
	net__tcp_flags(r->tcp_flags, row->flags);
	if (r->flags & (RETRANS_AGAIN | RETRANS_AGAIN_UNKNOWN))
		row->again = r->flags & RETRANS_AGAIN ? "again" : "?";
}

/* A listener's own figures say nothing about the connection that asks. */
static void row_unknown(struct retrans_row *row)
{
	row->srtt_us = row->rttvar_us = row->rto_ms = row->backoff = FIELD_UNKNOWN;
	row->cwnd = row->ssthresh = row->snd_wnd = row->in_flight = row->lost = FIELD_UNKNOWN;
	row->dsack = row->total_bytes = row->data_segs = row->sent_bytes = FIELD_UNKNOWN;
}

/*
 * What came twice the peer says by SACK only, and never of a SYN. More of it than what was sent
 * again is what the network has doubled.
 */
static bool row_tells_spurious(const struct retrans_record *r)
{
	return (r->flags & RETRANS_SACK) && r->bytes_retrans && r->total_segs > r->segs &&
	       r->dsack <= r->total_segs - r->segs;
}

static void row_connection(struct retrans_row *row, const struct retrans_record *r)
{
	static uint64_t jiffy_ns;

	if (!jiffy_ns)
		jiffy_ns = clock__jiffy_ns();
	row->srtt_us = r->srtt_us ?: FIELD_UNKNOWN;
	row->rttvar_us = r->srtt_us ? r->rttvar_us : FIELD_UNKNOWN;
	row->rto_ms = r->rto_jiffies * jiffy_ns / 1000000;
	row->backoff = r->backoff;
	row->cwnd = r->cwnd;
	/* What it is as long as nothing was lost: TCP_INFINITE_SSTHRESH. */
	row->ssthresh = r->ssthresh == 0x7fffffff ? FIELD_UNKNOWN : r->ssthresh;
	row->snd_wnd = r->snd_wnd;
	row->in_flight = r->in_flight;
	row->lost = r->lost;
	row->dsack = r->dsack;
	row->total_bytes = r->bytes_retrans;
	row->data_segs = r->data_segs;
	row->sent_bytes = r->bytes_sent;
	memcpy(row->congestion_text, r->congestion, sizeof(r->congestion));
	row->congestion = row->congestion_text;
	/* Of segments the kernel counts as sent only those with data, but as sent again also SYNs.
	 */
	if (r->bytes_sent)
		row->rate = 100.0 * r->bytes_retrans / r->bytes_sent;
	if (row_tells_spurious(r))
		row->spurious = 100.0 * r->dsack / (r->total_segs - r->segs);
}

void row__fill(struct retrans_row *row, const struct retrans_record *r,
	       const struct socket_owner *owner, struct cgroup_names *cgroups)
{
	memset(row, 0, sizeof(*row));
	row->time_ns = r->head.time_ns;
	row->uid = r->uid;
	row->rate = row->spurious = NAN;
	row->state = net__tcp_state(r->state);
	row->cookie = r->cookie ?: FIELD_UNKNOWN;
	row->mss = r->mss;
	row->total_segs = r->total_segs;
	row->orphan = r->flags & RETRANS_ORPHAN ? "orphan" : NULL;
	row_owner(row, owner, r->socket);
	row_flow(row, &r->flow);
	row_cgroup(row, r->cgroup_id, cgroups);
	row_segment(row, r);
	if (r->head.kind == RETRANS_EVENT && r->cause == CAUSE_SYNACK)
		row_unknown(row);
	else
		row_connection(row, r);
}

void row__json(const struct retrans_row *row, const struct retrans_record *r, struct json *j)
{
	if (r->head.kind == RETRANS_EVENT) {
		if (!(r->flags & RETRANS_AGAIN_UNKNOWN))
			json__bool(j, "again", r->flags & RETRANS_AGAIN);
		json__bool(j, "orphan", r->flags & RETRANS_ORPHAN);
	}
	if (r->flags & RETRANS_MPTCP)
		json__bool(j, "mptcp", true);
	if (row->container_full)
		process__json_container(row->container_full, j);
}
