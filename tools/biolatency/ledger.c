// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/biolatency/ledger.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "common/base/cpu.h"
#include "common/base/msg.h"
#include "common/block/disk.h"
#include "common/tool/tool.h"
#include "biolatency.skel.h"

_Static_assert((int)GROUP_READ == DISK_READ && (int)GROUP_WRITE == DISK_WRITE &&
		       (int)GROUP_DISCARD == DISK_DISCARD,
	       "groups");

/* Some drivers count each page of a bio (zram until 6.2). */
#define PAGE_SECTORS 8

int ledger__init(struct ledger *l, struct run *run)
{
	struct biolatency_bpf *skel = run->skel;
	int cpus = cpu__limit(), err;

	if (cpus < 0)
		return cpus;
	l->cpus = cpus;
	err = seen__init(&l->seen, skel->maps.disks_seen, skel->rodata->seen_mask);
	return err ?: held__init(&l->held, skel->maps.bios);
}

void ledger__free(struct ledger *l)
{
	seen__free(&l->seen);
	held__free(&l->held);
	free(l->disks);
	memset(l, 0, sizeof(*l));
}

/* -- Which disks -------------------------------------------------------------------------- */

static const char *ledger_why_not(const struct disk_info *disk)
{
	if (!disk->dev)
		return "this kernel does not tell its number";
	/* Most drivers without requests count whatever is written there. */
	if (!disk->iostats && !disk->bio_based)
		return "its statistics are off (queue/iostats)";
	if (disk->bio_based && disk->stacked)
		return "it splits I/O for the disks below it, which are compared";
	return NULL;
}

static struct ledger_disk *ledger_disk_of(struct ledger *l, uint32_t dev)
{
	struct ledger_disk *d;

	for (size_t i = 0; i < l->ndisks; i++)
		if (l->disks[i].dev == dev)
			return &l->disks[i];
	d = reallocarray(l->disks, l->ndisks + 1, sizeof(*d));
	if (!d)
		return NULL;
	l->disks = d;
	d += l->ndisks++;
	*d = (struct ledger_disk){ .dev = dev };
	return d;
}

void ledger__begin_scan(struct ledger *l)
{
	for (size_t i = 0; i < l->ndisks; i++)
		l->disks[i].there = false;
}

int ledger__disk(struct ledger *l, const struct disk_info *disk)
{
	struct ledger_disk *d = ledger_disk_of(l, disk->dev);

	if (!d)
		return -ENOMEM;
	d->there = true;
	/* Another disk of the same number. */
	if (d->bios != disk->bio_based)
		*d = (struct ledger_disk){ .dev = disk->dev,
					   .bios = disk->bio_based,
					   .there = true };
	d->why = ledger_why_not(disk);
	if (d->why && !d->told)
		msg__verbose("%s: not compared with the kernel's count: %s", disk->name, d->why);
	d->told |= d->why != NULL;
	return 0;
}

void ledger__end_scan(struct ledger *l)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->ndisks; i++) {
		if (l->disks[i].there) {
			l->disks[kept++] = l->disks[i];
			continue;
		}
		l->gone_unseen += l->disks[i].unseen;
		l->gone++;
	}
	l->ndisks = kept;
}

/* -- The comparison ----------------------------------------------------------------------- */

static uint64_t ledger_key(const struct ledger_disk *d)
{
	return d->dev | (d->bios ? SEEN_BIOS : SEEN_REQUESTS);
}

static void ledger_read(struct ledger *l)
{
	for (size_t i = 0; i < l->ndisks; i++)
		seen__of(&l->seen, ledger_key(&l->disks[i]), &l->disks[i].before);
	for (size_t i = 0; i < l->ndisks; i++) {
		struct ledger_disk *d = &l->disks[i];

		d->is_read = !d->why && !disk_stat__read(d->dev, &d->stat);
	}
}

static uint64_t ledger_of_requests(const struct ledger *l, struct ledger_disk *d,
				   const struct disk_seen *after)
{
	return balance__look(&d->n[0], &(struct balance_look){
					       .seen_before = d->before.n[0],
					       .kernel = disk_stat__ios(&d->stat),
					       .seen_after = after->n[0],
					       .slack = l->cpus,
				       });
}

/* Before 6.3 (commit 5f27571382ca) what is in flight is in the book. */
static uint64_t ledger_missing_bios(struct ledger_disk *d, const struct disk_seen *after)
{
	uint64_t missing = 0;

	for (int i = 0; i < GROUP_MAX; i++)
		missing += balance__look(&d->n[i], &(struct balance_look){
							   .seen_before = d->before.n[i],
							   .kernel = d->stat.ios[i],
							   .seen_after = after->n[i],
							   .under_way = d->stat.in_flight,
						   });
	return missing;
}

static uint64_t ledger_missing_sectors(const struct ledger *l, struct ledger_disk *d,
				       const struct disk_seen *after)
{
	uint64_t missing = 0, held;

	for (int i = 0; i < GROUP_MAX; i++) {
		held = held__bytes(&l->held, d->dev, i) / DISK_SECTOR_BYTES;
		missing +=
			balance__look(&d->sectors[i],
				      &(struct balance_look){
					      .seen_before = d->before.bytes[i] / DISK_SECTOR_BYTES,
					      .kernel = d->stat.sectors[i],
					      .seen_after = after->bytes[i] / DISK_SECTOR_BYTES,
					      .under_way = held,
				      });
	}
	return missing;
}

static uint64_t ledger_of_bios(const struct ledger *l, struct ledger_disk *d,
			       const struct disk_seen *after)
{
	uint64_t bios, sectors;

	/* How large the I/O is that is under way at the first look nobody knows. */
	if (!d->n[0].open && d->stat.in_flight)
		return 0;
	bios = ledger_missing_bios(d, after);
	sectors = ledger_missing_sectors(l, d, after);
	sectors = (sectors + PAGE_SECTORS - 1) / PAGE_SECTORS;
	return bios < sectors ? bios : sectors;
}

static void ledger_look(struct ledger *l, struct ledger_disk *d)
{
	struct disk_seen after;
	char name[DISK_NAME_MAX];
	uint64_t n;

	seen__of(&l->seen, ledger_key(d), &after);
	n = d->bios ? ledger_of_bios(l, d, &after) : ledger_of_requests(l, d, &after);
	if (n <= d->unseen)
		return;
	disk__name(d->dev, name, sizeof(name));
	msg__verbose("%s: the kernel counted %llu more I/Os", name,
		     (unsigned long long)(n - d->unseen));
	d->unseen = n;
}

/* A driver that keeps no statistics (brd): the programs have seen I/O of which there is none. */
static bool ledger_is_unkept(struct ledger_disk *d)
{
	uint64_t seen = d->before.n[GROUP_READ] + d->before.n[GROUP_WRITE];
	char name[DISK_NAME_MAX];

	if (!d->bios || !d->is_read || !seen || disk_stat__ios(&d->stat))
		return false;
	disk__name(d->dev, name, sizeof(name));
	if (!d->told)
		msg__verbose("%s: not compared with the kernel's count: its driver keeps none",
			     name);
	d->told = true;
	return true;
}

/* What the second and third programs did not make up for. */
static uint64_t ledger_lost_ends(const struct run *run)
{
	uint64_t skipped = loss__skipped(run->loss, "bio_complete");
	uint64_t made_up = loss__count(run->loss, BIO_AGAIN_COMPLETE);

	return skipped > made_up ? skipped - made_up : 0;
}

/* Skipped runs and bios that were given up are lost: told as such. */
static uint64_t ledger_lost(const struct run *run)
{
	return loss__skipped(run->loss, "rq_complete") + ledger_lost_ends(run) +
	       loss__count(run->loss, BIO_MISSED) + loss__count(run->loss, BIO_EVICTED_BIO);
}

int ledger__reconcile(struct ledger *l, struct run *run, struct book *book)
{
	uint64_t unseen = l->gone_unseen, off, others, compared = 0;
	int err;

	book->unchecked = l->gone;
	ledger_read(l);
	/* Pairs with seen_bio(): what is no longer there has been counted. */
	err = held__look(&l->held, true);
	if (err)
		return err;
	for (size_t i = 0; i < l->ndisks; i++) {
		struct ledger_disk *d = &l->disks[i];

		if (d->is_read)
			ledger_look(l, d);
		unseen += d->unseen;
		book->unchecked += !d->is_read || ledger_is_unkept(d);
		compared += d->is_read;
	}
	others = seen__others(&l->seen);
	if (others && !l->told_others)
		msg__verbose("there are more disks than are counted apart: less can be told to be "
			     "unseen");
	l->told_others |= others != 0;
	off = unseen ? ledger_lost(run) + others : 0;
	unseen = unseen > off ? unseen - off : 0;
	if (unseen > book->unseen)
		book->unseen = unseen;
	l->unseen = book->unseen;
	if (compared || book->unchecked)
		return 0;
	if (!l->told)
		msg__verbose("there is no disk that could be compared with the kernel's count");
	l->told = true;
	return -ENOENT;
}

void ledger__json(const struct ledger *l, struct json *j)
{
	char name[DISK_NAME_MAX];

	json__array(j, "unseen_by");
	for (size_t i = 0; i < l->ndisks; i++) {
		uint64_t n = l->disks[i].unseen;

		if (!n || !l->unseen)
			continue;
		disk__name(l->disks[i].dev, name, sizeof(name));
		json__object(j, NULL);
		json__str(j, "disk", name);
		/* What is lost, and not unseen, is known of all disks together only. */
		json__u64(j, "count", n < l->unseen ? n : l->unseen);
		json__object_end(j);
	}
	json__array_end(j);
}
