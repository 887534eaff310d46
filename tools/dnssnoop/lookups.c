// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/lookups.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include "tools/dnssnoop/server_times.h"

/* Of open ones, which take some 600 bytes each. */
#define BYTES_MAX (64 << 20)
/* That are over: an answer may come again, or late. */
#define ANSWERED_MAX 4096
#define UNANSWERED_MAX 16384

/* A socket with open lookups, of which it has sent the last queries. */
struct asking {
	struct lookup_node node;
	uint64_t cookie;
	struct link open[2];   /* [1]: those without a question */
	uint64_t overtaken[2]; /* those up to this number */
	uint32_t count, to_remote;
	uint16_t rport; /* of the server that `to_remote` of them were sent to */
	struct net_addr remote;
};

struct lookups {
	struct lookup_index questions, ids, askers, sockets;
	struct server_times servers[SERVERS];
	struct server_times *busiest; /* as far as is known: that most are open for */
	/* By last_ns; by released_ns; by when they were over, [1]: without an answer. */
	struct link open, released, done[2];
	size_t done_count[2];
	size_t bytes; /* of open ones */
	uint64_t seed, number;
};

struct lookups *lookups__new(void)
{
	struct lookups *ls = calloc(1, sizeof(*ls));

	if (!ls)
		return NULL;
	memcpy(&ls->seed, (const void *)getauxval(AT_RANDOM), sizeof(ls->seed));
	server_times__init(ls->servers);
	ls->busiest = ls->servers;
	link__init(&ls->open);
	link__init(&ls->released);
	link__init(&ls->done[0]);
	link__init(&ls->done[1]);
	return ls;
}

/* ---- keys ---- */

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

/* With a secret start: other hosts choose the names. */
static uint64_t name_hash(const struct lookups *ls, const struct dns_name *name)
{
	uint64_t h = ls->seed;

	for (size_t i = 0; i < name->len; i++) {
		uint8_t c = name->wire[i];

		h = (h ^ (c >= 'A' && c <= 'Z' ? c | 0x20 : c)) * UINT64_C(0x100000001b3);
	}
	return h ^ h >> 32;
}

/* The cookie of a socket, or the number of a process. */
static uint64_t question_hash(const struct lookups *ls, const struct question *q, uint64_t whose)
{
	uint64_t what = (uint64_t)q->id << 32 | (uint32_t)q->type << 16 | q->class;

	return mix(mix(name_hash(ls, &q->name), what), whose);
}

static uint64_t id_hash(const struct lookups *ls, uint64_t cookie, uint16_t id)
{
	return mix(mix(ls->seed, cookie), id);
}

static uint64_t named_hash(const struct lookups *ls, uint64_t cookie, const struct dns_name *name)
{
	return mix(name_hash(ls, name), cookie);
}

/* ---- the sockets of a lookup ---- */

static struct lookup *find_of_socket(struct lookups *ls, uint64_t cookie, const struct question *q)
{
	uint64_t hash = question_hash(ls, q, cookie);
	struct lookup_node *n = NULL;

	while ((n = lookup_index__find(&ls->questions, n, hash))) {
		struct lookup_socket *s = HOLDER(n, struct lookup_socket, node);

		if (s->cookie == cookie && lookup__asks(s->lookup, q))
			return s->lookup;
	}
	return NULL;
}

/* The one that has sent it before all others is forgotten. */
static struct lookup_socket *socket_reuse(struct lookup *l)
{
	struct lookup_socket **at = &l->sockets, *s;

	while ((*at)->older)
		at = &(*at)->older;
	s = *at;
	*at = NULL;
	lookup_node__remove(&s->node);
	return s;
}

static struct lookup_socket *socket_take(struct lookup *l, uint64_t cookie)
{
	struct lookup_socket **at = &l->sockets, *s = NULL;

	while (*at && (*at)->cookie != cookie)
		at = &(*at)->older;
	s = *at;
	if (s)
		*at = s->older;
	return s;
}

static int socket_count(const struct lookup *l)
{
	int n = 0;

	for (const struct lookup_socket *s = l->sockets; s; s = s->older)
		n++;
	return n;
}

/* This socket is the one that sends it now. */
static int lookup_sent_by(struct lookups *ls, struct lookup *l, uint64_t cookie)
{
	struct lookup_socket *s = socket_take(l, cookie);
	struct question q;

	if (!s) {
		if (!l->sockets)
			s = &l->first_socket;
		else if (socket_count(l) == LOOKUP_SOCKETS)
			s = socket_reuse(l);
		else
			s = calloc(1, sizeof(*s));
		if (!s)
			return -ENOMEM;
		s->cookie = cookie;
		s->lookup = l;
		lookup__question(l, &q);
		if (!l->hidden)
			lookup_index__add(&ls->questions, &s->node, question_hash(ls, &q, cookie));
	}
	s->older = l->sockets;
	l->sockets = s;
	return 0;
}

static size_t lookup_bytes(const struct lookup *l)
{
	return sizeof(*l) + l->name_len + (socket_count(l) - 1) * sizeof(struct lookup_socket) +
	       sizeof(struct asking);
}

static void lookup_free(struct lookup *l)
{
	for (struct lookup_socket *s = l->sockets, *older; s; s = older) {
		older = s->older;
		lookup_node__remove(&s->node);
		if (s != &l->first_socket)
			free(s);
	}
	free(l);
}

/* ---- sockets with open lookups ---- */

static struct asking *asking_find(const struct lookups *ls, uint64_t cookie)
{
	uint64_t hash = mix(ls->seed, cookie);
	struct lookup_node *n = NULL;

	while ((n = lookup_index__find(&ls->sockets, n, hash))) {
		struct asking *s = HOLDER(n, struct asking, node);

		if (s->cookie == cookie)
			return s;
	}
	return NULL;
}

static struct asking *asking_get(struct lookups *ls, uint64_t cookie)
{
	struct asking *s = asking_find(ls, cookie);

	if (s)
		return s;
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->cookie = cookie;
	link__init(&s->open[0]);
	link__init(&s->open[1]);
	lookup_index__add(&ls->sockets, &s->node, mix(ls->seed, cookie));
	return s;
}

static bool asking_has_sent_to(const struct asking *s, const struct lookup *l)
{
	return l->servers <= 1 && l->last_rport == s->rport &&
	       !memcmp(&l->last_remote, &s->remote, sizeof(s->remote));
}

static int asking_add(struct lookups *ls, struct lookup *l)
{
	struct asking *s = asking_get(ls, lookup__cookie(l));

	if (!s)
		return -ENOMEM;
	if (!s->to_remote) {
		s->remote = l->last_remote;
		s->rport = l->last_rport;
	}
	l->asking = s;
	l->number = ++ls->number;
	l->to_remote = asking_has_sent_to(s, l);
	s->to_remote += l->to_remote;
	s->count++;
	link__append(&s->open[l->hidden], &l->of_asking);
	return 0;
}

static void asking_remove(struct lookup *l)
{
	struct asking *s = l->asking;

	if (!s)
		return;
	l->overtaken = lookup__is_overtaken(l);
	l->asking = NULL;
	link__remove(&l->of_asking);
	s->to_remote -= l->to_remote;
	if (--s->count)
		return;
	lookup_node__remove(&s->node);
	free(s);
}

bool lookup__asks_one_server(const struct lookup *l)
{
	return l->asking && l->asking->to_remote == l->asking->count;
}

bool lookup__is_overtaken(const struct lookup *l)
{
	return l->overtaken || (l->asking && l->number <= l->asking->overtaken[l->hidden]);
}

void lookups__overtake(struct lookups *ls, uint64_t cookie)
{
	struct asking *s = asking_find(ls, cookie);

	if (s)
		s->overtaken[0] = ls->number;
}

/* ---- servers ---- */

static void server_add(struct lookups *ls, struct lookup *l, const struct dns_packet *packet)
{
	l->server = server_times__of_query(ls->servers, packet);
	link__append(&l->server->open, &l->of_server);
	if (++l->server->count > ls->busiest->count)
		ls->busiest = l->server;
}

static void server_remove(struct lookup *l)
{
	link__remove(&l->of_server);
	l->server->count--;
}

/* ---- who may ask the same from another socket ---- */

static struct lookup *find_asker(struct lookups *ls, uint32_t pid, const struct question *q)
{
	uint64_t hash = question_hash(ls, q, pid);
	struct lookup_node *n = NULL;

	while ((n = lookup_index__find(&ls->askers, n, hash))) {
		struct lookup *l = HOLDER(n, struct lookup, by_asker);

		if (l->packet.who.pid == pid && lookup__asks(l, q))
			return l;
	}
	return NULL;
}

/* Without an id nothing but a closed socket tells that it asks again, not for something else. */
static bool may_ask_again(const struct lookup *l)
{
	return !l->hidden && l->packet.flags & DNS_OUT && l->packet.who.pid &&
	       (lookup__has_id(l) || l->released_ns);
}

static void asker_add(struct lookups *ls, struct lookup *l)
{
	struct lookup *first;
	struct question q;

	link__init(&l->peers);
	if (!may_ask_again(l))
		return;
	lookup__question(l, &q);
	first = find_asker(ls, l->packet.who.pid, &q);
	if (first)
		link__append(&first->peers, &l->peers);
	else
		lookup_index__add(&ls->askers, &l->by_asker,
				  question_hash(ls, &q, l->packet.who.pid));
}

static void asker_remove(struct lookups *ls, struct lookup *l)
{
	struct lookup *second = HOLDER(l->peers.next, struct lookup, peers);

	if (l->by_asker.at) {
		lookup_node__remove(&l->by_asker);
		if (second != l)
			lookup_index__add(&ls->askers, &second->by_asker, l->by_asker.hash);
	}
	link__remove(&l->peers);
}

/* ---- open ones ---- */

static int lookup_open(struct lookups *ls, struct lookup *l, const struct dns_packet *packet)
{
	int err = lookup_sent_by(ls, l, packet->cookie);

	if (err)
		return err;
	lookup__send(l, packet);
	link__append(&ls->open, &l->age);
	server_add(ls, l, packet);
	asker_add(ls, l);
	ls->bytes += lookup_bytes(l);
	return asking_add(ls, l);
}

static void lookup_close(struct lookups *ls, struct lookup *l)
{
	ls->bytes -= lookup_bytes(l);
	asker_remove(ls, l);
	asking_remove(l);
	server_remove(l);
	link__remove(&l->age);
	l->released_ns = 0;
}

static void by_id_add(struct lookups *ls, struct lookup *l, uint64_t cookie)
{
	struct dns_name name;

	lookup_node__remove(&l->by_id);
	if (l->hidden)
		return;
	lookup__name(l, &name);
	lookup_index__add(&ls->ids, &l->by_id,
			  l->mdns ? named_hash(ls, cookie, &name) : id_hash(ls, cookie, l->id));
}

static void done_forget(struct lookups *ls, struct lookup *l)
{
	link__remove(&l->age);
	ls->done_count[l->end != LOOKUP_ANSWERED]--;
	lookup_free(l);
}

static struct lookup *lookup_new(const struct dns_packet *packet, const struct question *q)
{
	struct lookup *l = calloc(1, sizeof(*l) + q->name.len);

	if (!l)
		return NULL;
	l->packet = *packet;
	l->id = q->id;
	l->type = q->type;
	l->class = q->class;
	l->opcode = q->opcode;
	l->mdns = q->mdns;
	l->name_len = q->name.len;
	memcpy(l->name, q->name.wire, q->name.len);
	link__init(&l->age);
	link__init(&l->of_server);
	link__init(&l->of_asking);
	link__init(&l->peers);
	return l;
}

struct lookup *lookups__begin(struct lookups *ls, const struct dns_packet *packet,
			      const struct question *q, uint64_t lost)
{
	static const struct question none = { .name = { .len = 1 } };
	struct lookup *before = q ? find_of_socket(ls, packet->cookie, q) : NULL;
	struct lookup *l = lookup_new(packet, q ?: &none);

	if (!l)
		return NULL;
	/* What is asked for the same is found from now on. */
	if (before && before->end != LOOKUP_OPEN)
		done_forget(ls, before);
	l->hidden = !q;
	l->lost = lost;
	if (lookup_open(ls, l, packet))
		return NULL;
	by_id_add(ls, l, packet->cookie);
	return l;
}

struct lookup *lookups__find_again(struct lookups *ls, const struct dns_packet *packet,
				   const struct question *q)
{
	struct lookup *l = find_of_socket(ls, packet->cookie, q);

	if (l)
		return lookup__is_again(l, packet) ? l : NULL;
	if (!(packet->flags & DNS_OUT) || !packet->who.pid)
		return NULL;
	l = find_asker(ls, packet->who.pid, q);
	return l && lookup__is_again_elsewhere(l, packet, l->server->count) ? l : NULL;
}

int lookups__again(struct lookups *ls, struct lookup *l, const struct dns_packet *packet)
{
	int err;

	if (l->end != LOOKUP_OPEN) {
		lookup__send_beside(l, packet);
		return 0;
	}
	lookup_close(ls, l);
	err = lookup_open(ls, l, packet);
	by_id_add(ls, l, packet->cookie);
	return err;
}

/* ---- answers ---- */

struct lookup *lookups__answer_hidden(struct lookups *ls, uint64_t cookie, bool *certain)
{
	struct asking *s = asking_find(ls, cookie);
	struct link *first = s ? link__next(&s->open[1], &s->open[1]) : NULL;
	struct lookup *l = HOLDER(first, struct lookup, of_asking);

	if (!l)
		return NULL;
	*certain = !link__next(&s->open[1], first) && !lookup__is_overtaken(l);
	s->overtaken[1] = ls->number;
	return l;
}

/* Some servers repeat no question in an error. */
static struct lookup *answer_of_socket(struct lookups *ls, uint64_t cookie, uint16_t id)
{
	uint64_t hash = id_hash(ls, cookie, id);
	struct lookup_node *n = NULL;

	while ((n = lookup_index__find(&ls->ids, n, hash))) {
		struct lookup *l = HOLDER(n, struct lookup, by_id);

		if (!l->mdns && l->id == id && lookup__cookie(l) == cookie)
			return l;
	}
	return NULL;
}

struct lookup *lookups__answer(struct lookups *ls, uint64_t cookie, const struct question *q)
{
	if (!q->present)
		return answer_of_socket(ls, cookie, q->id);
	return find_of_socket(ls, cookie, q);
}

struct lookup *lookups__named(struct lookups *ls, uint64_t cookie, const struct dns_name *name,
			      const struct lookup *after)
{
	const struct lookup_node *n = after ? &after->by_id : NULL;
	uint64_t hash = named_hash(ls, cookie, name);
	struct dns_name own;

	while ((n = lookup_index__find(&ls->ids, n, hash))) {
		struct lookup *l = HOLDER(n, struct lookup, by_id);

		lookup__name(l, &own);
		if (l->mdns && lookup__cookie(l) == cookie && dns_name__equal(&own, name))
			return l;
	}
	return NULL;
}

/* ---- which are to end ---- */

struct lookup *lookups__of_socket(struct lookups *ls, uint64_t cookie)
{
	struct asking *s = asking_find(ls, cookie);
	struct link *first = s ? link__next(&s->open[0], &s->open[0]) : NULL;

	if (s && !first)
		first = link__next(&s->open[1], &s->open[1]);
	return HOLDER(first, struct lookup, of_asking);
}

struct lookup *lookups__oldest(struct lookups *ls, uint64_t until_ns)
{
	struct lookup *l = HOLDER(link__next(&ls->open, &ls->open), struct lookup, age);

	return l && l->last_ns <= until_ns ? l : NULL;
}

void lookups__release(struct lookups *ls, uint64_t cookie, uint64_t time_ns)
{
	struct asking *s = asking_find(ls, cookie);

	for (int i = 0; s && i < 2; i++)
		for (struct link *at = s->open[i].next; at != &s->open[i]; at = at->next) {
			struct lookup *l = HOLDER(at, struct lookup, of_asking);

			if (l->released_ns)
				continue;
			link__remove(&l->age);
			l->released_ns = time_ns;
			link__append(&ls->released, &l->age);
			if (!lookup__has_id(l))
				asker_add(ls, l);
		}
}

struct lookup *lookups__released(struct lookups *ls, uint64_t until_ns)
{
	struct lookup *l = HOLDER(link__next(&ls->released, &ls->released), struct lookup, age);

	return l && l->released_ns <= until_ns ? l : NULL;
}

struct lookup *lookups__excess(struct lookups *ls)
{
	struct link *open = &ls->busiest->open;

	if (ls->bytes < BYTES_MAX)
		return NULL;
	return lookups__released(ls, UINT64_MAX)				?:
		       HOLDER(link__next(open, open), struct lookup, of_server) ?:
		       lookups__oldest(ls, UINT64_MAX);
}

void lookups__heard(struct lookups *ls, struct lookup *l, const struct dns_packet *answer)
{
	(void)ls;
	if (answer->head.time_ns >= l->last_ns)
		server_times__answered(l->server, answer->head.time_ns - l->last_ns);
}

void lookups__strayed(struct lookups *ls, const struct dns_packet *answer)
{
	server_times__of_answer(ls->servers, answer)->stray_ns = answer->head.time_ns;
}

bool lookup__is_silent(const struct lookup *l, uint64_t now_ns, uint64_t timeout_ns)
{
	return server_times__is_silent(l->server, l->last_ns, now_ns, timeout_ns);
}

void lookups__end(struct lookups *ls, struct lookup *l, enum lookup_end end)
{
	bool unanswered = end != LOOKUP_ANSWERED;

	lookup_close(ls, l);
	lookup_node__remove(&l->by_id);
	l->end = end;
	link__append(&ls->done[unanswered], &l->age);
	if (++ls->done_count[unanswered] > (unanswered ? UNANSWERED_MAX : ANSWERED_MAX))
		done_forget(ls, HOLDER(ls->done[unanswered].next, struct lookup, age));
}

void lookups__free(struct lookups *ls)
{
	struct lookup *l;

	if (!ls)
		return;
	while ((l = lookups__oldest(ls, UINT64_MAX)) || (l = lookups__released(ls, UINT64_MAX)))
		lookups__end(ls, l, LOOKUP_UNKNOWN);
	for (int i = 0; i < 2; i++)
		while (ls->done_count[i])
			done_forget(ls, HOLDER(ls->done[i].next, struct lookup, age));
	free(ls);
}
