// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * again.bpf.h on several processors at once: threads are the CPUs, and their events have few slots
 * in common. The second program has work to do for those events only that the first one missed.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>
#include "tests/unit/bpf_shim.h"

static void *lookup(const void *map, const void *key);
static int update(__u64 key);
static int delete_other(__u64 key);
static __u64 now_ns(void);

#define bpf_map_lookup_elem(map, key) lookup(map, key)
#define bpf_map_update_elem(map, key, value, flags) ((void)*(value), update(*(key)))
#define bpf_map_delete_elem(map, key) delete_other(*(key))
#define bpf_ktime_get_ns() now_ns()
#define bpf_spin_lock(l) spin_lock(&(l)->val)
#define bpf_spin_unlock(l) __atomic_store_n(&(l)->val, 0, __ATOMIC_RELEASE)

static void spin_lock(__u32 *lock)
{
	while (__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE))
		;
}

#define AGAIN_SLOTS_LOG2 1
#define const
#include "common/bpf/again.bpf.h"
#undef const
#include "tests/unit/random.h"
#include "tests/unit/tap.h"

#define THREADS 3
#define EVENTS 2000000
#define OTHERS 64

static struct again_slot slots[1 << AGAIN_SLOTS_LOG2];
/* The hash, which the kernel has locks for. */
static __u64 others[OTHERS];
static pthread_mutex_t others_lock = PTHREAD_MUTEX_INITIALIZER;
static __u64 time_ns;

static void *lookup(const void *map, const void *key)
{
	(void)map;
	return &slots[*(const __u32 *)key];
}

static __u64 *others_find(__u64 key)
{
	for (int i = 0; i < OTHERS; i++)
		if (others[i] == key)
			return &others[i];
	return NULL;
}

static int update(__u64 key)
{
	__u64 *place;

	pthread_mutex_lock(&others_lock);
	place = others_find(key) ?: others_find(0);
	if (place)
		*place = key;
	pthread_mutex_unlock(&others_lock);
	return place ? 0 : -1;
}

static int delete_other(__u64 key)
{
	__u64 *place;

	pthread_mutex_lock(&others_lock);
	place = others_find(key);
	if (place)
		*place = 0;
	pthread_mutex_unlock(&others_lock);
	return place ? 0 : -1;
}

static __u64 now_ns(void)
{
	return __atomic_load_n(&time_ns, __ATOMIC_RELAXED);
}

static void begin(void)
{
	memset(slots, 0, sizeof(slots));
	memset(others, 0, sizeof(others));
	time_ns = 1ULL << 40;
	again = true;
}

/* An event a round, of a key that no other thread has; the first program misses some. */
struct cpu {
	pthread_t thread;
	__u64 first_key;
	unsigned int twice, missed; /* counted by both programs; by neither */
};

static pthread_barrier_t start;

static void *cpu_run(void *arg)
{
	struct cpu *cpu = arg;
	cpu_set_t where = {};

	pthread_barrier_wait(&start);
	/* Where there are several, on another one each. */
	CPU_SET(cpu->first_key / 1000 % sysconf(_SC_NPROCESSORS_ONLN), &where);
	sched_setaffinity(0, sizeof(where), &where);
	for (int i = 0; i < EVENTS; i++) {
		__u64 key = cpu->first_key + i % 7;
		bool skipped = i % 5 == 0;

		if (!skipped)
			again_mark(key);
		if (again_needed(key) != skipped)
			(*(skipped ? &cpu->missed : &cpu->twice))++;
	}
	return NULL;
}

static void test_threads(void)
{
	struct cpu cpus[THREADS] = {};
	unsigned int twice = 0, missed = 0;

	begin();
	pthread_barrier_init(&start, NULL, THREADS);
	for (int i = 0; i < THREADS; i++) {
		cpus[i].first_key = 1000 * (i + 1);
		pthread_create(&cpus[i].thread, NULL, cpu_run, &cpus[i]);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(cpus[i].thread, NULL);
		twice += cpus[i].twice;
		missed += cpus[i].missed;
	}
	is_u64(twice, 0, "processors at once: no event is counted twice");
	is_u64(missed, 0, "... and none is missed");
}

/* Two keys with the same slot. */
static __u64 another_of_slot(__u64 key)
{
	__u64 other = key + 1;

	while (again_slot(other) != again_slot(key))
		other++;
	return other;
}

static void test_slot(void)
{
	__u64 one = 5, two = another_of_slot(one), three = another_of_slot(two);

	begin();
	ok(again_needed(one), "an event that the first program has missed");
	again_mark(one);
	again_mark(two);
	again_mark(three);
	ok(!again_needed(three) && !again_needed(one) && !again_needed(two),
	   "three at a time with the same slot, in any order");
	ok(again_needed(one) && again_needed(two) && again_needed(three),
	   "... once each: the next events are others");
	again_mark(one);
	again_mark(one);
	ok(!again_needed(one), "what was left of an earlier event does no harm");
	ok(again_needed(one), "... and is left once");
}

/* The second program was skipped, so nobody has taken the key away. */
static void test_left(void)
{
	__u64 left = 5, next = another_of_slot(left);

	begin();
	again_mark(left);
	time_ns += AGAIN_OLD_NS / 2;
	again_mark(next);
	ok(again_slot(left)->key == left, "a key keeps its slot for a while");
	ok(!again_needed(next), "... and others do without");
	time_ns += AGAIN_OLD_NS;
	again_mark(next);
	ok(again_slot(left)->key == next, "one that is left for long makes room");
	ok(!again_needed(next) && again_needed(left), "... and is forgotten");
	again = false;
	again_mark(next);
	again = true;
	ok(again_needed(next), "where there is no second program nothing is noted");
}

int main(void)
{
	test_slot();
	test_left();
	test_threads();
	return done_testing();
}
