/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Addresses of traced objects as plain numbers. */
#ifndef SNOOPKIT_ARG_BPF_H
#define SNOOPKIT_ARG_BPF_H

#include <bpf/bpf_helpers.h>

/*
 * In a BTF-typed program the verifier knows arguments as pointers and forbids
 * hashing them. Read through the context they are numbers.
 */
static __always_inline __u64 arg_address(const void *ctx, __u32 n)
{
	__u64 address = 0;

	bpf_probe_read_kernel(&address, sizeof(address), (const __u64 *)ctx + n);
	return address;
}

/* The same for a pointer that is a member of a traced object. */
#define member_address(object, member)                                           \
	({                                                                       \
		__u64 __address = 0;                                             \
		bpf_core_read(&__address, sizeof(__address), &(object)->member); \
		__address;                                                       \
	})

#endif
