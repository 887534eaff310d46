// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/lookup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "common/base/clock.h"
#include "common/net/net.h"

#define BUCKETS 16384 /* a power of two; 256 kB of pointers */
/* Some 400 bytes each. */
#define OPEN_MAX 24576
#define DONE_MAX 4096
/* An attacker may have many in one bucket. */
#define CHAIN_MAX 64
/* Who asks the same from another socket before that asks twice; later, again. */
#define AGAIN_NS (100 * NSEC_PER_SEC / 1000)

struct lookups {
	struct lookup *by_question[BUCKETS];
	struct lookup *by_socket[BUCKETS]; /* open ones, by the last cookie */
	/* By last_ns; by released_ns; by when they were over. */
	struct lookup_list open, released, done;
	size_t open_count, done_count;
};

struct lookups *lookups__new(void)
{
	return calloc(1, sizeof(struct lookups));
}

static void list_free(struct lookup_list *list)
{
	while (list->first) {
		struct lookup *l = list->first;

		list->first = l->next;
		free(l);
	}
}

void lookups__free(struct lookups *ls)
{
	if (!ls)
		return;
	list_free(&ls->open);
	list_free(&ls->released);
	list_free(&ls->done);
	free(ls);
}

static void list_append(struct lookup_list *list, struct lookup *l)
{
	l->prev = list->last;
	l->next = NULL;
	if (list->last)
		list->last->next = l;
	else
		list->first = l;
	list->last = l;
}

static void list_remove(struct lookup_list *list, struct lookup *l)
{
	if (l->prev)
		l->prev->next = l->next;
	else
		list->first = l->next;
	if (l->next)
		l->next->prev = l->prev;
	else
		list->last = l->prev;
}

static void open_remove(struct lookups *ls, struct lookup *l)
{
	list_remove(l->released_ns ? &ls->released : &ls->open, l);
	l->released_ns = 0;
}

static struct lookup **socket_bucket(struct lookups *ls, uint64_t cookie)
{
	return &ls->by_socket[cookie * 0x9e3779b97f4a7c15ULL >> 50 & (BUCKETS - 1)];
}

static struct lookup **question_bucket(struct lookups *ls, uint32_t hash)
{
	return &ls->by_question[(hash ^ hash >> 16) & (BUCKETS - 1)];
}

static void question_add(struct lookups *ls, struct lookup *l)
{
	struct lookup **bucket = question_bucket(ls, l->hash);

	l->next_question = *bucket;
	l->prev_question = bucket;
	if (*bucket)
		(*bucket)->prev_question = &l->next_question;
	*bucket = l;
}

static void question_remove(struct lookup *l)
{
	*l->prev_question = l->next_question;
	if (l->next_question)
		l->next_question->prev_question = l->prev_question;
}

static void socket_add(struct lookups *ls, struct lookup *l, uint64_t cookie)
{
	struct lookup **bucket = socket_bucket(ls, cookie);

	l->next_socket = *bucket;
	l->prev_socket = bucket;
	if (*bucket)
		(*bucket)->prev_socket = &l->next_socket;
	*bucket = l;
}

static void socket_remove(struct lookup *l)
{
	*l->prev_socket = l->next_socket;
	if (l->next_socket)
		l->next_socket->prev_socket = l->prev_socket;
}

static uint64_t last_cookie(const struct lookup *l)
{
	return l->cookies[(l->queries - 1) % LOOKUP_SOCKETS];
}

static bool has_cookie(const struct lookup *l, uint64_t cookie)
{
	for (int i = 0; i < LOOKUP_SOCKETS; i++)
		if (l->cookies[i] == cookie)
			return true;
	return false;
}

static uint32_t question_hash(const struct question *q)
{
	return dns_name__hash(&q->name) ^ q->type * 40503u ^ q->id * 2654435761u;
}

void lookup__name(const struct lookup *l, struct dns_name *name)
{
	name->len = l->name_len;
	memcpy(name->wire, l->name, l->name_len);
}

static bool same_question(const struct lookup *l, const struct question *q)
{
	struct dns_name name;

	if (l->hidden || l->id != q->id || l->type != q->type || l->class != q->class)
		return false;
	lookup__name(l, &name);
	return dns_name__equal(&name, &q->name);
}

/* musl asks all servers that it knows, and takes what comes first. */
static bool is_at_once(const struct lookup *l, const struct dns_packet *packet)
{
	return l->queries && packet->flags & DNS_OUT &&
	       packet->head.time_ns < l->last_ns + AGAIN_NS &&
	       (l->last_port != packet->asked_port ||
		memcmp(&l->last_server, &packet->asked, sizeof(l->last_server)));
}

/* Whether this query is that lookup's once more. */
static bool is_again(const struct lookup *l, const struct dns_packet *packet)
{
	if ((l->packet.flags ^ packet->flags) & DNS_TCP)
		return false;
	if (has_cookie(l, packet->cookie))
		return l->end == LOOKUP_OPEN ||
		       (l->end == LOOKUP_ANSWERED && is_at_once(l, packet));
	if (l->end != LOOKUP_OPEN)
		return false;
	if (!(packet->flags & DNS_OUT))
		return false;
	return packet->who.pid && packet->who.pid == l->packet.who.pid &&
	       packet->head.time_ns >= l->last_ns + AGAIN_NS;
}

static struct lookup *find_again(struct lookups *ls, const struct dns_packet *packet,
				 const struct question *q, uint32_t hash)
{
	struct lookup *l = *question_bucket(ls, hash);

	for (int i = 0; l && i < CHAIN_MAX; i++, l = l->next_question)
		if (l->hash == hash && is_again(l, packet) && same_question(l, q))
			return l;
	return NULL;
}

static uint64_t endpoint_hash(const struct net_addr *addr, uint16_t port)
{
	uint64_t h = port;

	for (int i = 0; i < 4; i++)
		h = (h ^ addr->word[i]) * 0x9e3779b97f4a7c15ULL;
	return h;
}

static bool has_endpoints(const struct lookup *l, uint64_t asked, uint64_t sent_to)
{
	for (uint32_t i = 0; i < l->endpoints_count && i < LOOKUP_SERVERS; i++)
		if (l->endpoints[i][0] == asked && l->endpoints[i][1] == sent_to)
			return true;
	return false;
}

static void endpoints_add(struct lookup *l, const struct dns_packet *packet)
{
	uint64_t asked = endpoint_hash(&packet->asked, packet->asked_port);
	uint64_t sent_to = endpoint_hash(&packet->remote, packet->rport);

	if (has_endpoints(l, asked, sent_to))
		return;
	if (l->endpoints_count < LOOKUP_SERVERS) {
		l->endpoints[l->endpoints_count][0] = asked;
		l->endpoints[l->endpoints_count][1] = sent_to;
	}
	l->endpoints_count++;
}

/* Who asks a group, or all, is answered by its members. */
static bool is_group(const struct net_addr *addr)
{
	const uint8_t *b = (const uint8_t *)addr->word;

	return net_addr__is_v4(addr) ? b[12] >= 224 : b[0] == 0xff;
}

bool lookup__has_asked(const struct lookup *l, const struct dns_packet *answer)
{
	uint64_t from = endpoint_hash(&answer->remote, answer->rport);

	if (!(l->packet.flags & DNS_OUT) || answer->flags & DNS_TCP || is_group(&l->last_server) ||
	    l->endpoints_count > LOOKUP_SERVERS)
		return true;
	/* NAT has been undone; but that of cgroups' programs (Cilium) will be behind us. */
	for (uint32_t i = 0; i < l->endpoints_count; i++)
		if (l->endpoints[i][0] == from || l->endpoints[i][1] == from)
			return true;
	return false;
}

static void lookup_sent(struct lookups *ls, struct lookup *l, const struct dns_packet *packet)
{
	if (is_at_once(l, packet)) {
		l->servers += l->servers < UINT16_MAX;
	} else {
		l->servers = 1;
		l->sends++;
	}
	endpoints_add(l, packet);
	l->last_server = packet->asked;
	l->last_port = packet->asked_port;
	l->last_remote = packet->remote;
	l->last_rport = packet->rport;
	l->queries++;
	l->cookies[(l->queries - 1) % LOOKUP_SOCKETS] = packet->cookie;
	l->last_ns = packet->head.time_ns;
	list_append(&ls->open, l);
	socket_add(ls, l, packet->cookie);
}

static struct lookup *lookup_new(struct lookups *ls, const struct dns_packet *packet,
				 const struct question *q, uint32_t hash)
{
	struct lookup *l = calloc(1, sizeof(*l) + q->name.len);

	if (!l)
		return NULL;
	l->packet = *packet;
	l->hash = hash;
	l->id = q->id;
	l->type = q->type;
	l->class = q->class;
	l->opcode = q->opcode;
	l->name_len = q->name.len;
	memcpy(l->name, q->name.wire, q->name.len);
	question_add(ls, l);
	ls->open_count++;
	return l;
}

struct lookup *lookups__query(struct lookups *ls, const struct dns_packet *packet,
			      const struct question *q, uint64_t lost)
{
	uint32_t hash = question_hash(q);
	struct lookup *l = find_again(ls, packet, q, hash);

	if (l && l->end != LOOKUP_OPEN) {
		endpoints_add(l, packet);
		l->servers += l->servers < UINT16_MAX;
		return l;
	}
	if (l) {
		open_remove(ls, l);
		socket_remove(l);
	} else {
		l = lookup_new(ls, packet, q, hash);
		if (!l)
			return NULL;
		l->lost = lost;
	}
	lookup_sent(ls, l, packet);
	return l;
}

struct lookup *lookups__hidden(struct lookups *ls, const struct dns_packet *packet, uint64_t lost)
{
	struct question none = { .name = { .len = 1 } };
	/* Looked for by the socket only. */
	struct lookup *l = lookup_new(ls, packet, &none, packet->cookie);

	if (!l)
		return NULL;
	l->hidden = true;
	l->lost = lost;
	lookup_sent(ls, l, packet);
	return l;
}

struct lookup *lookups__answer_hidden(struct lookups *ls, uint64_t cookie, bool *certain)
{
	struct lookup *l = *socket_bucket(ls, cookie), *first = NULL;

	*certain = true;
	for (int i = 0; l && i < CHAIN_MAX; i++, l = l->next_socket) {
		if (!l->hidden || last_cookie(l) != cookie)
			continue;
		*certain = *certain && !first && !l->overtaken;
		l->overtaken = true;
		first = l;
	}
	return first;
}

/* Some servers repeat no question in an error. */
static struct lookup *answer_of_socket(struct lookups *ls, uint64_t cookie, uint16_t id)
{
	struct lookup *l = *socket_bucket(ls, cookie);

	for (int i = 0; l && i < CHAIN_MAX; i++, l = l->next_socket)
		if (!l->hidden && l->id == id && last_cookie(l) == cookie)
			return l;
	return NULL;
}

struct lookup *lookups__answer(struct lookups *ls, uint64_t cookie, const struct question *q)
{
	struct lookup *l, *over = NULL;
	uint32_t hash;

	if (!q->present)
		return answer_of_socket(ls, cookie, q->id);
	hash = question_hash(q);
	l = *question_bucket(ls, hash);
	for (int i = 0; l && i < CHAIN_MAX; i++, l = l->next_question) {
		if (l->hash != hash || !has_cookie(l, cookie) || !same_question(l, q))
			continue;
		if (l->end == LOOKUP_OPEN)
			return l;
		over = over ?: l;
	}
	return over;
}

void lookup__name_last(struct lookup *l)
{
	l->packet.asked = l->last_server;
	l->packet.asked_port = l->last_port;
	l->packet.remote = l->last_remote;
	l->packet.rport = l->last_rport;
}

bool lookup__awaits_more(const struct lookup *l)
{
	return l->answers < l->servers;
}

struct lookup *lookups__of_socket(struct lookups *ls, uint64_t cookie)
{
	struct lookup *l = *socket_bucket(ls, cookie);

	while (l && last_cookie(l) != cookie)
		l = l->next_socket;
	return l;
}

struct lookup *lookup__next_of_socket(const struct lookup *l)
{
	uint64_t cookie = last_cookie(l);

	for (l = l->next_socket; l && last_cookie(l) != cookie;)
		l = l->next_socket;
	return (struct lookup *)l;
}

struct lookup *lookups__oldest(struct lookups *ls, uint64_t until_ns)
{
	struct lookup *l = ls->open.first;

	return l && l->last_ns <= until_ns ? l : NULL;
}

void lookups__release(struct lookups *ls, uint64_t cookie, uint64_t time_ns)
{
	struct lookup *l;

	for (l = lookups__of_socket(ls, cookie); l; l = lookup__next_of_socket(l)) {
		if (l->released_ns)
			continue;
		list_remove(&ls->open, l);
		l->released_ns = time_ns;
		list_append(&ls->released, l);
	}
}

struct lookup *lookups__released(struct lookups *ls, uint64_t until_ns)
{
	struct lookup *l = ls->released.first;

	return l && l->released_ns <= until_ns ? l : NULL;
}

bool lookups__full(const struct lookups *ls)
{
	return ls->open_count >= OPEN_MAX;
}

static void lookup_forget(struct lookups *ls, struct lookup *l)
{
	question_remove(l);
	list_remove(&ls->done, l);
	ls->done_count--;
	free(l);
}

void lookups__end(struct lookups *ls, struct lookup *l, enum lookup_end end)
{
	socket_remove(l);
	open_remove(ls, l);
	ls->open_count--;
	l->end = end;
	list_append(&ls->done, l);
	if (++ls->done_count > DONE_MAX)
		lookup_forget(ls, ls->done.first);
}
