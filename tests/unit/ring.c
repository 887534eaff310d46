// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Both sides of a ring buffer: the header that programs are made of writes to memory that stands
 * for the kernel's, ring.c reads it. Each interleaving of writers with a reader that falls asleep
 * is gone through.
 */
#include "common/stream/ring.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "tests/unit/bpf_shim.h"

static long ring_reserve(size_t size);
static void ring_commit(long at, uint64_t flags, bool discard);
static long output(const void *data, size_t size, uint64_t flags);
static void *reserve(size_t size);
static uint64_t unread(void);
static void yield(void);
static __u64 *count_slot(void);

#define barrier() __asm__ volatile("" ::: "memory")
#define bpf_get_smp_processor_id() 0
#define bpf_map_lookup_elem(map, idx) ((void)*(idx), (void *)count_slot())
#define bpf_ringbuf_query(map, what) unread()
#define bpf_ringbuf_output(map, data, size, flags) output(data, size, flags)
#define bpf_ringbuf_reserve(map, size, flags) reserve(size)
#define bpf_ringbuf_discard(p, flags) ring_commit((char *)(p)-kernel.data - 8, flags, true)

#define SIZE 4096

/* The kernel's side. */
static struct {
	int fd;
	size_t page;
	char *memory, *data;
	bool woken;
} kernel;

#define const
#include "common/bpf/ring.bpf.h"
#undef const
#include "tests/unit/random.h"
#include "tests/unit/tap.h"

static __u64 lost[64];

static __u64 *count_slot(void)
{
	return lost;
}

static unsigned long *position(int of)
{
	return (unsigned long *)(kernel.memory + of * kernel.page);
}

#define CONSUMER position(0)
#define PRODUCER position(1)

static uint64_t unread(void)
{
	yield();
	return *PRODUCER - *CONSUMER;
}

/* The data is mapped twice, one behind the other. */
static void put(size_t at, const void *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		kernel.data[(at + i) % SIZE] = kernel.data[(at + i) % SIZE + SIZE] =
			((const char *)bytes)[i];
}

static uint32_t header(size_t at)
{
	uint32_t len;

	memcpy(&len, kernel.data + at % SIZE, sizeof(len));
	return len;
}

/* The place of its header, or -1. */
static long ring_reserve(size_t size)
{
	size_t at = *PRODUCER, all = (size + 8 + 7) / 8 * 8;
	uint32_t len = size | BPF_RINGBUF_BUSY_BIT;

	if (*PRODUCER - *CONSUMER + all > SIZE)
		return -1;
	put(at, &len, sizeof(len));
	*PRODUCER += all;
	return at % SIZE;
}

static void *reserve(size_t size)
{
	long at;

	yield();
	at = ring_reserve(size);
	yield();
	return at < 0 ? NULL : kernel.data + at + 8;
}

static void ring_commit(long at, uint64_t flags, bool discard)
{
	uint32_t len = header(at) & ~BPF_RINGBUF_BUSY_BIT;

	if (discard)
		len |= BPF_RINGBUF_DISCARD_BIT;
	yield();
	put(at, &len, sizeof(len));
	yield();
	if (flags & BPF_RB_FORCE_WAKEUP)
		kernel.woken = true;
	yield();
}

static long output(const void *data, size_t size, uint64_t flags)
{
	long at;

	yield();
	at = ring_reserve(size);
	if (at < 0)
		return -EAGAIN;
	put(at + 8, data, size);
	ring_commit(at, flags, false);
	return 0;
}

static struct {
	uint64_t got[8192]; /* times that record was read */
	uint64_t count;
	int fail_at;
} reader;

static int take(void *ctx, const void *data, size_t size)
{
	uint64_t number;

	(void)ctx;
	memcpy(&number, data, sizeof(number));
	if (size >= sizeof(number) && number < 8192)
		reader.got[number]++;
	reader.count++;
	return reader.fail_at && !--reader.fail_at ? -EIO : 0;
}

static struct ring *begin(void)
{
	memset(&reader, 0, sizeof(reader));
	memset(lost, 0, sizeof(lost));
	memset(kernel.memory, 0, 2 * kernel.page + 2 * SIZE);
	kernel.woken = false;
	ring_armed = 0;
	ring_wake_bytes = SIZE / 4;
	return ring__new(kernel.fd, SIZE, take, NULL);
}

/* -- Waking -------------------------------------------------------------------------------- */

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
	kernel.page = sysconf(_SC_PAGESIZE);
	kernel.fd = memfd_create("ring", 0);
	if (kernel.fd < 0 || ftruncate(kernel.fd, 2 * kernel.page + 2 * SIZE))
		return 1;
	kernel.memory = mmap(NULL, 2 * kernel.page + 2 * SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
			     kernel.fd, 0);
	if (kernel.memory == MAP_FAILED)
		return 1;
	kernel.data = kernel.memory + 2 * kernel.page;
	test_wake_up();
	test_full();
	test_hole();
	test_error();
	test_many();
	test_random();
	return done_testing();
}
