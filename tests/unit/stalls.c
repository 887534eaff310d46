// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/block/stalls.h"

#include <errno.h>
#include "tests/unit/disk_tree.h"
#include "tests/unit/tap.h"

#define S 1000000000ULL
#define SDA (8u << 20)
#define DM0 (252u << 20)

/* Reads and their ms, what is in flight. */
struct stats {
	unsigned long long reads, ms, in_flight;
};

static void set_stats(struct stats sda, struct stats part, struct stats dm)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 "   8       0 sda %llu 0 0 %llu 0 0 0 0 %llu 0 0 0 0 0 0 0 0\n"
		 "   8       2 sda2 %llu 0 0 %llu 0 0 0 0 %llu 0 0 0 0 0 0 0 0\n"
		 "garbage\n"
		 " 252       0 dm-0 %llu 0 0 %llu 0 0 0 0 %llu 0 0\n",
		 sda.reads, sda.ms, sda.in_flight, part.reads, part.ms, part.in_flight, dm.reads,
		 dm.ms, dm.in_flight);
	tree_file("/proc/diskstats", text);
}

static const struct stats idle = {};

static size_t look(struct stalls *s, uint32_t only, uint64_t now_ns)
{
	struct stalls_question q = { .only = only ? &only : NULL, .nonly = 1, .now_ns = now_ns };
	int err = stalls__look(s, &q);

	if (err)
		is_int(err, 0, "a look");
	return s->nfound;
}

static void test_hang(void)
{
	struct stalls s = {};

	set_stats((struct stats){ 100, 100, 1 }, (struct stats){ 100, 100, 1 }, idle);
	is_u64(look(&s, 0, 10 * S), 0, "in flight at the first look");
	is_u64(look(&s, 0, 10 * S + STALL_NS - 1), 0, "for less than a second");
	is_u64(look(&s, 0, 12 * S), 1, "for two: the disk, not its partition");
	is_str(s.found[0].name, "sda", "... its name");
	is_u64(s.found[0].in_flight, 1, "... what is in flight");
	is_u64(s.found[0].ns, 2 * S, "... for how long");
	set_stats((struct stats){ 101, 2100, 1 }, (struct stats){ 101, 2100, 1 }, idle);
	is_u64(look(&s, 0, 13 * S), 0, "something was completed");
	is_u64(look(&s, 0, 14 * S), 0, "another second, for I/O that takes two");
	is_u64(look(&s, 0, 18 * S), 1, "more than twice as long");
	set_stats((struct stats){ 101, 2100, 0 }, idle, idle);
	is_u64(look(&s, 0, 19 * S), 0, "nothing in flight any more");
	set_stats((struct stats){ 3, 0, 1 }, idle, idle);
	is_u64(look(&s, 0, 20 * S), 0, "another disk of that number");
	is_u64(look(&s, 0, 22 * S), 1, "... hangs");
	stalls__free(&s);
}

/* New ones all the time, as loop devices and those of device-mapper may be. */
static void test_many(void)
{
	struct stalls s = {};
	size_t most = 0;

	for (unsigned int i = 0; i < 1000; i++) {
		char text[256];

		snprintf(text, sizeof(text),
			 "   8       0 sda 1 0 0 1 0 0 0 0 1 0 0 0 0 0 0 0 0\n"
			 " 252      %u dm-%u 1 0 0 1 0 0 0 0 1 0 0\n",
			 i, i);
		tree_file("/proc/diskstats", text);
		look(&s, 0, (10 + i) * S);
		most = s.ndisks > most ? s.ndisks : most;
	}
	is_u64(most, 2, "disks that have gone are forgotten");
	is_u64(s.found[0].ns, 999 * S, "and nothing of the others");
	stalls__free(&s);
}

static void test_partition(void)
{
	struct stalls s = {};

	set_stats((struct stats){ 1, 0, 1 }, (struct stats){ 1, 0, 1 }, (struct stats){ 0, 0, 3 });
	look(&s, SDA | 2, 1 * S);
	is_u64(look(&s, SDA | 2, 3 * S), 1, "a partition that was asked for");
	is_str(s.found[0].name, "sda2", "... its name");
	stalls__free(&s);
	look(&s, DM0, 1 * S);
	is_u64(look(&s, DM0, 3 * S), 1, "a kernel without discards and flushes");
	is_u64(s.found[0].in_flight, 3, "... what is in flight");
	stalls__free(&s);
}

static uint64_t two_of_dm(void *ctx, uint32_t dev)
{
	(void)ctx;
	return dev == DM0 ? 2 : 0;
}

static void test_known_better(void)
{
	struct stalls_question q = { .now_ns = 1 * S, .in_flight = two_of_dm };
	struct stalls s = {};

	set_stats(idle, idle, idle);
	is_int(stalls__look(&s, &q), 0, "what the kernel does not count");
	q.now_ns = 3 * S;
	is_int(stalls__look(&s, &q), 0, "... two seconds later");
	is_u64(s.nfound, 1, "... one disk");
	is_u64(s.nfound ? s.found[0].in_flight : 0, 2, "... with as many as are known");
	stalls__free(&s);
}

static void test_without_proc(void)
{
	struct stalls_question q = { .now_ns = 1 };
	struct stalls s = {};

	disk__set_root(tree_path("/nowhere"));
	is_int(stalls__look(&s, &q), -ENOENT, "no statistics");
	disk__set_root(tree_root);
	stalls__free(&s);
}

int main(void)
{
	make_host();
	test_hang();
	test_partition();
	test_many();
	test_known_better();
	test_without_proc();
	tree_close();
	return done_testing();
}
