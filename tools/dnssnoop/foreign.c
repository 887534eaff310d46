// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/foreign.h"

#include <errno.h>
#include <string.h>
#include "common/base/clock.h"
#include "tools/dnssnoop/outcome.h"

/* So long after its first packet a flow is told, and after its end what is under way comes. */
#define TELL_NS (5 * NSEC_PER_SEC)
#define CLOSED_NS (NSEC_PER_SEC / 2)

static void due_at(struct dns_match *match, struct flow *f, uint64_t due_ns)
{
	f->due_ns = due_ns;
	if (due_ns < match->flows_due_ns)
		match->flows_due_ns = due_ns;
}

/* Whoever came first, the one who asks is the client, and has the answer's packet as its own. */
static void flow_owner(const struct dns_match *match, struct flow *f, const struct dns_packet *p)
{
	struct dns_packet *own = &f->packet;

	if (match->opt->server)
		own->flags &= ~DNS_OUT;
	else
		own->flags |= DNS_OUT;
	if (own == p || !p->who.pid || (own->who.pid && !match->opt->server))
		return;
	own->who = p->who;
	own->wanted = p->wanted;
	memcpy(own->leader, p->leader, sizeof(own->leader));
}

static void flow_count(struct flow *f, struct arrival *a, size_t len)
{
	f->last_ns = a->packet->head.time_ns;
	f->packets += a->packet->flags & DNS_TCP ? a->packets : 1;
	f->events += arrival__packets(a);
	f->bytes += len;
	f->stream_bytes += len;
}

/* The row of what has not been told. */
static void flow_tell(struct dns_match *match, struct run *run, struct flow *f, bool other)
{
	if (f->guess == GUESS_NONE && f->stream_bytes < 2 + DNS_HEADER)
		f->guess = GUESS_SHORT;
	else if (f->guess == GUESS_NONE)
		f->guess = f->may_be_message ? GUESS_INCOMPLETE : GUESS_UNKNOWN;
	outcome__foreign(match, run, f, other);
	f->packets = f->bytes = f->events = 0;
}

static void flow_end(struct dns_match *match, struct run *run, struct flow *f)
{
	if (f->packets)
		flow_tell(match, run, f, false);
	flows__forget(match->flows, f);
}

static struct flow *flow_add(struct arrival *a)
{
	struct dns_match *match = a->match;
	struct flow *f = flows__excess(match->flows);

	if (f)
		flow_end(match, a->run, f);
	f = flows__add(match->flows, a->packet);
	if (f)
		due_at(match, f, a->packet->head.time_ns + TELL_NS);
	return f;
}

static struct flow *flow_get(struct arrival *a)
{
	struct flow *f = flows__find(a->match->flows, a->packet) ?: flow_add(a);

	if (!f)
		return NULL;
	flow_owner(a->match, f, a->packet);
	flows__touch(a->match->flows, f);
	return f;
}

/* All that there is no room for is one row; whose it is, if they are one socket's. */
static void other_add(struct arrival *a, size_t len)
{
	struct dns_match *match = a->match;
	struct flow *other = &match->others;

	if (match->filter_owner && a->packet->wanted != WANTED_YES) {
		a->run->filtered += arrival__packets(a);
		return;
	}
	if (!other->packets) {
		*other = (struct flow){ .packet = *a->packet, .guess = GUESS_UNKNOWN };
		flow_owner(match, other, a->packet);
		due_at(match, other, a->packet->head.time_ns + TELL_NS);
	} else if (other->packet.cookie != a->packet->cookie) {
		memset(&other->packet.who, 0, sizeof(other->packet.who));
	}
	flow_count(other, a, len);
}

int foreign__datagram(struct arrival *a, size_t len, enum guess guess)
{
	struct flows *flows = a->match->flows;
	struct flow *f;

	if (flows__full_of_udp(flows) && !flows__find(flows, a->packet)) {
		other_add(a, len);
		return 0;
	}
	f = flow_get(a);
	if (!f)
		return -ENOMEM;
	if (f->guess == GUESS_NONE || f->guess == GUESS_SHORT)
		f->guess = guess;
	flow_count(f, a, len);
	return 0;
}

static size_t segment_len(const struct dns_packet *p)
{
	return p->flags & DNS_LAST ? p->len : p->bytes_len;
}

/* Of a connection whose beginning has been seen, only that tells. */
static enum guess guess_segment(struct arrival *a, const uint8_t *bytes)
{
	const struct dns_packet *p = a->packet;
	const struct tcp_key key = { p->cookie, p->flags & DNS_OUT };

	if (tcp_streams__spoke(a->match->streams, p->cookie))
		return GUESS_NONE;
	return guess__stream(bytes, p->bytes_len,
			     !(p->flags & DNS_FIRST) &&
				     !tcp_streams__follows(a->match->streams, &key));
}

int foreign__segment(struct arrival *a, const uint8_t *bytes)
{
	struct flow *f = flows__find(a->match->flows, a->packet);
	enum guess guess = f ? f->guess : GUESS_NONE;

	if (guess == GUESS_NONE || (f && f->told && guess >= GUESS_SHORT))
		guess = guess_segment(a, bytes) ?: GUESS_NONE;
	if (guess == GUESS_NONE)
		return 0;
	f = flow_get(a);
	if (!f)
		return -ENOMEM;
	f->guess = guess;
	if (!f->name.len && !f->told)
		guess__server_name(bytes, a->packet->bytes_len, &f->name);
	flow_count(f, a, segment_len(a->packet));
	return 1;
}

int foreign__stream(struct arrival *a, enum guess guess)
{
	struct flow *f = flow_get(a);

	if (!f)
		return -ENOMEM;
	f->guess = guess;
	if (a->packets)
		flow_count(f, a, segment_len(a->packet));
	return 0;
}

int foreign__undecided(struct arrival *a, const uint8_t *bytes)
{
	struct flow *f = flow_get(a);

	if (!f)
		return -ENOMEM;
	if (!f->stream_bytes)
		f->may_be_message = tcp__may_be_message(bytes, a->packet->bytes_len);
	flow_count(f, a, segment_len(a->packet));
	return 0;
}

void foreign__is_dns(struct arrival *a)
{
	struct flow *f = flows__find(a->match->flows, a->packet);

	if (!f || (f->guess != GUESS_NONE && !f->told))
		return;
	outcome__rest(a->match, a->run, f->events, f->packet.wanted);
	flows__forget(a->match->flows, f);
}

void foreign__closed(struct dns_match *match, uint64_t cookie, uint64_t time_ns)
{
	for (struct flow *f = flows__first(match->flows); f; f = flow__next(f)) {
		if (f->packet.cookie != cookie || f->closed)
			continue;
		f->closed = true;
		due_at(match, f, time_ns + CLOSED_NS);
	}
}

bool foreign__is_due(const struct dns_match *match, uint64_t now_ns)
{
	return match->flows_due_ns <= now_ns;
}

static void tell_others(struct dns_match *match, struct run *run)
{
	if (match->others.packets)
		flow_tell(match, run, &match->others, true);
}

void foreign__expire(struct dns_match *match, struct run *run, uint64_t now_ns)
{
	struct flow *f, *next;

	if (!foreign__is_due(match, now_ns))
		return;
	match->flows_due_ns = UINT64_MAX;
	for (f = flows__first(match->flows); f; f = next) {
		next = flow__next(f);
		if (f->due_ns > now_ns) {
			due_at(match, f, f->due_ns);
		} else if (f->closed) {
			flow_end(match, run, f);
		} else {
			flow_tell(match, run, f, false);
			flows__told(match->flows, f);
			f->due_ns = UINT64_MAX;
		}
	}
	if (match->others.due_ns <= now_ns)
		tell_others(match, run);
	else if (match->others.packets)
		due_at(match, &match->others, match->others.due_ns);
}

void foreign__end(struct dns_match *match, struct run *run)
{
	struct flow *f;

	while ((f = flows__first(match->flows)))
		flow_end(match, run, f);
	tell_others(match, run);
}
