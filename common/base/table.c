// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#define ROOM_MIN 64
/* Of entries: what table__clear() leaves allocated. */
#define ROOM_KEPT 1024

/* FNV-1a with a secret start: other hosts choose the addresses and ports in keys. */
static size_t table_hash(const void *key, size_t size)
{
	const uint8_t *p = key;
	uint64_t hash;

	memcpy(&hash, (const void *)getauxval(AT_RANDOM), sizeof(hash));

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);
	return hash ^ hash >> 32;
}

void *table__at(const struct table *t, size_t i)
{
	return t->entries + i * t->entry_size;
}

/* Where the key is, or would be. */
static uint32_t *table_slot(const struct table *t, const void *key)
{
	size_t i = table_hash(key, t->key_size) & (t->size - 1);

	while (t->slots[i] && memcmp(table__at(t, t->slots[i] - 1), key, t->key_size))
		i = (i + 1) & (t->size - 1);
	return &t->slots[i];
}

static void table_index(struct table *t)
{
	memset(t->slots, 0, t->size * sizeof(*t->slots));
	for (size_t i = 0; i < t->count; i++)
		*table_slot(t, table__at(t, i)) = i + 1;
}

/* Half of the slots stay free. */
static int table_grow(struct table *t)
{
	size_t room = t->room ? 2 * t->room : ROOM_MIN;
	uint32_t *slots = reallocarray(NULL, 2 * room, sizeof(*slots));
	uint8_t *entries = slots ? reallocarray(t->entries, room, t->entry_size) : NULL;

	if (!entries) {
		free(slots);
		return -1;
	}
	free(t->slots);
	t->slots = slots;
	t->entries = entries;
	t->room = room;
	t->size = 2 * room;
	table_index(t);
	return 0;
}

void *table__find(const struct table *t, const void *key)
{
	uint32_t slot = t->size ? *table_slot(t, key) : 0;

	return slot ? table__at(t, slot - 1) : NULL;
}

void *table__add(struct table *t, const void *key)
{
	void *entry = table__find(t, key);

	if (entry)
		return entry;
	if (t->count == t->room && table_grow(t))
		return NULL;
	entry = table__at(t, t->count);
	memset(entry, 0, t->entry_size);
	memcpy(entry, key, t->key_size);
	*table_slot(t, key) = ++t->count;
	return entry;
}

void table__keep(struct table *t, bool (*keep)(const void *entry, void *ctx), void *ctx)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->count; i++) {
		if (!keep(table__at(t, i), ctx))
			continue;
		if (kept < i)
			memcpy(table__at(t, kept), table__at(t, i), t->entry_size);
		kept++;
	}
	t->count = kept;
	if (t->size)
		table_index(t);
}

void table__clear(struct table *t)
{
	t->count = 0;
	if (t->room > ROOM_KEPT)
		table__free(t);
	else if (t->size)
		table_index(t);
}

void table__free(struct table *t)
{
	free(t->entries);
	free(t->slots);
	t->entries = NULL;
	t->slots = NULL;
	t->count = t->room = t->size = 0;
}
