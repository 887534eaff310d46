/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the running kernel has, asked of its BTF and never of its version. Its BTF takes
 * some MB: freed when the programs are loaded.
 */
#ifndef SNOOPKIT_PROBE_H
#define SNOOPKIT_PROBE_H

#include <stdbool.h>
#include <stdint.h>
#include "common/kernel/kernel_btf.h"

struct probe;

/* NULL with errno set, as by kernel_btf__new(): ENOENT when the kernel shows no BTF. */
struct probe *probe__new(void);
void probe__free(struct probe *p);
const struct kernel_btf *probe__btf(const struct probe *p);

bool probe__field(const struct probe *p, const char *type, const char *field);
/*
 * The value of an enumerator. Searches all enums, since some have no name; names of the
 * kernel's enumerators are as good as unique. -ENOENT: none.
 */
int probe__enumerator(const struct probe *p, const char *name, int64_t *value);
/* Calls visit for each enumerator of an enum; -ENOENT: no such enum. */
int probe__enum(const struct probe *p, const char *name,
		void (*visit)(void *ctx, const char *enumerator, int64_t value), void *ctx);
/* Whether the kernel has this function; whatever it does. */
bool probe__function(const struct probe *p, const char *name);
/*
 * Whether programs on tracepoints can be preempted: then the kernel skips them for whoever else
 * runs on that CPU meanwhile (again.bpf.h).
 */
bool probe__preempted_tracepoints(const struct probe *p);
/*
 * The same of those at the ends of functions: wherever the kernel can preempt itself. Where its
 * mode cannot be read it is taken for one that does.
 */
bool probe__preempted_functions(const struct probe *p);
/*
 * Whether a program can be attached to the end of this kernel function. Tried out: on arm64
 * such programs load but do not attach up to 6.1 at least, and a policy may refuse them.
 */
bool probe__fexit(const struct probe *p, const char *function);
/* How many arguments a tracepoint passes, or -ENOENT: no such tracepoint. */
int probe__tracepoint_args(const struct probe *p, const char *name);

#endif
