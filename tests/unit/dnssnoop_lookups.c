// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Lookups and their answers, however many there are of one socket, one question or one id. */
#include "tools/dnssnoop/dns/dns_text.c"

#include "tools/dnssnoop/dns/dns_name.c"

#include "tools/dnssnoop/lookup.c"
#include "tools/dnssnoop/lookups.c"
#include "tools/dnssnoop/server_times.c"

#include <time.h>
#include "tests/unit/tap.h"

#define SECOND_NS UINT64_C(1000000000)
#define TIMEOUT_NS (7 * SECOND_NS)
#define MANY 20000

/* What MANY searches may take on a slow machine; each through all others would take minutes. */
#define LINEAR_S 20.0

static uint64_t now_ns;

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static struct question question(const char *name, uint16_t id)
{
	struct question q = { .id = id, .type = 1, .class = 1, .present = true };

	dns_name__parse(name, &q.name);
	return q;
}

/* `server`: the last byte of its address. */
static struct dns_packet query(uint64_t cookie, uint8_t server)
{
	struct dns_packet p = {
		.cookie = cookie, .flags = DNS_OUT | DNS_LAST, .asked_port = 53, .rport = 53
	};
	uint8_t *asked = (uint8_t *)p.asked.word;

	p.head.time_ns = now_ns;
	p.who.pid = 77;
	asked[10] = asked[11] = 0xff;
	asked[12] = 10;
	asked[15] = server;
	p.remote = p.asked;
	return p;
}

static struct lookup *send(struct lookups *ls, const struct dns_packet *p, const struct question *q)
{
	struct lookup *l = lookups__find_again(ls, p, q);

	if (!l)
		return lookups__begin(ls, p, q, 0);
	return lookups__again(ls, l, p) ? NULL : l;
}

static struct lookup *ask(struct lookups *ls, uint64_t cookie, const struct question *q)
{
	struct dns_packet p = query(cookie, 1);

	return send(ls, &p, q);
}

static bool answer(struct lookups *ls, uint64_t cookie, const struct question *q)
{
	struct lookup *l = lookups__answer(ls, cookie, q);

	if (!l || l->end != LOOKUP_OPEN || lookup__cookie(l) != cookie)
		return false;
	lookups__end(ls, l, LOOKUP_ANSWERED);
	return true;
}

/* -- Many that only one thing tells apart ---------------------------------------------------- */

static void test_sockets(uint16_t id)
{
	struct lookups *ls = lookups__new();
	struct question q = question("www.example.org", id);
	double start = seconds();
	int asked = 0, answered = 0;

	now_ns = SECOND_NS;
	for (uint64_t i = 1; i <= MANY; i++)
		asked += ask(ls, i, &q) != NULL;
	for (uint64_t i = 1; i <= MANY; i++)
		answered += answer(ls, i, &q);
	is_int(asked, MANY, "id %u, one name, %d sockets: so many lookups", id, MANY);
	is_int(answered, MANY, "id %u: each gets its own answer", id);
	ok(seconds() - start < LINEAR_S, "id %u: in no time", id);
	lookups__free(ls);
}

/* Some take so long to send that the first ones could ask again. */
static void test_slow_sockets(void)
{
	struct lookups *ls = lookups__new();
	struct question q = question("www.example.org", 0);
	int alone = 0;

	for (uint64_t i = 1; i <= 200; i++) {
		now_ns += SECOND_NS / 100;
		alone += ask(ls, i, &q)->queries == 1;
	}
	is_int(alone, 200, "id 0: while a socket is open, another one asks for itself");
	lookups__release(ls, 1, now_ns);
	now_ns += SECOND_NS;
	is_int(ask(ls, 201, &q)->queries, 2, "... when it is closed, the next one asks again");
	ok(answer(ls, 201, &q), "... and gets the answer");
	lookups__free(ls);
}

static void test_names(void)
{
	struct lookups *ls = lookups__new();
	double start = seconds();
	int answered = 0, bare = 0;
	char name[32];

	for (int i = 0; i < MANY; i++) {
		struct question q;

		snprintf(name, sizeof(name), "n%d.test", i);
		q = question(name, 0);
		ask(ls, 7, &q);
	}
	for (int i = 0; i < MANY; i += 2) {
		struct question q;

		snprintf(name, sizeof(name), "N%d.Test", i);
		q = question(name, 0);
		answered += answer(ls, 7, &q);
	}
	for (int i = 0; i < MANY / 2; i++)
		bare += answer(ls, 7, &(struct question){ .id = 0 });
	is_int(answered, MANY / 2, "one socket, one id, %d names: by the name", MANY);
	is_int(bare, MANY / 2, "... without one, by the id");
	ok(!lookups__of_socket(ls, 7), "... and none is left");
	ok(seconds() - start < LINEAR_S, "... in no time");
	lookups__free(ls);
}

/* What is over does not stand in the way of what is not. */
static void test_same_again(void)
{
	struct lookups *ls = lookups__new();
	struct question q = question("www.example.org", 0);
	double start = seconds();
	int answered = 0;

	for (int i = 0; i < MANY; i++) {
		now_ns += SECOND_NS;
		ask(ls, 7, &q);
		answered += answer(ls, 7, &q);
	}
	is_int(answered, MANY, "one socket asks the same %d times", MANY);
	is_u64(ls->done_count[0], 1, "... and the last one is kept");
	ok(seconds() - start < LINEAR_S, "... in no time");
	lookups__free(ls);
}

static void test_hidden(void)
{
	struct lookups *ls = lookups__new();
	struct dns_packet p = query(7, 1);
	double start = seconds();
	int certain = 0, wrong = 0;
	bool sure;

	for (int i = 0; i < MANY; i++)
		lookups__begin(ls, &p, NULL, 0)->lost = i;
	for (int i = 0; i < MANY; i++) {
		struct lookup *l = lookups__answer_hidden(ls, 7, &sure);

		wrong += !l || l->lost != (uint64_t)i;
		certain += sure;
		lookups__end(ls, l, LOOKUP_ANSWERED);
	}
	is_int(wrong, 0, "%d without a question: the oldest first", MANY);
	is_int(certain, 0, "... of which none is certain");
	ok(seconds() - start < LINEAR_S, "... in no time");
	lookups__begin(ls, &p, NULL, 0);
	lookups__answer_hidden(ls, 7, &sure);
	ok(sure, "... but a single one is");
	lookups__free(ls);
}

static void test_named(void)
{
	struct lookups *ls = lookups__new();
	struct question q = question("printer.local", 0);
	struct lookup *l = NULL;
	int n = 0;

	q.mdns = true;
	for (int type = 1; type <= 300; type++) {
		q.type = type;
		ask(ls, 7, &q);
		ask(ls, 8, &q);
	}
	q = question("PRINTER.local", 0);
	while ((l = lookups__named(ls, 7, &q.name, l)))
		n += lookup__cookie(l) == 7;
	is_int(n, 300, "multicast: all of a name and a socket");
	l = lookups__of_socket(ls, 8);
	ok(!lookup__is_overtaken(l), "... which are not answered");
	lookups__overtake(ls, 8);
	ok(lookup__is_overtaken(l), "... or nobody knows");
	lookups__free(ls);
}

static void test_again(void)
{
	struct lookups *ls = lookups__new();
	struct question q = question("www.example.org", 5);
	struct lookup *l = ask(ls, 1, &q);

	for (uint64_t i = 2; i <= 40; i++) {
		now_ns += SECOND_NS / 5;
		ok(ask(ls, i, &q) == l, "another socket asks again: number %" PRIu64, i);
	}
	is_int(socket_count(l), LOOKUP_SOCKETS, "... so many sockets are known");
	ok(lookups__answer(ls, 40, &q) == l && lookups__answer(ls, 25, &q) == l,
	   "... the last ones, each of which may get the answer");
	ok(!lookups__answer(ls, 24, &q), "... and no others");
	ok(!lookup__is_endless(l, now_ns, TIMEOUT_NS), "for a while it is one lookup");
	ok(lookup__is_endless(l, now_ns + 20 * SECOND_NS, TIMEOUT_NS), "... but not for ever");
	lookups__free(ls);
}

static void test_one_server(void)
{
	struct lookups *ls = lookups__new();
	struct question q1 = question("a.test", 1), q2 = question("b.test", 2);
	struct dns_packet first = query(7, 1), second = query(7, 2);
	struct lookup *l = send(ls, &first, &q1);

	ok(lookup__asks_one_server(l), "a socket that asks one server");
	send(ls, &second, &q2);
	ok(!lookup__asks_one_server(l), "... and one that asks two");
	ok(answer(ls, 7, &q2), "... of which one answers");
	ok(lookup__asks_one_server(l), "... so that it waits for one");
	lookups__free(ls);
}

/* -- More than there is room for ------------------------------------------------------------- */

static struct flood {
	uint64_t begun, silent, unknown, of_others, most_bytes;
	uint64_t least_wait_ns;
} flood;

/* `server` is asked so often; the oldest end when there is no room. */
static void run_flood(struct lookups *ls, uint8_t server, uint64_t rate, int for_s)
{
	struct server_times *silent = NULL;

	flood = (struct flood){ .least_wait_ns = UINT64_MAX };
	for (uint64_t i = 0; i < rate * for_s; i++) {
		struct dns_packet p;
		struct question q = question("dead.test", i);
		struct lookup *l;

		now_ns += SECOND_NS / rate;
		p = query(1000 + i / 65536, server);
		while ((l = lookups__excess(ls))) {
			flood.of_others += silent != l->server;
			if (lookup__is_silent(l, now_ns, TIMEOUT_NS))
				flood.silent++;
			else
				flood.unknown++;
			if (now_ns - l->last_ns < flood.least_wait_ns)
				flood.least_wait_ns = now_ns - l->last_ns;
			lookups__end(ls, l, LOOKUP_TIMEOUT);
		}
		while ((l = lookups__oldest(ls, now_ns - TIMEOUT_NS)))
			lookups__end(ls, l, LOOKUP_TIMEOUT);
		l = send(ls, &p, &q);
		silent = l->server;
		flood.begun++;
		if (ls->bytes > flood.most_bytes)
			flood.most_bytes = ls->bytes;
	}
}

static void test_flood(void)
{
	struct lookups *ls = lookups__new();
	struct question q = question("slow.test", 9);

	now_ns = 100 * SECOND_NS;
	/* Another server is slow; it is not what there is too much of. */
	ask(ls, 5, &q);
	run_flood(ls, 2, 6000, 10);
	is_u64(flood.silent + flood.unknown, 0,
	       "6,000 a second without an answer wait for their time");
	run_flood(ls, 3, 50000, 10);
	ok(flood.silent > 50000, "50,000 a second: %" PRIu64 " are given up early", flood.silent);
	is_u64(flood.unknown, 0, "... all of which a dead server has not answered");
	is_u64(flood.of_others, 0, "... and which it was sent to");
	ok(flood.least_wait_ns > SECOND_NS, "... after a second at least");
	ok(flood.most_bytes < BYTES_MAX + 4096, "... in %" PRIu64 " bytes", flood.most_bytes);
	lookups__free(ls);
}

static void test_slow_server(void)
{
	struct lookups *ls = lookups__new();
	struct question q = question("slow.test", 9);
	struct dns_packet p = query(5, 3);
	struct lookup *l = send(ls, &p, &q);

	p.head.time_ns = now_ns += SECOND_NS;
	lookups__heard(ls, l, &p);
	lookups__end(ls, l, LOOKUP_ANSWERED);
	run_flood(ls, 3, 50000, 4);
	is_u64(flood.silent, 0, "a server that answers in a second: nobody knows");
	ok(flood.unknown, "... of %" PRIu64 " that are given up early", flood.unknown);
	lookups__free(ls);
}

static void test_stray(void)
{
	struct lookups *ls = lookups__new();
	struct dns_packet p = query(5, 3);
	struct question q = question("a.test", 1);
	struct lookup *l = send(ls, &p, &q);
	uint64_t sent_ns = now_ns;

	ok(!lookup__is_silent(l, sent_ns + SECOND_NS / 10, TIMEOUT_NS), "0.1 s are too short");
	ok(lookup__is_silent(l, sent_ns + SECOND_NS, TIMEOUT_NS), "... 1 s is not");
	p.flags = DNS_LAST;
	p.head.time_ns = sent_ns + SECOND_NS / 2;
	lookups__strayed(ls, &p);
	ok(!lookup__is_silent(l, sent_ns + SECOND_NS, TIMEOUT_NS),
	   "... unless it answers what is not known any more");
	lookups__free(ls);
}

/* Closed sockets get no answer: they go first. */
static void test_released(void)
{
	struct lookups *ls = lookups__new();
	struct question q = question("a.test", 1);
	struct lookup *l;

	l = ask(ls, 4, &q);
	ask(ls, 5, &q);
	run_flood(ls, 3, 50000, 1);
	lookups__release(ls, 4, now_ns);
	ls->bytes += BYTES_MAX;
	ok(lookups__excess(ls) == l, "a lookup whose socket is closed makes room first");
	ls->bytes -= BYTES_MAX;
	lookups__free(ls);
}

int main(void)
{
	test_sockets(0);
	test_sockets(4711);
	test_slow_sockets();
	test_names();
	test_same_again();
	test_hidden();
	test_named();
	test_again();
	test_one_server();
	test_flood();
	test_slow_server();
	test_stray();
	test_released();
	return done_testing();
}
