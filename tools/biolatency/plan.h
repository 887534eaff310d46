/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Which programs the question needs on this kernel, and what they are told. Most questions
 * need only the one at completion; a program that notes an earlier time is attached when the
 * request cannot tell it: at once where that is known, or when the first such request is met.
 */
#ifndef BIOLATENCY_PLAN_H
#define BIOLATENCY_PLAN_H

#include "common/block/block.h"
#include "common/block/disk.h"
#include "common/tool/tool.h"
#include "tools/biolatency/options.h"
#include "tools/biolatency/watch.h"

struct biolatency_bpf;

struct bio_plan {
	const struct bio_options *opt;
	struct biolatency_bpf *skel; /* borrowed */
	struct block_names names;
	struct disk_ref disk; /* of -d */
	/* The variants for this kernel's arguments. */
	struct bpf_program *issue, *getrq, *queue, *backmerge;
	/* For what the kernel skips of getrq and queue; omitted where it skips nothing. */
	struct bpf_program *again_getrq, *again_queue;
	uint32_t rows, hists; /* of the table of series */
	bool plug_cache;
	uint64_t stamped, seen; /* at the last look */
	bool issue_asked;
	struct watch watch;
};

void plan__free(struct bio_plan *plan);
int plan__configure(struct bio_plan *plan, struct run *run);
/* Everything is attached: what cannot be seen is said, and disks without requests are found. */
int plan__begin(struct bio_plan *plan, struct run *run);
/* Disks that came since. */
int plan__rescan(struct bio_plan *plan, struct run *run);
/* A program found that it needs another (enum bio_need). */
int plan__need(struct bio_plan *plan, struct run *run, uint32_t need);
/* The programs that bios come by: where one ends, and where it is queued. */
int plan__attach_queue(struct bio_plan *plan, struct run *run, struct bpf_program *complete);

#endif
