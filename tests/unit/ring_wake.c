// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Each interleaving of writers with a reader that falls asleep is gone through. */
#include "tests/unit/ring_memory.h"

/* As events.c reads; each step is a whole, and anything may happen in between. */
static struct {
	struct ring *ring;
	enum { LOOK, ARM, LOOK_AGAIN, SLEEP } state;
	unsigned int schedule, writers;
	int depth;
} play;

static bool look(void)
{
	uint64_t before = reader.count;

	ring__read(play.ring);
	return reader.count != before;
}

static void reader_step(void)
{
	switch (play.state) {
	case LOOK:
		/* What had something is looked at again soon, without being woken. */
		play.state = look() ? LOOK : ARM;
		break;
	case ARM:
		ring_armed = 1;
		play.state = LOOK_AGAIN;
		break;
	case LOOK_AGAIN:
		play.state = look() ? LOOK : SLEEP;
		break;
	case SLEEP:
		if (!kernel.woken)
			break;
		kernel.woken = false;
		ring_armed = 0;
		play.state = LOOK;
	}
}

static void writer(void)
{
	uint64_t record[3] = { play.writers++ };

	ring_emit(record, sizeof(record));
}

/* Between any two things that a program does: another program, or up to four steps of the reader.
 */
static void yield(void)
{
	unsigned int what = play.schedule % 6;

	if (!play.ring)
		return;
	play.schedule /= 6;
	if (what == 5 && play.depth < 2) {
		play.depth++;
		writer();
		play.depth--;
	}
	for (; what && what < 5; what--)
		reader_step();
}

static bool plays_well(unsigned int schedule)
{
	bool all = true;

	ring_armed = 0;
	kernel.woken = false;
	play.state = LOOK;
	play.writers = play.depth = 0;
	memset(reader.got, 0, 64 * sizeof(reader.got[0]));
	play.schedule = schedule;
	writer();
	play.schedule = 0;
	for (int i = 0; i < 20; i++)
		reader_step();
	for (unsigned int i = 0; i < play.writers; i++)
		all &= reader.got[i] == 1;
	return all && play.state == SLEEP && ring_armed;
}

static void test_wake_up(void)
{
	unsigned int bad = 0, first = 0;

	play.ring = begin();
	for (unsigned int schedule = 0; schedule < 6 * 6 * 6 * 6 * 6 * 6 * 6; schedule++)
		if (!plays_well(schedule) && !bad++)
			first = schedule;
	is_u64(bad, 0, "no interleaving leaves a record to a reader that sleeps (first: %u)",
	       first);
	for (int i = 0; i < 300000; i++)
		bad += !plays_well(random_u64());
	is_u64(bad, 0, "... nor a longer one, at random");
	ring__free(play.ring);
	play.ring = NULL;
}

int main(void)
{
	if (!memory_open())
		return 1;
	test_wake_up();
	return done_testing();
}
