// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/dnssnoop/flow.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS 1024 /* a power of two */

struct flows {
	struct flow *buckets[BUCKETS];
	struct flow *newest, *oldest; /* by the last packet */
	size_t count, udp_untold;
};

struct flows *flows__new(void)
{
	return calloc(1, sizeof(struct flows));
}

void flows__free(struct flows *fs)
{
	while (fs && fs->oldest)
		flows__forget(fs, fs->oldest);
	free(fs);
}

static bool is_udp(const struct flow *f)
{
	return !(f->packet.flags & DNS_TCP);
}

static struct flow **flow_bucket(const struct flows *fs, const struct dns_packet *p)
{
	uint64_t h = p->cookie * 0x9e3779b97f4a7c15ULL;

	for (int i = 0; i < 4 && !(p->flags & DNS_TCP); i++)
		h = (h ^ p->remote.word[i] ^ p->rport) * 0x9e3779b97f4a7c15ULL;
	return (struct flow **)&fs->buckets[h >> 48 & (BUCKETS - 1)];
}

static bool flow_is(const struct flow *f, const struct dns_packet *p)
{
	if (f->packet.cookie != p->cookie || (f->packet.flags ^ p->flags) & DNS_TCP)
		return false;
	return p->flags & DNS_TCP || (f->packet.rport == p->rport &&
				      !memcmp(&f->packet.remote, &p->remote, sizeof(p->remote)));
}

struct flow *flows__find(const struct flows *fs, const struct dns_packet *p)
{
	struct flow *f = *flow_bucket(fs, p);

	while (f && !flow_is(f, p))
		f = f->next;
	return f;
}

bool flows__full_of_udp(const struct flows *fs)
{
	return fs->udp_untold >= FLOWS_UDP_MAX;
}

struct flow *flows__excess(const struct flows *fs)
{
	return fs->count >= FLOWS_MAX ? fs->oldest : NULL;
}

static void flow_link(struct flows *fs, struct flow *f)
{
	f->newer = NULL;
	f->older = fs->newest;
	if (fs->newest)
		fs->newest->newer = f;
	else
		fs->oldest = f;
	fs->newest = f;
}

static void flow_unlink(struct flows *fs, struct flow *f)
{
	if (f->newer)
		f->newer->older = f->older;
	else
		fs->newest = f->older;
	if (f->older)
		f->older->newer = f->newer;
	else
		fs->oldest = f->newer;
}

struct flow *flows__add(struct flows *fs, const struct dns_packet *p)
{
	struct flow *f = calloc(1, sizeof(*f)), **bucket = flow_bucket(fs, p);

	if (!f)
		return NULL;
	f->packet = *p;
	f->next = *bucket;
	*bucket = f;
	flow_link(fs, f);
	fs->count++;
	fs->udp_untold += is_udp(f);
	return f;
}

void flows__forget(struct flows *fs, struct flow *f)
{
	struct flow **at = flow_bucket(fs, &f->packet);

	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	flow_unlink(fs, f);
	fs->count--;
	fs->udp_untold -= is_udp(f) && !f->told;
	free(f);
}

void flows__touch(struct flows *fs, struct flow *f)
{
	flow_unlink(fs, f);
	flow_link(fs, f);
}

void flows__told(struct flows *fs, struct flow *f)
{
	fs->udp_untold -= is_udp(f) && !f->told;
	f->told = true;
}

struct flow *flows__first(const struct flows *fs)
{
	return fs->oldest;
}

struct flow *flow__next(const struct flow *f)
{
	return f->newer;
}
