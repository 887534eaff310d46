/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The running kernel's types (BTF), read once. libbpf's reader needs several times as long, and
 * twice the memory: it copies, and looks at each type for each question. This was more than half
 * of what the start of a tool cost.
 */
#ifndef SNOOPKIT_KERNEL_BTF_H
#define SNOOPKIT_KERNEL_BTF_H

#include <stddef.h>
#include <stdint.h>
#include "common/kernel/btf_format.h"

struct kernel_btf;

/*
 * NULL with errno set: ENOENT when the kernel shows none, EBADMSG when it is broken, EOPNOTSUPP
 * when a type is of a kind that is not known here, and the kernel does not tell how long those are.
 */
struct kernel_btf *kernel_btf__new(void);
/* The same from memory, which has to stay until it is freed. */
struct kernel_btf *kernel_btf__of(const void *data, size_t size);
void kernel_btf__free(struct kernel_btf *b);

/*
 * Types are numbered from 1; of what is not there 0 and void are given. Those of a kind that is
 * not known have their number, but nothing is said of what follows them.
 */
uint32_t kernel_btf__count(const struct kernel_btf *b);
const struct btf_type *kernel_btf__type(const struct kernel_btf *b, uint32_t id);
/* "" for none. */
const char *kernel_btf__name(const struct kernel_btf *b, uint32_t name_off);
/* The next type after `id` of that kind; 0: none. */
uint32_t kernel_btf__next(const struct kernel_btf *b, uint32_t id, uint32_t kind);
uint32_t kernel_btf__find(const struct kernel_btf *b, const char *name, uint32_t kind);

#endif
