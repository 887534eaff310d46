/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What user space tells the programs, and the room they build their records in. */
#ifndef EXECSNOOP_CONFIG_BPF_H
#define EXECSNOOP_CONFIG_BPF_H

#include "event.bpf.h"
#include "path.bpf.h"
#include "process_filter.bpf.h"
#include "ring.bpf.h"
#include "tools/execsnoop/execsnoop.h"

const volatile __u64 max_args_bytes = 128 << 10;
const volatile __u64 max_pieces = 5; /* that they may come in */
const volatile __u32 max_ancestors = 0;
const volatile bool with_exe = false;
const volatile bool with_cwd = false;

#define DATA_BYTES \
	(4 * EXEC_PATH_MAX + EXEC_ARGS_INLINE + EXEC_ANCESTORS_MAX * sizeof(struct exec_ancestor))

/* A call that has failed. */
struct exec_call {
	__u64 filename; /* user addresses */
	__u64 argv;	/* an array of pointers; 0: there is none */
	__u64 strings;	/* instead of that: argc strings, one behind the other */
	__u64 argc;
	__s64 needed; /* -1: the array must be readable; 0: it is not asked */
	__u64 most;   /* bytes of arguments that are wanted */
	__s32 dirfd;
	__u32 pointer_shift; /* 3 of 64-bit programs, 2 of others */
	__u64 file; /* not 0: the executable's path is to be told, though the user did not ask */
};

struct room {
	struct exec_record exec;
	union {
		char data[DATA_BYTES];
		struct {
			struct args_record args;
			char piece[EXEC_ARGS_PIECE];
		};
	};
	struct exec_call call;
};

_Static_assert(sizeof(struct room) <= 32768, "the most that a value a CPU may have");

/* 29 kB a CPU and slot; one's own between order_enter() and order_leave(). */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct room);
	__uint(max_entries, 1); /* set at load: 2 with -x, 3 where there is again_exec */
} rooms SEC(".maps");

/*
 * An argument as a number. Not ctx[n]: in 5.10 some of these functions have an argument of a type
 * that BTF does not define.
 */
static __always_inline __u64 argument(const void *ctx, __u32 n)
{
	__u64 value = 0;

	bpf_probe_read_kernel(&value, sizeof(value), (const __u64 *)ctx + n);
	return value;
}

static __always_inline struct room *room_of(__u32 slot)
{
	return bpf_map_lookup_elem(&rooms, &slot);
}

/*
 * Where the next part goes, which has at most `bytes`. The bounds are checked where they are needed
 * and not earlier: up to 5.11 the verifier forgets those of what is spilled.
 */
static __always_inline void *room_at(struct room *room, __u64 off, const __u64 bytes)
{
	barrier_var(off);
	return off > DATA_BYTES - bytes ? NULL : room->data + off;
}

/* Three quarters full: better all of the execs than all of their arguments. */
static __always_inline bool ring_is_tight(__u64 more)
{
	return bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) + more > 3 * ring_wake_bytes;
}

#endif
