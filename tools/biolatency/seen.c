// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/biolatency/seen.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "common/base/cpu.h"

#define ROWS_MIN 16u
#define ROWS_MAX 1024u
#define BYTES_MAX (8u << 20)

int seen__size(struct bpf_map *map, size_t disks, uint32_t *mask)
{
	uint32_t rows = ROWS_MIN;
	int cpus = cpu__limit();

	if (cpus < 0)
		return cpus;
	while (rows < ROWS_MAX && rows < 2 * disks &&
	       (size_t)cpus * (2 * rows + 1) * sizeof(struct disk_seen) <= BYTES_MAX)
		rows *= 2;
	*mask = rows - 1;
	return bpf_map__set_max_entries(map, cpus * (rows + 1));
}

int seen__init(struct seen *s, const struct bpf_map *map, uint32_t mask)
{
	size_t rows = bpf_map__max_entries(map), page = sysconf(_SC_PAGESIZE);
	void *p;

	s->size = (rows * sizeof(s->rows[0]) + page - 1) / page * page;
	p = mmap(NULL, s->size, PROT_READ, MAP_SHARED, bpf_map__fd(map), 0);
	if (p == MAP_FAILED)
		return -errno;
	s->rows = p;
	s->mask = mask;
	s->cpus = rows / (mask + 2);
	return 0;
}

void seen__free(struct seen *s)
{
	if (s->rows)
		munmap((void *)s->rows, s->size);
	memset(s, 0, sizeof(*s));
}

/* Pairs with seen_add_at(), of programs that are under way: the numbers only grow. */
static void seen_take(const struct disk_seen *row, struct disk_seen *sum)
{
	for (int i = 0; i < GROUP_MAX; i++) {
		sum->n[i] += __atomic_load_n(&row->n[i], __ATOMIC_RELAXED);
		sum->bytes[i] += __atomic_load_n(&row->bytes[i], __ATOMIC_RELAXED);
	}
}

void seen__of(const struct seen *s, uint64_t key, struct disk_seen *sum)
{
	memset(sum, 0, sizeof(*sum));
	for (size_t cpu = 0; cpu < s->cpus; cpu++) {
		for (uint32_t i = 0; i < SEEN_PROBES; i++) {
			size_t place = cpu * (s->mask + 2) + ((SEEN_HOME(key) + i) & s->mask);
			const struct disk_seen *row = &s->rows[place];

			if (__atomic_load_n(&row->key, __ATOMIC_RELAXED) == key)
				seen_take(row, sum);
		}
	}
}

uint64_t seen__others(const struct seen *s)
{
	struct disk_seen sum = {};

	for (size_t cpu = 0; cpu < s->cpus; cpu++)
		seen_take(&s->rows[cpu * (s->mask + 2) + s->mask + 1], &sum);
	return sum.n[0];
}
