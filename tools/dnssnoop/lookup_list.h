/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Lists in an order, from which each member can be taken, and a hash table of members. */
#ifndef DNSSNOOP_LOOKUP_LIST_H
#define DNSSNOOP_LOOKUP_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What holds a link or a node; NULL of NULL. */
#define HOLDER(member_ptr, type, member)                                                 \
	({                                                                               \
		char *holder_at = (char *)(member_ptr);                                  \
		holder_at ? (type *)(void *)(holder_at - offsetof(type, member)) : NULL; \
	})

/* A list is a link itself, before its first and behind its last member. */
struct link {
	struct link *prev, *next;
};

static inline void link__init(struct link *list)
{
	list->prev = list->next = list;
}

static inline void link__append(struct link *list, struct link *l)
{
	l->prev = list->prev;
	l->next = list;
	list->prev->next = l;
	list->prev = l;
}

static inline void link__remove(struct link *l)
{
	l->prev->next = l->next;
	l->next->prev = l->prev;
	link__init(l);
}

/* The member behind this one, or the first one of a list; NULL: there is none. */
static inline struct link *link__next(const struct link *list, const struct link *l)
{
	return l->next == list ? NULL : l->next;
}

#define LOOKUP_BUCKETS 32768 /* a power of two; 256 kB of pointers */

struct lookup_node {
	struct lookup_node *next, **at; /* at NULL: it is in no table */
	uint64_t hash;
};

struct lookup_index {
	struct lookup_node *buckets[LOOKUP_BUCKETS];
};

static inline void lookup_index__add(struct lookup_index *index, struct lookup_node *n,
				     uint64_t hash)
{
	struct lookup_node **bucket = &index->buckets[hash % LOOKUP_BUCKETS];

	n->hash = hash;
	n->next = *bucket;
	n->at = bucket;
	if (n->next)
		n->next->at = &n->next;
	*bucket = n;
}

static inline void lookup_node__remove(struct lookup_node *n)
{
	if (!n->at)
		return;
	*n->at = n->next;
	if (n->next)
		n->next->at = n->at;
	n->at = NULL;
}

/* The first of this hash, or the next one behind `n`. */
static inline struct lookup_node *lookup_index__find(const struct lookup_index *index,
						     const struct lookup_node *n, uint64_t hash)
{
	struct lookup_node *found = n ? n->next : index->buckets[hash % LOOKUP_BUCKETS];

	while (found && found->hash != hash)
		found = found->next;
	return found;
}

#endif
