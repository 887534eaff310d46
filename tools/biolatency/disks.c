// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/biolatency/disks.h"

#include <errno.h>
#include <string.h>
#include "common/base/msg.h"
#include "common/base/text.h"
#include "common/tool/tool.h"

_Static_assert(BIO_DISKS_MAX == CLI_LIST_MAX, "one for each -d");

static int disks_find(struct disk_choice *c)
{
	int err = disk__resolve(c->name, &c->ref);

	c->there = !err;
	if (!err)
		return 0;
	if (err != -ENODEV || !disk__may_come(c->name)) {
		msg__error(text__quote(c->name), "%s", disk__strerror(err));
		return TOOL_TOLD(TOOL_USAGE);
	}
	msg__warn(text__quote(c->name),
		  "there is no such disk yet (lsblk lists them): waiting for it");
	return 0;
}

int disks__find(struct disks *d, const struct cli_list *names)
{
	int err = 0;

	d->n = names->n;
	d->bios_only = d->requests_only = d->partitions_only = d->n;
	for (size_t i = 0; i < d->n && !err; i++) {
		d->of[i].name = names->text[i];
		err = disks_find(&d->of[i]);
		d->bios_only &= d->of[i].there && d->of[i].ref.bio_based;
		d->requests_only &= d->of[i].there && !d->of[i].ref.bio_based;
		d->partitions_only &= d->of[i].ref.partition;
	}
	return err;
}

/* The programs are chosen at the start. */
static void disks_check_kind(const struct disks *d, struct disk_choice *c)
{
	if (c->warned || !(c->ref.bio_based ? d->requests_only : d->bios_only))
		return;
	c->warned = true;
	msg__warn(text__quote(c->name),
		  "is another kind of disk now: its I/O is not seen (start again)");
}

static bool disks_look(const struct disks *d, struct disk_choice *c)
{
	struct disk_ref before = c->ref;
	bool was_there = c->there;

	if (c->ref.by_file)
		return false;
	c->there = !disk__resolve(c->name, &c->ref);
	if (c->there == was_there && !memcmp(&before, &c->ref, sizeof(before)))
		return false;
	if (!c->there) {
		msg__warn(text__quote(c->name), "the disk is gone: waiting for one of this name");
		return true;
	}
	if (!was_there || before.dev != c->ref.dev || before.part_dev != c->ref.part_dev)
		msg__warn(text__quote(c->name), "%s %u:%u",
			  was_there ? "is another disk now:" : "is there now:",
			  disk__major(c->ref.partition ? c->ref.part_dev : c->ref.dev),
			  disk__minor(c->ref.partition ? c->ref.part_dev : c->ref.dev));
	disks_check_kind(d, c);
	return true;
}

bool disks__look(struct disks *d)
{
	bool changed = false;

	for (size_t i = 0; i < d->n; i++)
		changed |= disks_look(d, &d->of[i]);
	return changed;
}

static void disks_tell(const struct disk_choice *c, struct bio_disk *to)
{
	struct bio_disk is = { .dev = DISKS_NO_DEV };

	if (c->there)
		is = (struct bio_disk){ .dev = c->ref.dev, .last_sector = UINT64_MAX };
	if (c->there && c->ref.partition) {
		is.first_sector = c->ref.first_sector;
		is.last_sector = c->ref.last_sector;
	}
	if (to->dev == is.dev && to->first_sector == is.first_sector &&
	    to->last_sector == is.last_sector)
		return;
	/* Pairs with on_wanted_disk(): meanwhile it is no disk. */
	__atomic_store_n(&to->dev, DISKS_NO_DEV, __ATOMIC_SEQ_CST);
	__atomic_store_n(&to->first_sector, is.first_sector, __ATOMIC_SEQ_CST);
	__atomic_store_n(&to->last_sector, is.last_sector, __ATOMIC_SEQ_CST);
	__atomic_store_n(&to->dev, is.dev, __ATOMIC_SEQ_CST);
}

void disks__tell(const struct disks *d, struct bio_disk *to)
{
	for (size_t i = 0; i < d->n; i++)
		disks_tell(&d->of[i], &to[i]);
}

bool disks__has(const struct disks *d, uint32_t dev)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->of[i].there && d->of[i].ref.dev == dev)
			return true;
	return !d->n;
}

size_t disks__numbers(const struct disks *d, uint32_t to[CLI_LIST_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		if (d->of[i].there)
			to[n++] = d->of[i].ref.partition ? d->of[i].ref.part_dev : d->of[i].ref.dev;
	return n;
}
