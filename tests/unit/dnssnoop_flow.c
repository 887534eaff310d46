// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Connections and flows that are not DNS: found again, and never more than there is room for. */
#include "tools/dnssnoop/flow.c"

#include "tests/unit/random.h"
#include "tests/unit/tap.h"

static struct dns_packet packet_of(uint64_t cookie, uint32_t remote, bool tcp)
{
	struct dns_packet p = { .cookie = cookie, .flags = tcp ? DNS_TCP : 0, .rport = 53 };

	p.remote.word[3] = remote;
	return p;
}

/* As foreign.c does it. */
static struct flow *get(struct flows *fs, const struct dns_packet *p, size_t *ended)
{
	struct flow *f = flows__find(fs, p), *excess;

	if (!f) {
		excess = flows__excess(fs);
		if (excess) {
			flows__forget(fs, excess);
			(*ended)++;
		}
		f = flows__add(fs, p);
	}
	flows__touch(fs, f);
	return f;
}

static size_t count(const struct flows *fs)
{
	size_t n = 0;

	for (struct flow *f = flows__first(fs); f; f = flow__next(f))
		n++;
	return n;
}

static void test_found(void)
{
	struct dns_packet a = packet_of(1, 1, false), b = packet_of(1, 2, false);
	struct dns_packet c = packet_of(1, 1, true), d = packet_of(1, 2, true);
	struct flows *fs = flows__new();
	struct flow *f = flows__add(fs, &a);

	ok(flows__find(fs, &a) == f, "UDP: found by socket and other end");
	ok(!flows__find(fs, &b) && !flows__find(fs, &c), "... no other");
	f = flows__add(fs, &c);
	ok(flows__find(fs, &c) == f && flows__find(fs, &d) == f, "TCP: found by socket");
	flows__free(fs);
}

static void test_bound(void)
{
	struct flows *fs = flows__new();
	size_t ended = 0, wrong = 0;

	for (uint64_t i = 0; i < 100000; i++) {
		struct dns_packet p = packet_of(1 + i / 3, 1, true);

		wrong += get(fs, &p, &ended)->packet.cookie != p.cookie;
		wrong += !flows__find(fs, &p);
	}
	is_u64(wrong, 0, "each is found right after");
	is_u64(count(fs), FLOWS_MAX, "no more than there is room for");
	is_u64(ended, 100000 / 3 + 1 - FLOWS_MAX, "... the others were ended");
	is_u64(flows__first(fs)->packet.cookie, 100000 / 3 + 2 - FLOWS_MAX, "... the oldest first");
	flows__free(fs);
}

static void test_udp(void)
{
	struct flows *fs = flows__new();
	size_t ended = 0, refused = 0, n = 0;

	for (uint32_t i = 0; i < 10000; i++) {
		struct dns_packet p = packet_of(1, i, false);

		if (flows__full_of_udp(fs))
			refused++;
		else
			get(fs, &p, &ended);
	}
	is_u64(count(fs), FLOWS_UDP_MAX, "UDP: so many that have no row yet");
	is_u64(refused, 10000 - FLOWS_UDP_MAX, "... beyond that there is no room");
	for (struct flow *f = flows__first(fs); f; f = flow__next(f), n++) {
		flows__told(fs, f);
		flows__told(fs, f);
	}
	ok(!flows__full_of_udp(fs), "... with their rows shown there is");
	while (flows__first(fs))
		flows__forget(fs, flows__first(fs));
	is_u64(count(fs) + fs->udp_untold + fs->count, 0, "all can be forgotten");
	flows__free(fs);
}

int main(void)
{
	test_found();
	test_bound();
	test_udp();
	return done_testing();
}
