// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What sums can be by, beside the keys that all tools have. */
#include "tools/tcpretrans/sums.h"

#include <stdio.h>
#include <string.h>
#include "common/owner/socket_owner.h"
#include "common/owner/top_owner.h"
#include "tools/tcpretrans/cause.h"
#include "tools/tcpretrans/reason.h"

struct process_key {
	uint32_t pid, listens; /* bool: it may be another one that has accepted it */
	char comm[PROCESS_COMM_LEN + 1];
};

static void flow_key(void *key, const struct top_owner *owner, const void *event)
{
	(void)owner;
	*(struct net_flow *)key = ((const struct sum_event *)event)->r->flow;
}

static void destination_key(void *key, const struct top_owner *owner, const void *event)
{
	const struct net_flow *flow = &((const struct sum_event *)event)->r->flow;
	struct net_flow *k = key;

	(void)owner;
	k->remote = flow->remote;
	k->rport = flow->rport;
	/* The same address is another host in another network namespace. */
	k->netns = flow->netns;
	if (net_addr__is_scoped(&flow->remote))
		k->ifindex = flow->ifindex;
}

static void process_key(void *key, const struct top_owner *owner, const void *event)
{
	const struct sum_event *e = event;
	struct process_key *k = key;

	k->pid = owner->pid;
	k->listens = socket_owner__is_listener(e->owner, e->r->socket);
	snprintf(k->comm, sizeof(k->comm), "%s", owner->comm ?: "");
}

static void cause_key(void *key, const struct top_owner *owner, const void *event)
{
	const struct retrans_record *r = ((const struct sum_event *)event)->r;

	(void)owner;
	*(struct reason_of *)key = (struct reason_of){
		.cause = r->cause,
		.reason = r->reason,
		.attempt = r->cause == CAUSE_FAIL ? r->attempt : 0,
		.error = r->error,
	};
}

static void destination_row(const void *key, void *row)
{
	const struct net_flow *f = key;
	struct net_scope scope = { f->ifindex, f->netns };
	struct sum_row *r = row;

	net_addr__text(&f->remote, &scope, r->daddr);
	net_addr__endpoint(&f->remote, &scope, f->rport, r->remote_text);
	r->daddr_text = r->daddr;
	r->remote = r->remote_text;
	r->dport = f->rport;
	r->netns = f->netns;
}

static void flow_row(const void *key, void *row)
{
	const struct net_flow *f = key;
	struct net_scope scope = { f->ifindex, f->netns };
	struct sum_row *r = row;

	net_addr__text(&f->local, &scope, r->saddr);
	net_addr__endpoint(&f->local, &scope, f->lport, r->local_text);
	r->saddr_text = r->saddr;
	r->local = r->local_text;
	r->sport = f->lport;
	destination_row(key, row);
}

static void process_row(const void *key, void *row)
{
	const struct process_key *k = key;
	struct sum_row *r = row;

	r->top.pid = k->pid ?: FIELD_UNKNOWN;
	r->top.comm = *k->comm ? k->comm : NULL;
	r->owner_from = k->listens ? "listener" : NULL;
	snprintf(r->pid_text, sizeof(r->pid_text), k->pid ? "%u%s" : "-", k->pid,
		 k->listens ? "?" : "");
}

static void cause_row(const void *key, void *row)
{
	const struct reason_of *of = key;
	struct sum_row *r = row;

	r->cause = cause__name(of->cause);
	r->reason = reason__name(of);
	r->why = reason__text(of, r->why_text, sizeof(r->why_text));
	if (of->cause != CAUSE_FAIL)
		return;
	r->attempt = cause__name(of->attempt);
	r->error = reason__errno(of->error, r->error_text, sizeof(r->error_text));
}

static const struct top_by by_flow = { "flow", sizeof(struct net_flow), flow_key, flow_row };
static const struct top_by by_destination = { "destination", sizeof(struct net_flow),
					      destination_key, destination_row };
/* With a row of its own for what a process listens for. */
static const struct top_by by_process = { "process", sizeof(struct process_key), process_key,
					  process_row };
static const struct top_by by_cause = { "cause", sizeof(struct reason_of), cause_key, cause_row };

const struct top_by *const sums_by[] = { &by_flow,	  &by_destination,   &by_process,
					 &top_by_program, &top_by_container, &top_by_cgroup,
					 &top_by_unit,	  &by_cause,	     NULL };
