// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Both sides of a series map: the header that programs are made of fills memory that stands for
 * the mmapped array, series.c reads it. A plain table says what must come out.
 */
#include "common/out/series.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "common/base/cpu.h"
#include "tests/unit/bpf_shim.h"

static __thread unsigned int this_cpu;
static void *array_lookup(const __u32 *idx);

#define bpf_get_smp_processor_id() this_cpu
#define bpf_map_lookup_elem(map, idx) array_lookup(idx)

/* What is constant to a program is written by who loads it. */
#define const
#include "common/bpf/series.bpf.h"
#undef const
#include "tests/unit/random.h"
#include "tests/unit/tap.h"

#define KEYS 40
#define HISTS 2

/* In place of the BPF array: what libbpf is told of it, and its memory. */
static struct {
	char *data;
	size_t size;
	__u32 value_size, max_entries;
	int fd;
} array;

int bpf_map__fd(const struct bpf_map *map)
{
	(void)map;
	return array.fd;
}

int bpf_map__set_value_size(struct bpf_map *map, __u32 size)
{
	(void)map;
	array.value_size = size;
	return 0;
}

int bpf_map__set_max_entries(struct bpf_map *map, __u32 max_entries)
{
	(void)map;
	array.max_entries = max_entries;
	return 0;
}

static void *array_lookup(const __u32 *idx)
{
	return *idx < array.max_entries ? array.data + (size_t)*idx * array.value_size : NULL;
}

static struct series_table *open_shared_table(uint32_t rows, uint32_t hists, uint32_t shift)
{
	long page = sysconf(_SC_PAGESIZE);
	struct series_table *t;
	uint32_t mask;

	if (series__size_shared(NULL, rows, hists, shift, &mask))
		exit(1);
	series_mask = mask;
	series_shift = shift;
	series_shared = shift;
	array.size = ((size_t)array.value_size * array.max_entries + page - 1) / page * page;
	array.fd = memfd_create("series", MFD_CLOEXEC);
	if (array.fd < 0 || ftruncate(array.fd, array.size))
		exit(1);
	array.data = mmap(NULL, array.size, PROT_READ | PROT_WRITE, MAP_SHARED, array.fd, 0);
	hist_epoch = 0;
	t = series__new_shared(NULL, rows, hists, shift, &hist_epoch);
	if (array.data == MAP_FAILED || !t)
		exit(1);
	return t;
}

static struct series_table *open_table(uint32_t rows, uint32_t hists)
{
	return open_shared_table(rows, hists, 0);
}

static void close_table(struct series_table *t)
{
	series__free(t);
	munmap(array.data, array.size);
	close(array.fd);
}

static uint64_t key_of(unsigned int i)
{
	return (uint64_t)i << 32 | SERIES_USED | i % 3;
}

/* What a program does with an event. */
static void count_event(uint64_t key, uint64_t bytes, uint64_t ns, uint32_t hists)
{
	struct series *s = series_find_of(this_cpu, key, false, series_shared);

	if (!s)
		return;
	hist_count(&s->bytes, bytes, series_shared);
	for (uint32_t n = 0; n < hists; n++)
		hist_add_to(&s->hist[n], ns >> n, 1, series_shared);
}

static void count_in(struct series_data *d, uint64_t bytes, uint64_t ns)
{
	d->bytes += bytes;
	for (unsigned int n = 0; n < HISTS; n++)
		hist__record(&d->hist[n], ns >> n);
}

static void test_size(void)
{
	int cpus = cpu__limit();
	uint32_t mask = 0;

	is_int(series__size(NULL, 64, 3, &mask), 0, "size for 64 rows of 3 histograms");
	is_u64(mask, 63, "... mask");
	is_u64(array.value_size, SERIES_SIZE(3), "... a row");
	is_u64(array.max_entries, (uint64_t)cpus * (64 + SERIES_OTHERS), "... rows of all CPUs");
	is_int(series__size(NULL, 1, 1, &mask), 0, "one row");
	is_u64(mask, 0, "... mask");
	is_int(series__size(NULL, 0, 1, &mask), -EINVAL, "no row");
	is_int(series__size(NULL, 3, 1, &mask), -EINVAL, "three rows");
	is_int(series__size(NULL, 2, 0, &mask), -EINVAL, "no histogram");
	is_int(series__size(NULL, 2, SERIES_HISTS_MAX + 1, &mask), -EINVAL, "too many histograms");
	is_int(series__size_shared(NULL, 8, 1, 31, &mask), 0, "all CPUs together");
	is_u64(array.max_entries, 8 + SERIES_OTHERS, "... one set of rows");
	is_int(series__size_shared(NULL, 8, 1, 1, &mask), 0, "two CPUs together");
	is_u64(array.max_entries, (uint64_t)((cpus + 1) / 2) * (8 + SERIES_OTHERS), "... rows");
}

/* How many keys of a reading are not as in `want`; those of the table that did nothing are 0. */
static unsigned int reading_wrong(const struct series_table *t, const struct series_data *want)
{
	static const struct series_data none;
	unsigned int wrong = 0, found = 0;
	uint64_t last = 0;

	for (size_t i = 0; i < series__count(t); i++) {
		const struct series_data *got = series__delta(t, i), *w = &none;
		unsigned int k = got->key >> 32;

		wrong += i && got->key <= last;
		last = got->key;
		if (k < KEYS && got->key == key_of(k))
			w = &want[k];
		else
			wrong++;
		found += !!w->hist[0].count;
		wrong += got->bytes != w->bytes ||
			 memcmp(got->hist, w->hist, HISTS * sizeof(w->hist[0]));
	}
	for (unsigned int k = 0; k < KEYS; k++)
		found -= !!want[k].hist[0].count;
	return wrong + !!found;
}

static void test_readings(void)
{
	static struct series_data want[KEYS];
	struct series_table *t = open_table(64, HISTS);
	unsigned int wrong = 0, errors = 0, cpus = cpu__limit();

	series__always(t, key_of(0));
	for (unsigned int reading = 0; reading < 100; reading++) {
		memset(want, 0, sizeof(want));
		/* Some readings are empty, some see only a few of the keys. */
		for (unsigned int n = random_u64() % 4 * 200; n; n--) {
			unsigned int k = random_u64() % (1 + reading % KEYS);
			uint64_t ns = random_log() >> 20, bytes = random_u64() % 100000;

			this_cpu = random_u64() % cpus;
			count_event(key_of(k), bytes, ns, HISTS);
			count_in(&want[k], bytes, ns);
		}
		errors += !!series__read(t);
		wrong += reading_wrong(t, want);
	}
	is_u64(errors, 0, "100 readings");
	is_u64(wrong, 0,
	       "... each has what came since the one before: counts, bytes, sums, maxima");
	close_table(t);
}

static void test_overflow(void)
{
	struct series_table *t = open_table(16, 1);
	uint64_t count = 0, other = 0, keys = 0;

	this_cpu = 0;
	for (unsigned int round = 0; round < 10; round++)
		for (unsigned int i = 0; i < 1000; i++)
			count_event(key_of(i), 1, 1000, 1);
	is_int(series__read(t), 0, "a thousand keys in 16 rows");
	for (size_t i = 0; i < series__count(t); i++) {
		const struct series_data *d = series__delta(t, i);

		count += d->hist[0].count;
		if (d->key == SERIES_OTHER)
			other += d->hist[0].count;
		else
			keys += d->hist[0].count == 10;
	}
	is_u64(count, 10000, "... lose nothing");
	is_u64(keys, series__count(t) - 1, "... those with a row are complete");
	is_u64(other, 10000 - 10 * keys, "... the others are counted together");
	ok(keys > 8, "... and are no more than they must be (%u have a row)", (unsigned int)keys);
	ok(series_find(key_of(2000), true)->key == SERIES_OTHER_FAILED,
	   "... what failed is not among what went well");
	ok(series_find(key_of(2000), false)->key == SERIES_OTHER, "... nor that among what failed");
	this_cpu = cpu__limit();
	ok(!series_find(key_of(1), false), "a CPU beyond the map has no row");
	close_table(t);
}

static void test_always(void)
{
	struct series_table *t = open_table(4, 1);

	series__always(t, key_of(7));
	is_int(series__read(t), 0, "a reading of nothing");
	is_u64(series__count(t), 1, "... has the row that is always there");
	ok(series__delta(t, 0)->key == key_of(7) && !series__delta(t, 0)->hist[0].count,
	   "... which is empty");
	this_cpu = 0;
	count_event(key_of(7), 5, 50, 1);
	is_int(series__read(t), 0, "and an event of its key");
	is_u64(series__count(t), 1, "... still one row");
	is_u64(series__delta(t, 0)->hist[0].count, 1, "... which has it");
	close_table(t);
	series__free(NULL);
}

#define THREAD_EVENTS 300000

struct writer {
	pthread_t thread;
	unsigned int cpu;
	uint64_t bytes, sum_ns, max_ns;
};

static unsigned int running;

static void *write_events(void *arg)
{
	struct writer *w = arg;
	uint64_t x = w->cpu * 77777 + 1;

	this_cpu = w->cpu;
	for (unsigned int i = 0; i < THREAD_EVENTS; i++) {
		uint64_t ns;

		x = x * 6364136223846793005ULL + 1442695040888963407ULL;
		ns = x >> 34;
		count_event(key_of(x >> 60), i, ns, 1);
		w->bytes += i;
		w->sum_ns += ns;
		if (w->max_ns < ns)
			w->max_ns = ns;
	}
	__atomic_sub_fetch(&running, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void add_reading(const struct series_table *t, struct series_data *sum)
{
	for (size_t i = 0; i < series__count(t); i++) {
		sum->bytes += series__delta(t, i)->bytes;
		hist__add(&sum->hist[0], &series__delta(t, i)->hist[0]);
	}
}

/*
 * Programs on all CPUs while it is read: nothing is lost or counted twice at the edges. With
 * `shift` some of them share rows.
 */
static void test_concurrent(uint32_t shift)
{
	struct series_table *t = open_shared_table(64, 1, shift);
	unsigned int cpus = cpu__limit(), readings = 0;
	struct writer writers[8] = {}, sum = {};
	struct series_data got = {};

	series__always(t, key_of(0));
	running = cpus < 8 ? cpus : 8;
	cpus = running;
	for (unsigned int i = 0; i < cpus; i++) {
		writers[i].cpu = i;
		if (pthread_create(&writers[i].thread, NULL, write_events, &writers[i]))
			exit(1);
	}
	do {
		series__read(t);
		add_reading(t, &got);
		readings++;
	} while (__atomic_load_n(&running, __ATOMIC_SEQ_CST));
	for (unsigned int i = 0; i < cpus; i++) {
		pthread_join(writers[i].thread, NULL);
		sum.bytes += writers[i].bytes;
		sum.sum_ns += writers[i].sum_ns;
		if (sum.max_ns < writers[i].max_ns)
			sum.max_ns = writers[i].max_ns;
	}
	series__read(t);
	add_reading(t, &got);
	diag("%u CPUs, %u readings, rows for %u", cpus, readings, 1u << shift);
	is_u64(got.hist[0].count, (uint64_t)cpus * THREAD_EVENTS, "events under way: all counted");
	is_u64(got.bytes, sum.bytes, "... bytes");
	is_u64(got.hist[0].sum_ns, sum.sum_ns, "... sum");
	ok(got.hist[0].max_ns <= sum.max_ns && got.hist[0].max_ns >= sum.max_ns / 17 * 16,
	   "... and a maximum no further off than a bucket");
	close_table(t);
}

int main(void)
{
	test_size();
	test_readings();
	test_overflow();
	test_always();
	test_concurrent(0);
	test_concurrent(1);
	test_concurrent(4);
	return done_testing();
}
