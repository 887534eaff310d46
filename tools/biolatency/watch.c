// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/biolatency/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "common/base/msg.h"
#include "tools/biolatency/biolatency.h"
#include "biolatency.skel.h"

void watch__free(struct watch *w)
{
	free(w->disks);
}

/* Without I/O statistics a request does not carry the time it was got. */
static int watch_note_start(struct bio_plan *plan, struct run *run, const struct disk_info *disk)
{
	if (disk->bio_based || disk->iostats || !plan->skel->rodata->by_bio ||
	    plan->skel->bss->have_getrq || !disks__has(&plan->disks, disk->dev))
		return 0;
	return programs__need(plan, run, NEED_GETRQ);
}

/* A disk without requests: counted by its bios, unless they turn up again further down. */
static bool watch_counts_bios(const struct bio_plan *plan, const struct disk_info *disk)
{
	const struct bio_options *opt = plan->opt;

	if (!disk->bio_based || !disk->sectors ||
	    (disk->stacked && !opt->per_disk && !plan->disks.n))
		return false;
	return disks__has(&plan->disks, disk->dev);
}

static uint8_t watch_of(const struct bio_plan *plan, const struct disk_info *disk)
{
	uint8_t watch = watch_counts_bios(plan, disk) ? WATCH_BIOS : 0;

	if (disk->passes)
		watch |= WATCH_PASSES;
	if (disk->stacked && !disk->bio_based)
		watch |= WATCH_STACKED;
	return disk->path ? watch | WATCH_PATH : watch;
}

/* 1: there is something new to tell the programs. */
static int watch_remember(struct watch *w, uint32_t dev, uint8_t watch)
{
	struct watch_disk *disk = w->disks;

	for (size_t i = 0; i < w->ndisks; i++, disk++) {
		if (disk->dev != dev)
			continue;
		disk->there = true;
		if (disk->watch == watch)
			return 0;
		disk->watch = watch;
		return 1;
	}
	if (!watch)
		return 0;
	disk = reallocarray(w->disks, w->ndisks + 1, sizeof(*disk));
	if (!disk)
		return -ENOMEM;
	w->disks = disk;
	disk[w->ndisks++] = (struct watch_disk){ dev, watch, true };
	return 1;
}

/* Programs that bios of such disks come by. */
static int watch_attach(struct bio_plan *plan, struct run *run, uint8_t watch)
{
	struct bpf_program *complete = plan->skel->progs.noted_complete;
	int err = 0;

	if (watch & WATCH_BIOS)
		err = programs__attach_bios(plan, run);
	if (err || !(watch & WATCH_PASSES) || !bpf_program__autoload(complete) ||
	    !bpf_program__autoload(plan->queue))
		return err;
	return programs__attach_queue(plan, run, complete);
}

static int watch_tell(struct bio_plan *plan, struct run *run, const struct disk_info *disk)
{
	const struct bpf_map *map = plan->skel->maps.watched;
	uint8_t watch = watch_of(plan, disk);
	int err = disk->dev ? watch_remember(&plan->watch, disk->dev, watch) : 0;

	if (err <= 0)
		return err;
	if (watch)
		err = bpf_map__update_elem(map, &disk->dev, sizeof(disk->dev), &watch,
					   sizeof(watch), BPF_ANY);
	else
		err = bpf_map__delete_elem(map, &disk->dev, sizeof(disk->dev), 0);
	if (err) {
		msg__warn(disk->name, "is not watched: %s", strerror(-err));
		return 0;
	}
	if (watch & WATCH_BIOS)
		msg__verbose("watching the bios of %s", disk->name);
	return watch_attach(plan, run, watch);
}

/* All of its I/O is seen by programs, and not passed over since it is seen elsewhere. */
static bool watch_sees_all(const struct bio_plan *plan, const struct disk_info *disk)
{
	const struct bio_options *opt = plan->opt;
	bool each = opt->per_disk || plan->disks.n;

	if (!disk->sectors || !disks__has(&plan->disks, disk->dev))
		return false;
	if (disk->bio_based ? plan->disks.requests_only : plan->disks.bios_only)
		return false;
	if (each)
		return true;
	return !disk->stacked && !(disk->path && (opt->phases || plan->skel->rodata->filter_owner));
}

struct watch_scan {
	struct bio_plan *plan;
	struct run *run;
};

static int watch_scan_disk(void *ctx, const struct disk_info *disk)
{
	struct watch_scan *scan = ctx;
	int err = watch_note_start(scan->plan, scan->run, disk);

	scan->plan->watch.stacked |= disk->stacked && !disk->bio_based;
	err = err ?: watch_tell(scan->plan, scan->run, disk);
	if (err || !watch_sees_all(scan->plan, disk))
		return err;
	return ledger__disk(&scan->plan->ledger, disk);
}

/* Numbers of disks that are gone make room for those that come. */
static void watch_forget(struct watch *w, const struct bpf_map *map)
{
	size_t kept = 0;

	for (size_t i = 0; i < w->ndisks; i++) {
		struct watch_disk *disk = &w->disks[i];

		if (disk->there)
			w->disks[kept++] = *disk;
		else if (disk->watch)
			bpf_map__delete_elem(map, &disk->dev, sizeof(disk->dev), 0);
	}
	w->ndisks = kept;
}

int watch__scan(struct bio_plan *plan, struct run *run)
{
	struct watch_scan scan = { plan, run };
	int err;

	plan->watch.stacked = false;
	for (size_t i = 0; i < plan->watch.ndisks; i++)
		plan->watch.disks[i].there = false;
	ledger__begin_scan(&plan->ledger);
	err = disk__each(watch_scan_disk, &scan);
	ledger__end_scan(&plan->ledger);
	if (!err)
		watch_forget(&plan->watch, plan->skel->maps.watched);
	plan->skel->bss->have_stacked = plan->watch.stacked;
	return err;
}
