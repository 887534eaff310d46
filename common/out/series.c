// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/out/series.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "common/base/cpu.h"

/* What one row of one CPU held at the last reading. */
struct series_seen {
	uint64_t bytes;
	uint64_t sum_ns[SERIES_HISTS_MAX];
	uint64_t bucket[SERIES_HISTS_MAX][HIST_BUCKETS];
};

struct series_table {
	const char *map; /* the kernel's rows, read-only but for max_ns */
	size_t map_size, row_size, nrows;
	uint32_t hists;
	uint32_t *epoch;
	struct series_seen **seen; /* by row, allocated when the row comes into use */
	struct series_data *data;
	uint64_t *keys; /* of data while it is read, side by side: each row looks for its own */
	size_t ndata, data_size;
	uint64_t always, merged;
};

static size_t series_rows(int cpus, uint32_t rows, uint32_t shift)
{
	size_t sets = ((cpus - 1) >> shift) + 1;

	return sets * (rows + SERIES_OTHERS);
}

int series__size_shared(struct bpf_map *map, uint32_t rows, uint32_t hists, uint32_t shift,
			uint32_t *mask)
{
	int cpus = cpu__limit(), err;

	if (cpus < 0)
		return cpus;
	if (!rows || (rows & (rows - 1)) || !hists || hists > SERIES_HISTS_MAX)
		return -EINVAL;
	*mask = rows - 1;
	err = bpf_map__set_value_size(map, SERIES_SIZE(hists));
	return err ?: bpf_map__set_max_entries(map, series_rows(cpus, rows, shift));
}

int series__size(struct bpf_map *map, uint32_t rows, uint32_t hists, uint32_t *mask)
{
	return series__size_shared(map, rows, hists, 0, mask);
}

struct series_table *series__new(struct bpf_map *map, uint32_t rows, uint32_t hists,
				 uint32_t *epoch)
{
	return series__new_shared(map, rows, hists, 0, epoch);
}

struct series_table *series__new_shared(struct bpf_map *map, uint32_t rows, uint32_t hists,
					uint32_t shift, uint32_t *epoch)
{
	struct series_table *t = calloc(1, sizeof(*t));
	long page = sysconf(_SC_PAGESIZE);
	int cpus = cpu__limit();

	if (!t || cpus < 0)
		goto err;
	t->hists = hists;
	t->epoch = epoch;
	t->row_size = SERIES_SIZE(hists);
	t->nrows = series_rows(cpus, rows, shift);
	t->map_size = (t->nrows * t->row_size + page - 1) / page * page;
	t->seen = calloc(t->nrows, sizeof(t->seen[0]));
	t->map = mmap(NULL, t->map_size, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
	if (t->map == MAP_FAILED)
		t->map = NULL;
	if (!t->seen || !t->map)
		goto err;
	return t;
err:
	series__free(t);
	return NULL;
}

void series__free(struct series_table *t)
{
	if (!t)
		return;
	for (size_t i = 0; t->seen && i < t->nrows; i++)
		free(t->seen[i]);
	if (t->map)
		munmap((void *)t->map, t->map_size);
	free(t->seen);
	free(t->data);
	free(t->keys);
	free(t);
}

static struct series *series_row(const struct series_table *t, size_t i)
{
	return (struct series *)(t->map + i * t->row_size);
}

int series__compare(const void *a, const void *b)
{
	uint64_t x = ((const struct series_data *)a)->key, y = ((const struct series_data *)b)->key;

	return x < y ? -1 : x > y;
}

static int series_grow(struct series_table *t)
{
	size_t size = t->data_size ? t->data_size * 2 : 8;
	struct series_data *data = reallocarray(t->data, size, sizeof(*data));
	uint64_t *keys = reallocarray(t->keys, size, sizeof(*keys));

	t->data = data ?: t->data;
	t->keys = keys ?: t->keys;
	if (!data || !keys)
		return -ENOMEM;
	t->data_size = size;
	return 0;
}

/* Rows of a reading are few (--max-series), so a walk is enough. NULL: no memory. */
static struct series_data *series_data_of(struct series_table *t, uint64_t key)
{
	struct series_data *d;

	for (size_t i = 0; i < t->ndata; i++)
		if (t->keys[i] == key)
			return &t->data[i];
	if (t->ndata == t->data_size && series_grow(t))
		return NULL;
	t->keys[t->ndata] = key;
	d = &t->data[t->ndata++];
	memset(d, 0, sizeof(*d));
	d->key = key;
	return d;
}

/*
 * The maximum of the epoch that just ended. A program that was under way while the epoch
 * changed may have missed it; the highest bucket in use tells it to 6.25 % then.
 */
static uint64_t take_max(struct hist *h, uint32_t epoch, const struct hist_data *got, int top)
{
	/* Pairs with hist_add_if(). */
	uint64_t max = __atomic_load_n(&h->max_ns[epoch & 1], __ATOMIC_RELAXED), lo, hi;

	if (!got->count)
		return 0;
	hist__bounds(top, &lo, &hi);
	if (max < lo)
		max = lo;
	return max > hi ? hi : max;
}

static void take_hist(struct hist *h, struct series_seen *seen, uint32_t n, uint32_t epoch,
		      struct hist_data *to)
{
	struct hist_data got = {};
	uint64_t sum;
	int top = 0;

	for (int i = 0; i < HIST_BUCKETS; i++) {
		/* Pairs with hist_add_if(), of one program on one CPU: the number only grows. */
		uint64_t now = __atomic_load_n(&h->bucket[i], __ATOMIC_RELAXED);

		if (now == seen->bucket[n][i])
			continue;
		got.bucket[i] = now - seen->bucket[n][i];
		got.count += got.bucket[i];
		seen->bucket[n][i] = now;
		top = i;
	}
	sum = __atomic_load_n(&h->sum_ns, __ATOMIC_RELAXED);
	got.sum_ns = sum - seen->sum_ns[n];
	seen->sum_ns[n] = sum;
	got.max_ns = take_max(h, epoch, &got, top);
	hist__add(to, &got);
}

static int take_row(struct series_table *t, size_t i, uint32_t epoch)
{
	struct series *row = series_row(t, i);
	/* Pairs with series_take(): once it is there it stays. */
	uint64_t key = __atomic_load_n(&row->key, __ATOMIC_RELAXED), bytes;
	struct series_data *d;

	if (!key)
		return 0;
	if (!t->seen[i])
		t->seen[i] = calloc(1, sizeof(*t->seen[i]));
	d = series_data_of(t, SERIES_IS_OTHER(key) ? key : key & ~t->merged);
	if (!t->seen[i] || !d)
		return -ENOMEM;
	bytes = __atomic_load_n(&row->bytes, __ATOMIC_RELAXED);
	d->bytes += bytes - t->seen[i]->bytes;
	t->seen[i]->bytes = bytes;
	for (uint32_t n = 0; n < t->hists; n++)
		take_hist(&row->hist[n], t->seen[i], n, epoch, &d->hist[n]);
	return 0;
}

/*
 * The maxima of the epoch to come start from nothing. Pairs with hist_add_if(), which writes those
 * of the other epoch meanwhile, but for a program that was preempted for a whole interval:
 * take_max() knows the bucket that a maximum has to be in.
 */
static void clear_max(struct series_table *t, uint32_t epoch)
{
	for (size_t i = 0; i < t->nrows; i++) {
		struct series *row = series_row(t, i);

		for (uint32_t n = 0; row->key && n < t->hists; n++)
			__atomic_store_n(&row->hist[n].max_ns[epoch & 1], 0, __ATOMIC_RELAXED);
	}
}

void series__merge(struct series_table *t, uint64_t bits)
{
	t->merged = bits;
}

void series__always(struct series_table *t, uint64_t key)
{
	t->always = key;
}

int series__read(struct series_table *t)
{
	uint32_t ended = *t->epoch;
	int err = 0;

	clear_max(t, ended + 1);
	/* Pairs with hist_add_if(): who reads the new one finds its maximum cleared. */
	__atomic_store_n(t->epoch, ended + 1, __ATOMIC_SEQ_CST);
	t->ndata = 0;
	if (t->always && !series_data_of(t, t->always))
		return -ENOMEM;
	for (size_t i = 0; !err && i < t->nrows; i++)
		err = take_row(t, i, ended);
	if (t->ndata)
		qsort(t->data, t->ndata, sizeof(t->data[0]), series__compare);
	return err;
}

size_t series__count(const struct series_table *t)
{
	return t->ndata;
}

const struct series_data *series__delta(const struct series_table *t, size_t i)
{
	return &t->data[i];
}
