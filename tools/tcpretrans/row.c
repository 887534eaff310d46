// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/tcpretrans/row.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "common/owner/process.h"
#include "common/owner/socket_owner.h"
#include "tools/tcpretrans/cause.h"
#include "tools/tcpretrans/reason.h"

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
	if (id && !name)
		cgroup_names__miss(cgroups);
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
