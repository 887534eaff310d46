/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Reads a BPF ring buffer. Unlike libbpf's reader it does not stop at a record that is still being
 * written: its program may have been preempted, and what is behind it is of other CPUs. Such a
 * place is left open and looked at again; the kernel gets it back when it has been read.
 */
#ifndef SNOOPKIT_RING_H
#define SNOOPKIT_RING_H

#include <stddef.h>
#include <stdint.h>

struct ring;

/* `data` is valid during the call only. Negative ends the reading; the record counts as read. */
typedef int (*ring__fn)(void *ctx, const void *data, size_t size);

/* Of a map of that size in bytes; `fd` is borrowed. NULL with errno set. */
struct ring *ring__new(int fd, size_t size, ring__fn fn, void *ctx);
void ring__free(struct ring *r);
/* Hands over the records in the ring, each once. 0, or the result of `fn`. */
int ring__read(struct ring *r);

#endif
