/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The disks' statistics, the kernel's own book of the same I/O, compared with what the programs
 * have seen of each disk, whatever the filters.
 *
 * A disk with requests counts each request when it completes, as biolatency does: what was merged
 * is one request for both. A disk without requests counts bios, or parts of bios: there it is
 * missing what is missing by number and by sectors.
 */
#ifndef BIOLATENCY_LEDGER_H
#define BIOLATENCY_LEDGER_H

#include "common/block/balance.h"
#include "common/block/disk_stat.h"
#include "common/tool/book.h"
#include "tools/biolatency/held.h"
#include "tools/biolatency/seen.h"

struct disk_info;
struct run;

struct ledger_disk {
	uint32_t dev;
	bool bios;					 /* without requests */
	bool there;					 /* at the scan that goes on */
	bool is_read;					 /* `stat` is of this look */
	const char *why;				 /* it is not compared; NULL: it is */
	bool told;					 /* that, or that it keeps no statistics */
	struct balance n[GROUP_MAX], sectors[GROUP_MAX]; /* of requests n[0] only */
	struct disk_seen before;
	struct disk_stat stat;
	uint64_t unseen;
};

struct ledger {
	struct ledger_disk *disks; /* no more than the system has */
	size_t ndisks;
	struct seen seen;
	struct held held;
	uint64_t gone_unseen, gone; /* of disks that are no more */
	uint32_t cpus;
	uint64_t unseen;  /* of all disks, as it was told */
	bool told;	  /* that there is none to compare */
	bool told_others; /* that there are too many */
};

/* After load. 0 or -errno. */
int ledger__init(struct ledger *l, struct run *run);
void ledger__free(struct ledger *l);

/* A scan of the disks: all that are to be compared, between the other two. 0 or -ENOMEM. */
void ledger__begin_scan(struct ledger *l);
int ledger__disk(struct ledger *l, const struct disk_info *disk);
void ledger__end_scan(struct ledger *l);

/* -ENOENT: there is no disk that could be compared. */
int ledger__reconcile(struct ledger *l, struct run *run, struct book *book);
/* By disk: "unseen_by" of the summary. */
void ledger__json(const struct ledger *l, struct json *j);

#endif
