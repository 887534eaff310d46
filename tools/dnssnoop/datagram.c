// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/datagram.h"

void datagrams__free(struct datagrams *d)
{
	for (int i = 0; i < DATAGRAMS_BEGUN; i++)
		buf__free(&d->begun[i].bytes);
}

static size_t at_most(size_t len, size_t most)
{
	return len < most ? len : most;
}

/* `segment`: the length of each but the last; 0: there is one. */
static int datagrams_split(const uint8_t *bytes, size_t len, size_t whole, size_t segment,
			   datagram_fn fn, void *ctx)
{
	size_t at = 0;
	int err;

	if (!segment)
		return fn(ctx, bytes, len, whole);
	do {
		err = fn(ctx, bytes + at, at_most(len - at, segment), at_most(whole - at, segment));
		at += segment;
	} while (!err && at < len);
	return err;
}

static struct datagram *datagrams_find(struct datagrams *d, const struct dns_packet *p)
{
	for (int i = 0; i < DATAGRAMS_BEGUN; i++) {
		struct datagram *g = &d->begun[i];

		if (g->bytes.len && g->cookie == p->cookie && g->time_ns == p->head.time_ns &&
		    g->out == !!(p->flags & DNS_OUT))
			return g;
	}
	return NULL;
}

/* One whose next piece did not come was lost, and has been counted. */
static struct datagram *datagrams_begin(struct datagrams *d, const struct dns_packet *p)
{
	struct datagram *g = &d->begun[d->next++ % DATAGRAMS_BEGUN];

	buf__free(&g->bytes);
	g->cookie = p->cookie;
	g->time_ns = p->head.time_ns;
	g->out = p->flags & DNS_OUT;
	return g;
}

int datagrams__record(struct datagrams *d, const struct dns_packet *p, const uint8_t *bytes,
		      datagram_fn fn, void *ctx)
{
	struct datagram *g;
	int err = 0;

	if (p->flags & DNS_LAST && !p->seq)
		return datagrams_split(bytes, p->bytes_len, p->len, p->segment, fn, ctx);
	g = p->seq ? datagrams_find(d, p) : datagrams_begin(d, p);
	if (!g || g->bytes.len != p->seq)
		return 0;
	buf__add(&g->bytes, bytes, p->bytes_len);
	if (g->bytes.err)
		err = g->bytes.err;
	else if (p->flags & DNS_LAST)
		err = datagrams_split((const uint8_t *)g->bytes.data, g->bytes.len, p->seq + p->len,
				      p->segment, fn, ctx);
	if (err || p->flags & DNS_LAST)
		buf__free(&g->bytes);
	return err;
}
