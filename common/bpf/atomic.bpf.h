/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Atomic instructions that every kernel has. */
#ifndef SNOOPKIT_ATOMIC_BPF_H
#define SNOOPKIT_ATOMIC_BPF_H

/*
 * 5.10 has no atomic instruction that returns something (they came with 5.12, commit 5ca419f2864a),
 * and clang 22, unlike 14, makes one of __sync_fetch_and_add() though its result is not used.
 */
#define atomic_add(pointer, n) ((void)__atomic_fetch_add(pointer, n, __ATOMIC_RELAXED))

#endif
