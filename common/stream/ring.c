// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/stream/ring.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Records that are being written at a time: with more, reading waits for the first of them. */
#define HOLES_MAX 64

struct ring {
	ring__fn fn;
	void *ctx;
	size_t size, page;
	char *consumer;	      /* a page: our position, which the kernel reads */
	const char *producer; /* a page: the kernel's position; behind it the data, twice */
	uint64_t next;	      /* what is before it has been read, but for the holes */
	uint64_t holes[HOLES_MAX];
	size_t nholes;
};

struct ring *ring__new(int fd, size_t size, ring__fn fn, void *ctx)
{
	struct ring *r = calloc(1, sizeof(*r));
	void *p;

	if (!r)
		return NULL;
	r->fn = fn;
	r->ctx = ctx;
	r->size = size;
	r->page = sysconf(_SC_PAGESIZE);
	p = mmap(NULL, r->page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		goto err;
	r->consumer = p;
	p = mmap(NULL, r->page + 2 * size, PROT_READ, MAP_SHARED, fd, r->page);
	if (p == MAP_FAILED)
		goto err;
	r->producer = p;
	r->next = *(const unsigned long *)r->consumer;
	return r;
err:
	ring__free(r);
	return NULL;
}

void ring__free(struct ring *r)
{
	if (!r)
		return;
	if (r->producer)
		munmap((void *)r->producer, r->page + 2 * r->size);
	if (r->consumer)
		munmap(r->consumer, r->page);
	free(r);
}

static const uint32_t *ring_header(const struct ring *r, uint64_t at)
{
	return (const uint32_t *)(r->producer + r->page + (at & (r->size - 1)));
}

static uint64_t ring_behind(uint64_t at, uint32_t len)
{
	len &= ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
	return at + (len + BPF_RINGBUF_HDR_SZ + 7) / 8 * 8;
}

static int ring_hand_over(const struct ring *r, uint64_t at, uint32_t len)
{
	if (len & BPF_RINGBUF_DISCARD_BIT)
		return 0;
	return r->fn(r->ctx, (const char *)ring_header(r, at) + BPF_RINGBUF_HDR_SZ, len);
}

/* What was being written at an earlier look. */
static int ring_holes(struct ring *r)
{
	size_t left = 0, i = 0;
	int err = 0;

	for (; !err && i < r->nholes; i++) {
		uint32_t len = __atomic_load_n(ring_header(r, r->holes[i]), __ATOMIC_ACQUIRE);

		if (len & BPF_RINGBUF_BUSY_BIT)
			r->holes[left++] = r->holes[i];
		else
			err = ring_hand_over(r, r->holes[i], len);
	}
	memmove(r->holes + left, r->holes + i, (r->nholes - i) * sizeof(r->holes[0]));
	r->nholes -= i - left;
	return err;
}

/* Pairs with the exchange of `len` by which the kernel commits a record. */
static int ring_further(struct ring *r)
{
	uint64_t end = __atomic_load_n((const unsigned long *)r->producer, __ATOMIC_ACQUIRE);
	int err = 0;

	while (!err && r->next < end) {
		uint64_t at = r->next;
		uint32_t len = __atomic_load_n(ring_header(r, at), __ATOMIC_ACQUIRE);

		if (len & BPF_RINGBUF_BUSY_BIT && r->nholes == HOLES_MAX)
			break;
		r->next = ring_behind(at, len);
		if (len & BPF_RINGBUF_BUSY_BIT)
			r->holes[r->nholes++] = at;
		else
			err = ring_hand_over(r, at, len);
	}
	return err;
}

int ring__read(struct ring *r)
{
	int err = ring_holes(r) ?: ring_further(r);

	/* Pairs with the kernel's load before it reserves: what has been read may be overwritten.
	 */
	__atomic_store_n((unsigned long *)r->consumer, r->nholes ? r->holes[0] : r->next,
			 __ATOMIC_RELEASE);
	return err;
}
