// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/match.h"

#include <errno.h>
#include <string.h>
#include "common/base/clock.h"
#include "common/net/net.h"
#include "tools/dnssnoop/foreign.h"
#include "tools/dnssnoop/intake.h"
#include "tools/dnssnoop/outcome.h"
#include "tools/dnssnoop/pcap.h"
#include "tools/dnssnoop/result.h"

/* Who asks again from another socket does so soon after the old one is closed. */
#define RELEASED_NS (NSEC_PER_SEC / 2)

/* The answers of open lookups may have been in it. */
static void missed(void *ctx, const struct tcp_key *key)
{
	struct dns_match *match = ctx;

	if (!key->out != match->opt->server)
		lookups__overtake(match->lookups, key->cookie);
}

int match__init(struct dns_match *match, uint64_t now_ns)
{
	match->looks[0].time_ns = match->looks[1].time_ns = now_ns;
	match->lookups = lookups__new();
	match->streams = tcp_streams__new();
	if (match->streams)
		tcp_streams__tell(match->streams, missed, match);
	match->flows = flows__new();
	match->flows_due_ns = UINT64_MAX;
	return match->lookups && match->streams && match->flows ? top__begin(&match->sums, now_ns) :
								  -ENOMEM;
}

void match__free(struct dns_match *match)
{
	lookups__free(match->lookups);
	tcp_streams__free(match->streams);
	flows__free(match->flows);
	datagrams__free(&match->datagrams);
	pcapng__free(match->pcap);
	top__free(&match->sums);
	dns_filter__free(&match->filter);
	buf__free(&match->words);
}

/* A server has one socket for all clients: whose a message is, the other end's address tells. */
static uint64_t client_of(const struct dns_packet *p)
{
	uint64_t h = p->cookie;

	for (int i = 0; i < 4; i++)
		h = (h ^ p->remote.word[i]) * 0x9e3779b97f4a7c15ULL;
	return (h ^ p->rport) * 0x9e3779b97f4a7c15ULL;
}

static bool is_for_pcap(const struct arrival *a)
{
	return a->match->pcap && (!a->match->filter_owner || a->packet->wanted == WANTED_YES);
}

static int match_datagram(void *ctx, const uint8_t *bytes, size_t len, size_t whole)
{
	struct arrival *a = ctx;
	struct dns_packet one = *a->packet;

	one.bytes_len = len;
	one.len = whole;
	if (is_for_pcap(a))
		pcap__packet(a->match->pcap, &one, bytes, &a->match->names);
	a->missing = whole - len;
	return intake__message(a, bytes, len);
}

static void end_closed(struct dns_match *match, struct run *run, uint64_t cookie, uint64_t end_ns)
{
	struct lookup *l;

	while ((l = lookups__of_socket(match->lookups, cookie))) {
		/* Then the server has closed it because the asker did. */
		if (l->released_ns)
			outcome__abandoned(match, run, l);
		else
			outcome__given_up(match, run, l,
					  &(struct ending){ .end = LOOKUP_CLOSED,
							    .result = "CLOSED",
							    .time_ns = end_ns });
	}
}

/* Segments with parts of messages only belong to no row, but to a connection that has some. */
static int segment_rest(struct arrival *a, const uint8_t *bytes)
{
	if (tcp_streams__spoke(a->match->streams, a->packet->cookie)) {
		foreign__is_dns(a);
		return 0;
	}
	return a->packets ? foreign__undecided(a, bytes) : 0;
}

static int match_segment(struct arrival *a, const uint8_t *bytes)
{
	const struct dns_packet *p = a->packet;
	struct tcp_key key = { p->cookie, p->flags & DNS_OUT };
	bool more = !(p->flags & DNS_LAST);
	struct tcp_segment g = { p->seq, p->flags & DNS_FIRST, more,
				 bytes,	 p->bytes_len,	       more ? p->bytes_len : p->len };
	int err;

	if (is_for_pcap(a))
		pcap__packet(a->match->pcap, p, bytes, &a->match->names);
	err = foreign__segment(a, bytes);
	if (err)
		return err;
	err = tcp_streams__segment(a->match->streams, &key, &g, intake__message, a);
	if (err > 0)
		missed(a->match, &key);
	/* The end had come before this. */
	if (!key.out && tcp_streams__is_finished(a->match->streams, &key))
		end_closed(a->match, a->run, p->cookie, p->head.time_ns);
	return err < 0 ? err : segment_rest(a, bytes);
}

static int match_packet(struct dns_match *match, struct run *run, const struct dns_packet *record)
{
	struct dns_packet packet = *record;
	struct arrival a = { match, run, &packet, !!(packet.flags & DNS_LAST), 0 };
	const uint8_t *bytes = (const uint8_t *)(record + 1);
	int err;

	if (packet.head.size < sizeof(packet) ||
	    packet.bytes_len > packet.head.size - sizeof(packet) || packet.bytes_len > packet.len)
		return -EINVAL;
	if (!follow__wants(run->follow, packet.who.cgroup_id, packet.who.cgroup1_id)) {
		run->filtered += arrival__packets(&a);
		return 0;
	}
	if (packet.wanted == WANTED_PENDING)
		packet.wanted = WANTED_YES;
	if (match->opt->server)
		packet.cookie = client_of(&packet);
	if (packet.flags & DNS_HIDDEN)
		err = intake__begin(&a, NULL);
	else if (packet.flags & DNS_TCP)
		err = match_segment(&a, bytes);
	else
		err = datagrams__record(&match->datagrams, &packet, bytes, match_datagram, &a);
	outcome__rest(match, run, arrival__packets(&a), packet.wanted);
	return err < 0 ? err : 0;
}

static void match_error(struct dns_match *match, struct run *run, const struct dns_end *e)
{
	struct lookup *l = lookups__of_socket(match->lookups, e->cookie);
	const char *result = l ? result__of_error(e, net_addr__is_v4(&l->packet.remote)) : NULL;
	enum lookup_end end = e->error == ETIMEDOUT ? LOOKUP_TIMEOUT : LOOKUP_ERROR;

	/* A socket that is not connected may be told, too; not of which server, if it asks several.
	 */
	if (!result || !lookup__asks_one_server(l))
		return;
	while ((l = lookups__of_socket(match->lookups, e->cookie))) {
		lookup__name_last(l);
		outcome__unanswered(match, run, l,
				    &(struct ending){ .end = end,
						      .result = result,
						      .error = e,
						      .time_ns = e->head.time_ns });
	}
}

/* Of the side that asks only. */
static void match_socket_end(struct dns_match *match, struct run *run, const struct dns_end *e)
{
	struct tcp_key key = { e->cookie, 0 };

	if (match->opt->server)
		return;
	if (e->reason == DNS_RELEASED || (e->reason == DNS_ERRED && e->tcp))
		foreign__closed(match, e->cookie, e->head.time_ns);
	switch (e->reason) {
	case DNS_ERRED:
		match_error(match, run, e);
		break;
	case DNS_FINISHED:
		/* Forged, or what is missing before it is the answer. */
		if (e->gap && !tcp_streams__follows(match->streams, &key))
			break;
		tcp_streams__finish(match->streams, &key, e->seq);
		if (tcp_streams__is_finished(match->streams, &key))
			end_closed(match, run, e->cookie, e->head.time_ns);
		break;
	case DNS_RELEASED:
		lookups__release(match->lookups, e->cookie, e->head.time_ns);
		break;
	}
}

int match__record(struct dns_match *match, struct run *run, const struct record *r)
{
	if (r->kind == DNS_PACKET)
		return match_packet(match, run, (const void *)r) ?: match->err;
	if (r->kind != DNS_END || r->size < sizeof(struct dns_end))
		return -EINVAL;
	match_socket_end(match, run, (const void *)r);
	return 0;
}

void match__lost(struct dns_match *match, uint64_t lost)
{
	match->lost = lost;
}

void match__look(struct dns_match *match, uint64_t now_ns, uint64_t lost)
{
	match->lost = lost;
	match->looks[1] = match->looks[0];
	match->looks[0] = (struct lost_then){ now_ns, lost };
}

/* Clocks begin at 0 when a host is booted. */
static uint64_t before(uint64_t now_ns, uint64_t ns)
{
	return now_ns < ns ? 0 : now_ns - ns;
}

/* One whose last query is older than it may wait. */
static struct lookup *oldest_due(const struct dns_match *match, uint64_t now_ns)
{
	return lookups__oldest(match->lookups, before(now_ns, match->opt->timeout_ns));
}

static struct lookup *released_due(const struct dns_match *match, uint64_t now_ns)
{
	return lookups__released(match->lookups, before(now_ns, RELEASED_NS));
}

bool match__is_due(const struct dns_match *match, uint64_t now_ns)
{
	return oldest_due(match, now_ns) || released_due(match, now_ns) ||
	       foreign__is_due(match, now_ns);
}

static void end_released(struct dns_match *match, struct run *run, uint64_t until_ns)
{
	struct lookup *l;

	while ((l = lookups__released(match->lookups, until_ns)))
		outcome__abandoned(match, run, l);
}

void match__expire(struct dns_match *match, struct run *run, uint64_t now_ns)
{
	struct lookup *l;

	foreign__expire(match, run, now_ns);
	end_released(match, run, before(now_ns, RELEASED_NS));
	while ((l = oldest_due(match, now_ns)))
		outcome__timed_out(match, run, l, l->last_ns + match->opt->timeout_ns);
}

void match__end(struct dns_match *match, struct run *run)
{
	struct lookup *l;

	foreign__end(match, run);
	end_released(match, run, UINT64_MAX);
	while ((l = lookups__oldest(match->lookups, UINT64_MAX))) {
		/* Open, and neither answered nor given up. */
		outcome__unanswered(match, run, l,
				    &(struct ending){ .end = LOOKUP_OPEN,
						      .result = "UNKNOWN",
						      .time_ns = run->now_ns });
	}
}
