/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Both sides of a ring buffer: the header that programs are made of writes to memory that stands
 * for the kernel's, ring.c reads it. Who includes this defines yield(), which is called between any
 * two things that a program does.
 */
#ifndef SNOOPKIT_TEST_RING_MEMORY_H
#define SNOOPKIT_TEST_RING_MEMORY_H

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

/* False: there is no memory. */
static bool memory_open(void)
{
	kernel.page = sysconf(_SC_PAGESIZE);
	kernel.fd = memfd_create("ring", 0);
	if (kernel.fd < 0 || ftruncate(kernel.fd, 2 * kernel.page + 2 * SIZE))
		return false;
	kernel.memory = mmap(NULL, 2 * kernel.page + 2 * SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
			     kernel.fd, 0);
	if (kernel.memory == MAP_FAILED)
		return false;
	kernel.data = kernel.memory + 2 * kernel.page;
	return true;
}

#endif
