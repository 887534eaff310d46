// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/tcpretrans/view.h"

#include <errno.h>
#include <string.h>
#include "common/base/option.h"
#include "tools/tcpretrans/fields.h"

static void view_not_both(const char *option, const char *other)
{
	msg__error(option__typed(option), "cannot be used together with %s", option__typed(other));
}

static int view_exclusive(const struct retrans_options *opt)
{
	if (opt->conn && (opt->top.by || opt->count))
		view_not_both("conn", opt->count ? "count" : "top");
	else if (opt->conn && opt->check)
		view_not_both("check", "conn");
	else if (opt->conn && opt->causes)
		view_not_both("cause", "conn");
	else if (opt->count && opt->top.by && strcmp(opt->top.by, "flow"))
		msg__error(option__typed("count"),
			   "means --top flow, and cannot be used together with another --top");
	else if (opt->interval_s && !opt->top.by && !opt->count)
		msg__error("interval", "needs --top or -c");
	else
		return 0;
	return -EINVAL;
}

int view__parsed(struct retrans_view *v)
{
	return view_exclusive(v->opt) ?: sums__parse(&v->sums, v->opt);
}

/*
 * By owner here and not in the programs: who has the socket may be known only now, when the
 * process that opened it has ended, or another one than the listener has accepted it.
 */
static bool view_wants_owner(const struct retrans_view *v, const struct socket_owner *owner)
{
	const struct retrans_options *opt = v->opt;

	if (opt->owner.pid && owner->pid != opt->owner.pid)
		return false;
	return !opt->owner.comm ||
	       (owner->pid && !strncmp(owner->comm, opt->owner.comm, sizeof(owner->comm)));
}

static void view_show(struct run *run, const struct field *fields, const struct retrans_row *row,
		      const struct retrans_record *r)
{
	struct out *o = &run->out;

	run->shown++;
	out__begin(o, "event", r->head.time_ns);
	if (o->json) {
		json__str(&o->j, "event",
			  r->head.kind == RETRANS_CONN ? "connection" :
			  r->cause == CAUSE_FAIL       ? "failed" :
							 "retransmit");
		out__members(o, fields, row);
		row__json(row, r, &o->j);
	}
	out__end(o);
	out__row(o, row);
}

static void view_owner(struct retrans_view *v, const struct retrans_record *r,
		       struct socket_owner *owner)
{
	const struct socket_event event = {
		.time_ns = r->head.time_ns,
		.socket = r->socket,
		.cookie = r->flags & RETRANS_MPTCP ? 0 : r->cookie,
	};

	*owner = r->owner;
	/* Whose descriptors have all been closed has no other owner. */
	if (v->owners && !(r->flags & RETRANS_ORPHAN))
		socket_owners__update(v->owners, &event, owner);
}

int view__record(struct retrans_view *v, struct run *run, const void *data, size_t size)
{
	const struct retrans_record *r = data;
	struct socket_owner owner;
	struct retrans_row row;
	bool listens, wanted;

	if (size < sizeof(*r) || r->cause >= CAUSE_MAX)
		return -EINVAL;
	view_owner(v, r, &owner);
	listens = socket_owner__is_listener(&owner, r->socket);
	wanted = tool__wants(run, r->cgroup_id, 0);
	if (wanted && !view_wants_owner(v, &owner)) {
		v->filtered_in_doubt += listens;
		run->filtered++;
		wanted = false;
	}
	if (!wanted)
		return v->sums.top.by ? sums__ignore(&v->sums, r) : 0;
	v->shown_in_doubt += listens;
	row__fill(&row, r, &owner, run->cgroups);
	if (v->sums.top.by)
		return sums__add(&v->sums, &(struct sum_event){ r, &owner }, &row);
	view_show(run, v->opt->conn ? conn_fields : retrans_fields, &row, r);
	return 0;
}

void view__in_doubt(const struct retrans_view *v, struct out *o)
{
	const struct retrans_options *opt = v->opt;
	bool by_owner = opt->owner.pid || opt->owner.comm;

	if (by_owner && (v->shown_in_doubt || v->filtered_in_doubt))
		out__text(
			o,
			"in doubt: %llu shown, %llu filtered: attributed to the process that listens, "
			"since the process that accepted the connection is not known\n",
			(unsigned long long)v->shown_in_doubt,
			(unsigned long long)v->filtered_in_doubt);
}

void view__json(const struct retrans_view *v, struct json *j)
{
	json__u64(j, "shown_in_doubt", v->shown_in_doubt);
	json__u64(j, "filtered_in_doubt", v->filtered_in_doubt);
}
