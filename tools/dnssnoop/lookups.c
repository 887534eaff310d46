// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/lookups.h"

#include <stdlib.h>
#include <string.h>
#include "tools/dnssnoop/lookup_list.h"

#define BUCKETS 16384 /* a power of two; 256 kB of pointers */
/* Some 400 bytes each. */
#define OPEN_MAX 24576
#define DONE_MAX 4096
/* An attacker may have many in one bucket. */
#define CHAIN_MAX 64

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

void lookups__free(struct lookups *ls)
{
	if (!ls)
		return;
	lookup_list__free(&ls->open);
	lookup_list__free(&ls->released);
	lookup_list__free(&ls->done);
	free(ls);
}

static void open_remove(struct lookups *ls, struct lookup *l)
{
	lookup_list__remove(l->released_ns ? &ls->released : &ls->open, l);
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

static struct lookup *find_again(struct lookups *ls, const struct dns_packet *packet,
				 const struct question *q, uint32_t hash)
{
	struct lookup *l = *question_bucket(ls, hash);

	for (int i = 0; l && i < CHAIN_MAX; i++, l = l->next_question)
		if (l->hash == hash && lookup__is_again(l, packet) && lookup__asks(l, q))
			return l;
	return NULL;
}

static void lookup_sent(struct lookups *ls, struct lookup *l, const struct dns_packet *packet)
{
	lookup__send(l, packet);
	lookup_list__append(&ls->open, l);
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
	uint32_t hash = question__hash(q);
	struct lookup *l = find_again(ls, packet, q, hash);

	if (l && l->end != LOOKUP_OPEN) {
		lookup__send_beside(l, packet);
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
		if (!l->hidden || lookup__cookie(l) != cookie)
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
		if (!l->hidden && l->id == id && lookup__cookie(l) == cookie)
			return l;
	return NULL;
}

struct lookup *lookups__answer(struct lookups *ls, uint64_t cookie, const struct question *q)
{
	struct lookup *l, *over = NULL;
	uint32_t hash;

	if (!q->present)
		return answer_of_socket(ls, cookie, q->id);
	hash = question__hash(q);
	l = *question_bucket(ls, hash);
	for (int i = 0; l && i < CHAIN_MAX; i++, l = l->next_question) {
		if (l->hash != hash || !lookup__has_cookie(l, cookie) || !lookup__asks(l, q))
			continue;
		if (l->end == LOOKUP_OPEN)
			return l;
		over = over ?: l;
	}
	return over;
}

struct lookup *lookups__of_socket(struct lookups *ls, uint64_t cookie)
{
	struct lookup *l = *socket_bucket(ls, cookie);

	while (l && lookup__cookie(l) != cookie)
		l = l->next_socket;
	return l;
}

struct lookup *lookup__next_of_socket(const struct lookup *l)
{
	uint64_t cookie = lookup__cookie(l);

	for (l = l->next_socket; l && lookup__cookie(l) != cookie;)
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
		lookup_list__remove(&ls->open, l);
		l->released_ns = time_ns;
		lookup_list__append(&ls->released, l);
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
	lookup_list__remove(&ls->done, l);
	ls->done_count--;
	free(l);
}

void lookups__end(struct lookups *ls, struct lookup *l, enum lookup_end end)
{
	socket_remove(l);
	open_remove(ls, l);
	ls->open_count--;
	l->end = end;
	lookup_list__append(&ls->done, l);
	if (++ls->done_count > DONE_MAX)
		lookup_forget(ls, ls->done.first);
}
