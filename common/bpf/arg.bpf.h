/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Addresses of traced objects as plain numbers. */
#ifndef SNOOPKIT_ARG_BPF_H
#define SNOOPKIT_ARG_BPF_H

#include <bpf/bpf_helpers.h>

const volatile __u64 arg_origin = 0;

/*
 * What tells an object from others, counted from an address of our own: never 0. The verifier
 * knows the object as a pointer and forbids hashing it, but with CAP_PERFMON the difference of two
 * pointers is a number. Reading the address through the context would take a helper call.
 */
static __always_inline __u64 arg_identity(const void *object)
{
	__u64 identity = (__u64)object;

	asm volatile("%0 -= %1" : "+r"(identity) : "r"(&arg_origin));
	return identity;
}

#endif
