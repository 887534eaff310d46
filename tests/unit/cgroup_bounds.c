// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What is remembered of the cgroups that a filter follows, up to its bounds. */
#include <errno.h>
#include <string.h>
#include "common/cgroup/cgroup_joined.h"
#include "common/cgroup/cgroup_rejected.h"
#include "common/cgroup/cgroup_undecided.h"
#include "tests/unit/random.h"
#include "tests/unit/tap.h"

static void test_undecided(void)
{
	static struct cgroup_undecided u;
	struct cgroup_undecided_one *one;
	unsigned int sorted = 0, looks = 0;

	for (uint64_t i = 1; i <= CGROUP_UNDECIDED_MAX; i++)
		if (cgroup_undecided__add(&u, i, 1 + random_u64() % 1000, "/a"))
			break;
	is_u64(u.count, CGROUP_UNDECIDED_MAX, "undecided: as many as there may be");
	is_int(cgroup_undecided__add(&u, 1000000, 1, "/b"), -ENOSPC, "... and no more");
	for (size_t i = 1; i < u.count; i++)
		sorted += u.list[i - 1].time_ns <= u.list[i].time_ns;
	is_u64(sorted, u.count - 1, "... the oldest first");
	is_u64(cgroup_undecided__since_ns(&u), u.list[0].time_ns, "... which holds back the rest");
	while (cgroup_undecided__due(&u, 1000 + CGROUP_UNDECIDED_NS / 2) && looks < 100000)
		looks++;
	ok(looks >= CGROUP_UNDECIDED_MAX && looks < 100000, "... each is due (%u)", looks);
	for (uint64_t i = 1; i <= CGROUP_UNDECIDED_MAX; i += 2) {
		one = cgroup_undecided__find(&u, i);
		if (one)
			cgroup_undecided__drop(&u, one);
	}
	is_u64(u.count, CGROUP_UNDECIDED_MAX / 2, "... half are dropped");
	ok(!cgroup_undecided__find(&u, 1) && cgroup_undecided__find(&u, 2), "... these, not those");
	is_int(cgroup_undecided__add(&u, 1000000, 1, "/b"), 0, "... then there is room");
	cgroup_undecided__free(&u);
	is_u64(cgroup_undecided__since_ns(&u), UINT64_MAX, "... none holds anything back");
}

static void test_joined(void)
{
	static struct cgroup_joined j;

	for (uint64_t i = 1; i <= CGROUP_JOINED_MAX; i++)
		cgroup_joined__add(&j, i, "/a");
	is_u64(j.count, CGROUP_JOINED_MAX, "joined: as many as there may be");
	ok(!cgroup_joined__add(&j, 1000, "/b"), "... and no more");
	ok(!cgroup_joined__add(&j, 1, "/a"), "... none twice");
	ok(cgroup_joined__drop(&j, 1) && !cgroup_joined__drop(&j, 1), "... one leaves once");
	ok(cgroup_joined__add(&j, 1000, "/b"), "... then there is room");
	cgroup_joined__free(&j);
}

/* The last ones, whatever the order of ids. */
static void test_rejected(void)
{
	static struct cgroup_rejected r;
	static uint64_t ids[3 * CGROUP_REJECTED_MAX];
	const size_t n = sizeof(ids) / sizeof(ids[0]);
	unsigned int missing = 0, left = 0;

	for (size_t i = 0; i < n; i++) {
		ids[i] = i % 2 ? random_u64() | 1 : 2 * i + 2;
		cgroup_rejected__add(&r, ids[i]);
	}
	for (size_t i = 0; i < n; i++) {
		bool has = cgroup_rejected__has(&r, ids[i]);

		missing += i >= n - CGROUP_REJECTED_MAX && !has;
		left += i < n - CGROUP_REJECTED_MAX && has;
	}
	is_u64(missing, 0, "rejected: the last %d are known", CGROUP_REJECTED_MAX);
	is_u64(left, 0, "... and none before them");
	ok(!cgroup_rejected__has(&r, 0), "... nothing is not rejected");
}

int main(void)
{
	test_undecided();
	test_joined();
	test_rejected();
	return done_testing();
}
