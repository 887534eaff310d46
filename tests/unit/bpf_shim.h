/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Compiles kernel side headers of common/bpf for user space, so that the very code which programs
 * are made of can be tested. Include it before them; it takes the place of libbpf's headers.
 */
#ifndef SNOOPKIT_TESTS_BPF_SHIM_H
#define SNOOPKIT_TESTS_BPF_SHIM_H

#define __BPF_HELPERS__
#define __BPF_CORE_READ_H__

#include <linux/bpf.h>
#include <linux/types.h>

/* Attributes that only clang's BPF target has. */
#pragma GCC diagnostic ignored "-Wattributes"
#pragma GCC diagnostic ignored "-Wunknown-pragmas"

#undef __always_inline
#define __always_inline inline __attribute__((always_inline))
#undef __noinline
#define __noinline __attribute__((noinline, unused))
#undef __weak
#define __weak __attribute__((weak))
#undef __hidden
#define __hidden
#define SEC(name)
#define __uint(name, value) int(*name)[value]
#define __type(name, value) typeof(value) *name
#define barrier_var(var) __asm__ volatile("" : "+r"(var))
#define bpf_core_field_exists(...) shim_field_exists
#define bpf_core_enum_value_exists(...) shim_field_exists

/* What both say to everything. */
static int shim_field_exists __attribute__((unused)) = 1;

#endif
