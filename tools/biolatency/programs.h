/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The programs that the plan has chosen, of which some are attached and detached on the way. */
#ifndef BIOLATENCY_PROGRAMS_H
#define BIOLATENCY_PROGRAMS_H

#include "common/block/block.h"
#include "common/block/disk.h"
#include "common/tool/tool.h"
#include "tools/biolatency/disks.h"
#include "tools/biolatency/ledger.h"
#include "tools/biolatency/options.h"
#include "tools/biolatency/sizes.h"

struct biolatency_bpf;

/* Disks that are not like others (watch.h). */
struct watch {
	/* What the programs were told. */
	struct watch_disk {
		uint32_t dev;
		uint8_t watch; /* enum bio_watch */
		bool there;    /* found by the scan that goes on */
	} * disks;
	size_t ndisks;
	bool stacked; /* found by the scan that goes on */
};

struct bio_plan {
	const struct bio_options *opt;
	struct biolatency_bpf *skel; /* borrowed */
	struct block_names names;
	struct disks disks; /* of -d */
	/* The variants for this kernel's arguments. */
	struct bpf_program *issue, *getrq, *queue, *backmerge, *frontmerge, *rq_merge;
	/* For what the kernel skips of getrq, queue and bio_complete; omitted where it skips
	 * nothing. */
	struct bpf_program *again_getrq, *again_queue, *again_complete;
	struct bpf_program *third_queue, *third_complete;
	struct sizes sizes; /* of the table of series */
	bool plug_cache;
	uint64_t stamped, seen; /* at the last look */
	bool issue_asked;
	struct watch watch;
	struct ledger ledger;
};

/* A program found that it needs another (enum bio_need). */
int programs__need(struct bio_plan *plan, struct run *run, uint32_t need);
/* The programs that bios come by: where one ends, and where it is queued. */
int programs__attach_queue(struct bio_plan *plan, struct run *run, struct bpf_program *complete);
/* The same for the bios of disks without requests. */
int programs__attach_bios(struct bio_plan *plan, struct run *run);
/* Where hardly any request has a use for rq_issue. */
void programs__drop_issue(struct bio_plan *plan, struct run *run);

#endif
