// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/tcpretrans/sources.h"

#include <bpf/bpf.h>
#include <errno.h>

void sources__begin(struct sources *s, int mores_fd, uint32_t *epoch, size_t key_size)
{
	s->fd = mores_fd;
	s->epoch = epoch;
	s->table.key_size = sizeof(struct retrans_source);
	s->table.entry_size = sizeof(struct source) + (key_size + 7) / 8 * 8;
}

void sources__free(struct sources *s)
{
	table__free(&s->table);
}

static bool source_is_added_up(const void *entry, void *ctx)
{
	const struct sources *s = ctx;
	struct retrans_more more;

	return !bpf_map_lookup_elem(s->fd, entry, &more);
}

struct source *sources__of(struct sources *s, const struct retrans_record *r)
{
	const struct retrans_source id = {
		.socket = r->cookie ?: r->socket,
		.lport = r->flow.lport,
		.rport = r->flow.rport,
		.cause = r->cause,
		.reason = r->reason,
		.attempt = r->attempt,
		.error = r->error,
		.epoch = r->epoch,
	};

	/*
	 * Records come here when their program has left (order.h), so what is not in the map by
	 * then had no room there: each of its events is a record.
	 */
	if (s->table.count >= SOURCES_MAX && !table__find(&s->table, &id))
		table__keep(&s->table, source_is_added_up, s);
	return table__add(&s->table, &id);
}

static bool source_is_recent(const void *entry, void *ctx)
{
	const struct source *source = entry;
	const struct sources *s = ctx;

	return *s->epoch - source->id.epoch <= 1;
}

/*
 * A source whose first event is still to come is left for the next time. Later none comes: its
 * record was out of order and has been forgotten.
 */
static int source_take(struct sources *s, bool last, const struct retrans_source *id,
		       sources__fn fn, void *ctx)
{
	const struct source *source = table__find(&s->table, id);
	uint32_t age = *s->epoch - id->epoch;
	struct retrans_more more;

	if (!age || (!source && age == 1 && !last) || bpf_map_lookup_elem(s->fd, id, &more))
		return 0;
	/* What stays would be taken once more. */
	if (bpf_map_delete_elem(s->fd, id))
		return -errno;
	return fn(ctx, source, id, &more);
}

int sources__take(struct sources *s, bool last, sources__fn fn, void *ctx)
{
	struct retrans_source id, next, *before = NULL;
	int err = 0;

	for (uint32_t i = 0; !err && i < 2 * RETRANS_SOURCES_MAX; i++) {
		bool end = bpf_map_get_next_key(s->fd, before, &next);

		/* Not before its successor is known. */
		if (before)
			err = source_take(s, last, &id, fn, ctx);
		if (end)
			break;
		id = next;
		before = &id;
	}
	table__keep(&s->table, source_is_recent, s);
	return err;
}
