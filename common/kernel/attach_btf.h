/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Programs that are attached to one of the kernel's types, by its number: tracepoints (tp_btf),
 * the ends of functions (fexit), iterators. libbpf would read all types of the kernel for it;
 * here that was done already. Programs of other kinds are left to libbpf.
 */
#ifndef SNOOPKIT_ATTACH_BTF_H
#define SNOOPKIT_ATTACH_BTF_H

#include <bpf/libbpf.h>
#include "common/kernel/kernel_btf.h"

/* Before an object is opened. 0 or -errno. */
int attach_btf__init(void);
/* The types, for as long as an object is loaded; NULL afterwards. */
void attach_btf__use(const struct kernel_btf *b);
/*
 * The function for SEC("fexit"), instead of bpf_program__set_attach_target(). Its name has to
 * stay. 0 or -errno.
 */
int attach_btf__target(const struct bpf_program *prog, const char *function);

#endif
