// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* inflight.bpf.h at its bound: more work in flight than a set has ways. */
#include <stdbool.h>
#include <string.h>
#include "tests/unit/bpf_shim.h"

static void *lookup(const __u32 *idx);

#define barrier() __asm__ volatile("" ::: "memory")
#define bpf_map_lookup_elem(map, idx) ((void)(map), lookup(idx))
#include "common/bpf/inflight.bpf.h"
#include "tests/unit/tap.h"

static struct inflight_set sets[INFLIGHT_SETS];
static unsigned int evicted;

static void *lookup(const __u32 *idx)
{
	return *idx < INFLIGHT_SETS ? &sets[*idx] : NULL;
}

static void start(__u64 key, __u64 time_ns)
{
	struct inflight_ref ref = {};

	if (!inflight_claim(sets, key, &ref))
		return;
	evicted += ref.evicted;
	inflight_fields(&ref)[0] = time_ns;
	inflight_publish(&ref, key);
}

/* Its time; 0: it is not known. */
static __u64 end(__u64 key)
{
	struct inflight_ref ref = {};

	if (!inflight_find(sets, key, &ref))
		return 0;
	inflight_publish(&ref, 0);
	return inflight_fields(&ref)[0];
}

static void test_set(void)
{
	__u64 keys[INFLIGHT_WAYS + 2], key = 1;
	struct inflight_set *set = inflight_set_of(sets, key);
	int n = 0;

	for (; n < INFLIGHT_WAYS + 2; key++)
		if (inflight_set_of(sets, key) == set)
			keys[n++] = key;
	for (int i = 0; i < INFLIGHT_WAYS; i++)
		start(keys[i], 100 + i);
	is_u64(evicted, 0, "a set has room for %d", INFLIGHT_WAYS);
	start(keys[INFLIGHT_WAYS], 200);
	is_u64(evicted, 1, "one more takes the place of another, which is told");
	is_u64(end(keys[0]), 0, "... of the oldest");
	is_u64(end(keys[INFLIGHT_WAYS]), 200, "... and is known");
	for (int i = 1; i < INFLIGHT_WAYS; i++)
		is_u64(end(keys[i]), 100 + i, "... as are the others");
	start(keys[0], 300);
	start(keys[0], 400);
	is_u64(end(keys[0]), 400, "of one that was left over the last start counts");
	is_u64(evicted, 1, "... which takes nobody's place");
}

/* A quarter of all ways in use: rarer than 1 in 10,000. */
static void test_quarter(void)
{
	const unsigned int n = INFLIGHT_SETS * INFLIGHT_WAYS / 4;
	unsigned int unknown = 0;

	memset(sets, 0, sizeof(sets));
	evicted = 0;
	for (__u64 i = 1; i <= n; i++)
		start(0xffff888000000000ULL + i * 192, i);
	ok(evicted * 10000 <= n, "of %u in flight %u are evicted", n, evicted);
	for (__u64 i = 1; i <= n; i++)
		unknown += end(0xffff888000000000ULL + i * 192) != i;
	is_u64(unknown, evicted, "all others are known");
}

int main(void)
{
	test_set();
	test_quarter();
	return done_testing();
}
