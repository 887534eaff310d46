// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The kernel's book and the programs' own count, and lines of the disks' statistics. */
#include "common/block/balance.h"

#include "common/block/disk_stat.h"
#include "tests/unit/tap.h"

static uint64_t look(struct balance *b, uint64_t before, uint64_t kernel, uint64_t after)
{
	return balance__look(b, &(struct balance_look){ .seen_before = before,
							.kernel = kernel,
							.seen_after = after,
							.slack = 2 });
}

static uint64_t look_under_way(struct balance *b, uint64_t kernel, uint64_t seen, uint64_t way)
{
	return balance__look(b, &(struct balance_look){ .seen_before = seen,
							.kernel = kernel,
							.seen_after = seen,
							.under_way = way });
}

static void test_quiet(void)
{
	struct balance b = {};

	is_u64(look(&b, 0, 5000, 0), 0, "the first look: what was before is no event");
	is_u64(look(&b, 0, 5000, 0), 0, "nothing happens");
	is_u64(look(&b, 8000, 13000, 8000), 0, "all was seen");
	is_u64(look(&b, 15964, 21000, 15964), 36, "36 were not, exactly");
	is_u64(look(&b, 15964, 21000, 15964), 36, "... and stay so");
	is_u64(look(&b, 16064, 21100, 16064), 36, "... whatever follows");
}

static void test_busy(void)
{
	struct balance b = {};

	/* 10 while the first look was taken, and 2 that may have been seen and not booked. */
	is_u64(look(&b, 100, 5105, 110), 0, "the first look at a busy disk");
	is_u64(look(&b, 1000, 6006, 1010), 0, "the next one");
	is_u64(look(&b, 2000, 7002, 2000), 0, "two may have been under way at the start");
	is_u64(look(&b, 3000, 8010, 3000), 3, "what exceeds that and the span of a look");
	is_u64(look(&b, 3000, 8010, 3000), 3, "a quiet disk: not more than was certain");
}

static void test_behind(void)
{
	struct balance b = {};

	look(&b, 0, 0, 0);
	look(&b, 0, 0, 0);
	is_u64(look(&b, 40, 50, 60), 0, "seen meanwhile, and not in the book that was read");
	is_u64(look(&b, 70, 60, 70), 0, "seen, and not booked yet");
	is_u64(look(&b, 70, 70, 70), 0, "... now it is");
	is_u64(look(&b, 70, 71, 70), 1, "one more");
}

static void test_anew(void)
{
	struct balance b = {};

	look(&b, 0, 9000, 0);
	look(&b, 0, 9000, 0);
	is_u64(look(&b, 100, 9100, 100), 0, "a book");
	is_u64(look(&b, 100, 0, 100), 0, "begins anew (zram's reset)");
	is_u64(look(&b, 100, 0, 100), 0, "... and nothing happens");
	is_u64(look(&b, 100, 7, 100), 7, "... what it has then is compared, too");
}

static void test_under_way(void)
{
	struct balance b = {};

	look_under_way(&b, 50, 0, 0);
	is_u64(look_under_way(&b, 90, 30, 10), 0, "in the book, and not ended");
	is_u64(look_under_way(&b, 90, 30, 0), 10, "ended, and not seen");
	b = (struct balance){};
	look_under_way(&b, 50, 0, 8);
	is_u64(look_under_way(&b, 58, 0, 0), 0, "begun before the first look");
	is_u64(look_under_way(&b, 59, 0, 0), 1, "... after it");
}

static void test_stat(void)
{
	struct disk_stat st;

	ok(disk_stat__parse(" 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n", &st), "a line");
	is_u64(st.ios[DISK_READ], 1, "reads");
	is_u64(st.sectors[DISK_READ], 3, "... their sectors");
	is_u64(st.ios[DISK_WRITE], 5, "writes");
	is_u64(st.ms[DISK_WRITE], 8, "... their time");
	is_u64(st.in_flight, 9, "in flight");
	is_u64(st.ios[DISK_DISCARD], 12, "discards");
	is_u64(st.sectors[DISK_DISCARD], 14, "... their sectors");
	is_u64(st.ios[DISK_FLUSH], 16, "flushes");
	is_u64(disk_stat__ios(&st), 1 + 5 + 12 + 16, "all together, without what was merged");
	ok(disk_stat__parse("1 2 3 4 5 6 7 8 9 10 11", &st), "a kernel without discards");
	is_u64(disk_stat__ios(&st), 6, "... has reads and writes");
	ok(!disk_stat__parse("1 2 3 4 5 6 7 8 9 10", &st), "too few numbers");
	ok(!disk_stat__parse("", &st), "an empty file");
}

int main(void)
{
	test_quiet();
	test_busy();
	test_behind();
	test_anew();
	test_under_way();
	test_stat();
	return done_testing();
}
