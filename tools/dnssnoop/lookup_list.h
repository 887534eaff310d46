/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Lookups in an order, from which each can be taken. */
#ifndef DNSSNOOP_LOOKUP_LIST_H
#define DNSSNOOP_LOOKUP_LIST_H

#include <stdlib.h>
#include "tools/dnssnoop/lookup.h"

struct lookup_list {
	struct lookup *first, *last;
};

static inline void lookup_list__free(struct lookup_list *list)
{
	while (list->first) {
		struct lookup *l = list->first;

		list->first = l->next;
		free(l);
	}
}

static inline void lookup_list__append(struct lookup_list *list, struct lookup *l)
{
	l->prev = list->last;
	l->next = NULL;
	if (list->last)
		list->last->next = l;
	else
		list->first = l;
	list->last = l;
}

static inline void lookup_list__remove(struct lookup_list *list, struct lookup *l)
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

#endif
