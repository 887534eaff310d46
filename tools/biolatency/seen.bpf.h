/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the programs have seen of each disk: struct disk_seen, some rows for each CPU, in an array
 * that user space reads without a system call. Memory: possible CPUs x (rows + 1) x 64 bytes; see
 * seen__size(). A disk that finds no row in SEEN_PROBES tries is in the CPU's last row, and then
 * nobody knows of which disk it was.
 *
 * Pairs with seen__of().
 */
#ifndef BIOLATENCY_SEEN_BPF_H
#define BIOLATENCY_SEEN_BPF_H

#include "tools/biolatency/config.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct disk_seen);
	__uint(max_entries, 1); /* set at load */
} disks_seen SEC(".maps");

/* Rows a CPU less one; rows are a power of two. */
const volatile __u32 seen_mask = 0;

/*
 * Pairs with seen_take(). Of two programs of one CPU that find the same row free, one in an
 * interrupt right here, both count in it.
 */
static __always_inline bool seen_add_at(__u32 idx, __u64 key, __u32 group, __u64 n, __u64 bytes,
					bool several)
{
	struct disk_seen *row = bpf_map_lookup_elem(&disks_seen, &idx);

	if (!row)
		return true;
	if (!row->key)
		row->key = key;
	if (row->key != key)
		return false;
	hist_count(&row->n[group], n, several);
	if (bytes)
		hist_count(&row->bytes[group], bytes, several);
	return true;
}

/* `several` programs count in one row, and may be preempted while they do. */
static __always_inline void seen_add(__u32 cpu, __u64 key, __u32 group, __u64 bytes, bool several)
{
	__u32 base = cpu * (seen_mask + 2);
	__u32 home = SEEN_HOME(key);

#pragma unroll
	for (__u32 i = 0; i < SEEN_PROBES; i++)
		if (seen_add_at(base + ((home + i) & seen_mask), key, group, 1, bytes, several))
			return;
	seen_add_at(base + seen_mask + 1, SEEN_OTHERS, GROUP_READ, 1, 0, several);
}

static __always_inline void seen_request(struct request *rq, __u32 cpu, __u32 op)
{
	__u32 dev;

	if (!block_rq_is_booked(rq, op))
		return;
	dev = block_disk_dev(block_rq_disk(rq));
	if (dev)
		seen_add(cpu, SEEN_REQUESTS | dev, GROUP_READ, 0, false);
}

/* Before the bio is taken from the table: ledger__reconcile() looks there first. */
static __always_inline void seen_bio(const struct io *io)
{
	seen_add(io->cpu, SEEN_BIOS | io->dev, disk_group_of(io->flags), io->bytes, again_bios);
}

#endif
