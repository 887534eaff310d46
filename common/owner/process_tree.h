/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The descendants that a process has already, for tree.bpf.h, however far down they are. */
#ifndef SNOOPKIT_PROCESS_TREE_H
#define SNOOPKIT_PROCESS_TREE_H

#include <stdint.h>

struct bpf_map;

/*
 * Enters them, with the programs attached that enter whom a member forks: whoever is forked
 * meanwhile is found by them, or by another look. `full`: how many there was no room for. 0 or
 * -errno.
 */
int process_tree__enter(struct bpf_map *tree, uint32_t root, uint64_t *full);

#endif
