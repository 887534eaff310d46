// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/block/stalls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "common/block/disk_stat.h"
#include "common/block/disk_sysfs.h"

/* What a line of diskstats has of a disk. */
struct stall_stats {
	uint32_t dev;
	uint64_t completed, took_ms, in_flight;
};

struct stall_disk {
	struct stall_stats first, last;
	/* Since when there was something in flight at each look and nothing completed; 0: not so.
	 */
	uint64_t since_ns;
	uint64_t look; /* the last that found it */
};

void stalls__free(struct stalls *s)
{
	free(s->disks);
	free(s->found);
	memset(s, 0, sizeof(*s));
}

static bool stall_parse(const char *line, struct stall_stats *st)
{
	struct disk_stat stat;
	unsigned int major, minor;
	int at = 0;

	if (sscanf(line, "%u %u %*s%n", &major, &minor, &at) != 2 || !at || !(major | minor) ||
	    !disk_stat__parse(line + at, &stat))
		return false;
	*st = (struct stall_stats){ .dev = disk__dev(major, minor),
				    .completed = disk_stat__ios(&stat),
				    .in_flight = stat.in_flight };
	for (int i = 0; i < DISK_GROUPS; i++)
		st->took_ms += stat.ms[i];
	return true;
}

static struct stall_disk *stall_disk_of(struct stalls *s, const struct stall_stats *now)
{
	struct stall_disk *d;

	for (size_t i = 0; i < s->ndisks; i++) {
		d = &s->disks[(s->next + i) % s->ndisks];
		if (d->last.dev == now->dev)
			return d;
	}
	d = reallocarray(s->disks, s->ndisks + 1, sizeof(*d));
	if (!d)
		return NULL;
	s->disks = d;
	d += s->ndisks++;
	*d = (struct stall_disk){ .first = *now, .last = *now };
	return d;
}

static uint64_t stall_usual_ns(const struct stall_disk *d)
{
	uint64_t n = d->last.completed - d->first.completed;

	return n ? (d->last.took_ms - d->first.took_ms) * 1000000 / n : 0;
}

static bool stall_is_partition(uint32_t dev)
{
	char dir[64];

	disk_sysfs__of_dev(dev, dir, sizeof(dir));
	return disk_sysfs__exists("%s/partition", dir);
}

static int stall_found(struct stalls *s, const struct stall_disk *d, uint64_t ns)
{
	struct stall *found = reallocarray(s->found, s->nfound + 1, sizeof(*found));

	if (!found)
		return -ENOMEM;
	s->found = found;
	found += s->nfound++;
	*found = (struct stall){ .dev = d->last.dev, .in_flight = d->last.in_flight, .ns = ns };
	disk__name(found->dev, found->name, sizeof(found->name));
	return 0;
}

static int stall_look(struct stalls *s, const struct stall_stats *now,
		      const struct stalls_question *q)
{
	struct stall_disk *d = stall_disk_of(s, now);
	uint64_t ns, usual;

	if (!d)
		return -ENOMEM;
	d->look = s->looks;
	s->next = d - s->disks + 1;
	/* Another disk of the same number. */
	if (now->completed < d->last.completed)
		d->first = *now;
	if (!now->in_flight || now->completed != d->last.completed || !d->since_ns)
		d->since_ns = now->in_flight ? q->now_ns : 0;
	d->last = *now;
	ns = d->since_ns ? q->now_ns - d->since_ns : 0;
	usual = stall_usual_ns(d);
	if (ns < STALL_NS || ns / 2 < usual || (!q->only && stall_is_partition(now->dev)))
		return 0;
	return stall_found(s, d, ns);
}

static bool stall_is_wanted(const struct stalls_question *q, uint32_t dev)
{
	for (size_t i = 0; q->only && i < q->nonly; i++)
		if (q->only[i] == dev)
			return true;
	return !q->only;
}

/* What the kernel counts may be known better. */
static void stall_complete(struct stall_stats *now, const struct stalls_question *q)
{
	uint64_t n = q->in_flight ? q->in_flight(q->ctx, now->dev) : 0;

	if (now->in_flight < n)
		now->in_flight = n;
}

/* Disks come and go. */
static void stalls_forget(struct stalls *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->ndisks; i++)
		if (s->disks[i].look == s->looks)
			s->disks[kept++] = s->disks[i];
	s->ndisks = kept;
}

int stalls__look(struct stalls *s, const struct stalls_question *q)
{
	FILE *f = disk_sysfs__open("/proc/diskstats");
	struct stall_stats now;
	char line[512];
	int err = 0;

	s->nfound = s->next = 0;
	s->looks++;
	if (!f)
		return -errno;
	while (!err && fgets(line, sizeof(line), f)) {
		if (!stall_parse(line, &now) || !stall_is_wanted(q, now.dev))
			continue;
		stall_complete(&now, q);
		err = stall_look(s, &now, q);
	}
	fclose(f);
	if (!err)
		stalls_forget(s);
	return err;
}
