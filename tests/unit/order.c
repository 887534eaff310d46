// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/stream/order.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include "common/bpf/order_wire.h"
#include "common/base/clock.h"
#include "tests/unit/random.h"
#include "tests/unit/tap.h"

struct event {
	struct record head;
	uint64_t number;
	uint8_t rest[24];
};

static struct {
	uint64_t times[4096], numbers[4096];
	size_t count;
	int fail_at; /* this call fails */
} shown = { .fail_at = -1 };

static int show(void *ctx, const struct record *r)
{
	const struct event *e = (const void *)r;

	(void)ctx;
	if ((int)shown.count == shown.fail_at)
		return -EIO;
	shown.times[shown.count] = r->time_ns;
	shown.numbers[shown.count++] = e->number;
	return 0;
}

static int add(struct order *o, uint64_t time_ns, uint64_t number, size_t size)
{
	struct event e = { { time_ns, RECORD_TOOL, size }, number, {} };

	return order__add(o, &e, size);
}

static void test_turns(void)
{
	struct order *o = order__new(4096, show, NULL);

	shown.count = 0;
	order__begin(o, 100);
	add(o, 30, 1, 24);
	add(o, 10, 2, 25);
	add(o, 120, 3, 32);
	add(o, 10, 4, 48);
	is_int(order__end(o, true), ORDER_SHOWN | ORDER_HELD, "some are shown, some are held");
	is_u64(shown.count, 3, "those older than what may still come");
	ok(shown.numbers[0] == 2 && shown.numbers[1] == 4 && shown.numbers[2] == 1,
	   "by time, those of one time as they came");

	order__begin(o, 120);
	is_int(order__end(o, true), ORDER_HELD, "held as long as something of its time may come");
	order__begin(o, 200);
	add(o, 110, 5, 24);
	is_int(order__end(o, true), ORDER_SHOWN, "then shown");
	ok(shown.count == 5 && shown.numbers[3] == 5 && shown.numbers[4] == 3,
	   "behind one that came later and is older");
	order__begin(o, 300);
	is_int(order__end(o, true), 0, "nothing more");
	order__free(o);
}

static void test_behind(void)
{
	struct order *o = order__new(100, show, NULL);

	shown.count = 0;
	order__begin(o, 50);
	add(o, 40, 1, 24);
	is_int(order__end(o, false), ORDER_HELD, "not read to the end: nothing is shown");
	order__begin(o, 1000);
	add(o, 20, 2, 24);
	add(o, 60, 3, 24);
	is_int(order__end(o, false), ORDER_HELD, "96 of 100 bytes read since");
	order__begin(o, 2000);
	add(o, 70, 4, 24);
	is_int(order__end(o, false), ORDER_SHOWN | ORDER_HELD,
	       "as much read as the ring holds: what was there at the beginning is complete");
	ok(shown.count == 2 && shown.numbers[0] == 2 && shown.numbers[1] == 1,
	   "up to the time of the first look");
	order__begin(o, 2000);
	is_int(order__end(o, true), ORDER_SHOWN, "the rest when the ring is empty");
	ok(shown.count == 4 && shown.numbers[3] == 4, "all of it");
	order__free(o);
}

static void test_errors(void)
{
	struct order *o = order__new(4096, show, NULL);
	struct record r = { .size = 16 };

	is_int(order__add(o, &r, 15), -EINVAL, "shorter than a record");
	r.size = 17;
	is_int(order__add(o, &r, 16), -EINVAL, "shorter than it says");
	r.size = 15;
	is_int(order__add(o, &r, 16), -EINVAL, "says too little");
	shown.count = 0;
	shown.fail_at = 1;
	order__begin(o, 100);
	add(o, 1, 1, 24);
	add(o, 2, 2, 24);
	is_int(order__end(o, true), -EIO, "an error of the reader's comes through");
	shown.fail_at = -1;
	order__free(o);
	order__free(NULL);
}

/* In place of the map: two CPUs. */
__u32 bpf_map__max_entries(const struct bpf_map *map)
{
	(void)map;
	return 2;
}

static void test_hold(void)
{
	struct order_cpu cpus[2] = {};
	uint64_t before = clock__mono_ns(), until, now;

	until = order__until(NULL, cpus);
	ok(until >= before - 1000000 && until <= clock__mono_ns(),
	   "nobody is under way: until now");
	cpus[1].since[3] = before - 5000000;
	is_u64(order__until(NULL, cpus), before - 5000000, "until somebody's beginning");
	ok(!order__settled(NULL, cpus, before), "... who has not left");
	cpus[0].since[0] = 1;
	until = order__until(NULL, cpus);
	now = clock__mono_ns();
	ok(until <= now - ORDER_HOLD_NS && until >= before - ORDER_HOLD_NS,
	   "not for longer than nothing may be held back");
	ok(!order__settled(NULL, cpus, before), "... who then is under way all the same");
	memset(cpus, 0, sizeof(cpus));
	before = clock__mono_ns();
	while (!order__settled(NULL, cpus, before) && clock__mono_ns() < before + NSEC_PER_SEC)
		;
	ok(order__settled(NULL, cpus, before), "settled when all have left, and soon");
}

static void test_late(void)
{
	struct order *o = order__new(4096, show, NULL);

	shown.count = 0;
	order__begin(o, 100);
	add(o, 50, 1, 24);
	add(o, 90, 2, 24);
	order__end(o, true);
	order__begin(o, 200);
	add(o, 150, 3, 24);
	add(o, 70, 4, 24);
	add(o, 90, 5, 24);
	is_int(order__end(o, true), ORDER_SHOWN, "some come too late for their place");
	ok(shown.count == 5 && shown.numbers[2] == 4 && shown.numbers[3] == 5 &&
		   shown.numbers[4] == 3,
	   "they are shown when they come");
	is_u64(order__late(o), 1, "... and counted; one of the same time is not late");
	order__free(o);
}

/* Whatever the reason that nothing may be handed over: a clock, say. */
static void test_bounded(void)
{
	struct order *o = order__new(4096, show, NULL);
	bool sorted = true;
	uint64_t n = 0;

	shown.count = 0;
	for (int turn = 0; turn < 100; turn++) {
		order__begin(o, 1);
		for (int i = 0; i < 30; i++, n++)
			add(o, 1000 + n, n, 40);
		order__end(o, true);
		sorted &= n - shown.count <= 2 * 4096 / 40 + 1;
	}
	ok(sorted, "no more is held back than twice what the ring holds");
	ok(n - shown.count > 4096 / 40, "... and no less than what it holds");
	order__begin(o, UINT64_MAX);
	is_int(order__end(o, true), ORDER_SHOWN, "at the end nothing is held back");
	is_u64(shown.count, n, "... each one is shown");
	for (uint64_t i = 0; i < n; i++)
		sorted &= shown.numbers[i] == i;
	ok(sorted, "... in order");
	is_u64(order__late(o), 0, "... none is late");
	order__free(o);
}

/* The end comes in the middle of a storm: what was not read yet has no later look. */
static void test_end(void)
{
	struct order *o = order__new(4096, show, NULL);

	shown.count = 0;
	order__begin(o, 100);
	add(o, 90, 1, 24);
	is_int(order__end(o, false), ORDER_HELD, "the ring was not read to its end");
	order__begin(o, UINT64_MAX);
	add(o, 110, 2, 24);
	is_int(order__end(o, true), ORDER_SHOWN, "then it is, and nothing more can come");
	is_u64(shown.count, 2, "all are shown");
	order__free(o);
}

/* Two CPUs whose records come into the ring late, as their programs say they are under way. */
static void test_random(void)
{
	struct order *o = order__new(1 << 20, show, NULL);
	uint64_t time = 1000, pending = 0, sent = 0;
	bool sorted = true;

	shown.count = 0;
	for (int turn = 0; turn < 200; turn++) {
		order__begin(o, pending ?: time + 1);
		for (int i = 0; i < 10; i++) {
			time += 1 + random_u64() % 5;
			if (!pending && random_u64() % 8 == 0)
				pending = time;
			else
				add(o, time, sent++, 24 + random_u64() % 25);
		}
		if (pending && random_u64() % 2) {
			add(o, pending, sent++, 24);
			pending = 0;
		}
		order__end(o, true);
	}
	if (pending)
		add(o, pending, sent++, 24);
	order__begin(o, time + 1);
	is_int(order__end(o, true), ORDER_SHOWN, "the last ones");
	for (size_t i = 1; i < shown.count; i++)
		sorted &= shown.times[i - 1] <= shown.times[i];
	is_u64(shown.count, sent, "random: each one is shown once");
	ok(sorted, "random: in order");
	order__free(o);
}

int main(void)
{
	test_turns();
	test_behind();
	test_errors();
	test_hold();
	test_late();
	test_bounded();
	test_end();
	test_random();
	return done_testing();
}
