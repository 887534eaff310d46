/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * A hash table of entries of one size, each beginning with its key, which is compared byte by
 * byte: padding has to be 0. Entries keep the order that they came in.
 */
#ifndef SNOOPKIT_TABLE_H
#define SNOOPKIT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table {
	size_t key_size, entry_size; /* set by the user, the rest is 0 */
	uint8_t *entries;
	uint32_t *slots; /* index of an entry + 1, 0: free */
	size_t count, room, size;
};

/* The entry, valid until one is added or dropped; NULL if there is none. */
void *table__find(const struct table *t, const void *key);
/* The same; a new one is 0 but for its key. NULL: no memory. */
void *table__add(struct table *t, const void *key);
/* Number i of t->count. */
void *table__at(const struct table *t, size_t i);
/* Drops all entries that are not to be kept. */
void table__keep(struct table *t, bool (*keep)(const void *entry, void *ctx), void *ctx);
/* Drops all entries, and frees the memory that a storm of entries took. */
void table__clear(struct table *t);
void table__free(struct table *t);

#endif
