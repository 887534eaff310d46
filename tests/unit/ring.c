// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Records of a ring buffer: full rings, records that are being written, at random. */
#include "tests/unit/ring_memory.h"

static void yield(void)
{
}

/* Who fills the ring at once leaves no room for the record that wakes. */
static void test_full(void)
{
	static uint64_t record[(SIZE - 8) / 8];
	struct ring *r = begin();

	ring_armed = 1;
	ok(ring_emit(record, sizeof(record)), "a record as large as the ring");
	ok(kernel.woken, "... wakes the reader");
	ok(!ring_emit(record, 8), "there is no room for another");
	is_u64(lost[COUNT_RING_FULL], 1, "... which is counted");
	ring__read(r);
	is_u64(reader.count, 1, "... and does not come");
	kernel.woken = false;
	ring_armed = 0;
	ring_emit(record, 8);
	ok(!kernel.woken, "a small one wakes nobody who is awake");
	ring_emit(record, SIZE / 4);
	ok(kernel.woken, "a quarter of the ring does");
	ring__free(r);
}

/* -- Records that are being written --------------------------------------------------------- */

static long write_begin(uint64_t number, size_t size)
{
	long at = ring_reserve(size);

	if (at >= 0)
		put(at + 8, &number, sizeof(number));
	return at;
}

static void write_all(uint64_t number)
{
	ring_commit(write_begin(number, 24), 0, false);
}

static void test_hole(void)
{
	struct ring *r = begin();
	long one, three, four;

	write_all(0);
	one = write_begin(1, 24);
	write_all(2);
	three = write_begin(3, 24);
	four = write_begin(4, 40);
	write_all(5);
	is_int(ring__read(r), 0, "records of which some are being written");
	ok(reader.count == 3 && reader.got[0] && reader.got[2] && reader.got[5],
	   "all others are read");
	is_u64(*CONSUMER, 32, "... and the kernel gets back what is before the first of them");
	ring_commit(three, 0, false);
	ring_commit(four, 0, true);
	ring__read(r);
	ok(reader.count == 4 && reader.got[3] == 1, "one is read when it is written");
	is_u64(*CONSUMER, 32, "... the first one still keeps its place");
	ring_commit(one, 0, false);
	ring__read(r);
	ok(reader.count == 5 && reader.got[1] == 1, "until it is written, too");
	is_u64(*CONSUMER, *PRODUCER, "... then all is given back");
	ring__free(r);
}

static void test_error(void)
{
	struct ring *r = begin();
	long one;

	write_all(0);
	one = write_begin(1, 24);
	write_all(2);
	write_all(3);
	reader.fail_at = 2;
	is_int(ring__read(r), -EIO, "an error of the callback's comes through");
	is_u64(reader.count, 2, "... at once");
	ring_commit(one, 0, false);
	reader.fail_at = 1;
	is_int(ring__read(r), -EIO, "the same for one that was being written");
	is_int(ring__read(r), 0, "... and afterwards it goes on");
	ok(reader.count == 4 && reader.got[1] == 1 && reader.got[3] == 1, "... each one once");
	ring__free(r);
}

static void test_many(void)
{
	struct ring *r = begin();
	long at[80];

	for (int i = 0; i < 80; i++)
		at[i] = write_begin(i, 24);
	write_all(80);
	ring__read(r);
	is_u64(reader.count, 0, "more are being written than are kept in mind: nothing");
	for (int i = 0; i < 80; i++)
		ring_commit(at[i], 0, false);
	ring__read(r);
	is_u64(reader.count, 81, "... and all when they are written");
	is_u64(*CONSUMER, *PRODUCER, "... and given back");
	ring__free(r);
}

/* Programs that are preempted at random, round and round the ring. */
static void test_random(void)
{
	struct ring *r = begin();
	uint64_t sent = 0, discarded = 0, bad = 0;
	long open[16];
	int nopen = 0;

	while (sent < 8000) {
		if (nopen < 16 && random_u64() % 2) {
			long at = write_begin(sent, 8 + random_u64() % 100);

			if (at >= 0) {
				open[nopen++] = at;
				sent++;
			}
		}
		if (nopen && random_u64() % 2) {
			int i = random_u64() % nopen;
			bool discard = random_u64() % 8 == 0;

			ring_commit(open[i], 0, discard);
			open[i] = open[--nopen];
			discarded += discard;
		}
		if (random_u64() % 4 == 0)
			ring__read(r);
	}
	while (nopen)
		ring_commit(open[--nopen], 0, false);
	ring__read(r);
	for (int i = 0; i < 8192; i++)
		bad += reader.got[i] > 1;
	is_u64(reader.count, sent - discarded, "random: all that were not discarded");
	is_u64(bad, 0, "random: each one once");
	is_u64(*CONSUMER, *PRODUCER, "random: nothing is left");
	ring__free(r);
}

int main(void)
{
	if (!memory_open())
		return 1;
	test_full();
	test_hole();
	test_error();
	test_many();
	test_random();
	return done_testing();
}
