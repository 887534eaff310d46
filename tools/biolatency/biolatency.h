/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The records and constants between biolatency's programs and its user space. */
#ifndef BIOLATENCY_H
#define BIOLATENCY_H

#include "common/bpf/cgroup_target_wire.h"
#include "common/bpf/count_wire.h"
#include "common/bpf/hist_wire.h"

/* Which histogram of a row; without --phases a row has only the first. */
enum bio_phase {
	PHASE_SUBMIT = 0, /* bio queued -> request got */
	PHASE_QUEUE = 1,  /* request got -> issued to the driver */
	PHASE_DEVICE = 2, /* issued -> completed */
	PHASE_TOTAL = 3,
	PHASE_MAX = 4,
};

enum bio_class {
	CLASS_IO = 0,	       /* read, write: data on their way */
	CLASS_DISCARD = 1,     /* discard, secure erase */
	CLASS_ZEROES = 2,      /* zeroes, or the same block again and again, without data */
	CLASS_ZONE = 3,	       /* zones opened, closed, finished, reset */
	CLASS_FLUSH = 4,       /* the device's cache flushed */
	CLASS_SYNC = 5,	       /* an fsync's empty flush, as its caller waited for it */
	CLASS_PASSTHROUGH = 6, /* commands of user space: SCSI INQUIRY, NVMe admin */
	CLASS_MAX = 7,
};

/* They come from a bio of their own, which was submitted and got a request. */
#define CLASS_HAS_PHASES(class) ((class) < CLASS_FLUSH)

/* A disk of -d, or the part of it that is between two sectors. */
struct bio_disk {
	__u32 dev;
	__u32 pad;
	__u64 first_sector, last_sector;
};

#define BIO_DISKS_MAX 16

/*
 * Key of a row: the disk in the upper half (the kernel's dev_t, major << 20 | minor; 0
 * when not told apart), then SERIES_USED, which program counted, the class, the request's
 * operation and flags, and its status (blk_status_t), so that what failed is never mixed with
 * what did not.
 */
#define KEY_DEV_SHIFT 32
#define KEY_BESIDE (1ULL << 30) /* bio_complete, not rq_complete */
#define KEY_CLASS_SHIFT 27
#define KEY_CLASS_MASK 7ULL
#define KEY_FLAGS_SHIFT 6
#define KEY_FLAGS_MASK ((1ULL << 21) - 1)
/* With KEY_BESIDE: again_complete; without it: third_complete. */
#define KEY_AGAIN (1ULL << 5)
#define KEY_STATUS_MASK 31ULL /* what is above it is in the last one */

/* Errors as the kernel numbers them (errno), where it tells no status: up to 5.15. */
#define ERRNO_LIMIT 128

/* Causes of loss and of doubt. */
enum bio_count {
	BIO_UNTIMED = COUNT_TOOL, /* no start time known: not in any histogram */
	BIO_UNOWNED,		  /* a filter by owner is on and the owner is not known */
	BIO_EVICTED_BIO,	  /* table of bios full: an older one was given up */
	BIO_SILENT,		  /* the kernel announces no end of it */
	BIO_EVICTED,		  /* table of requests full: an older stamp was given up */
	BIO_COARSE,		  /* shown with the early start time of a cached clock */
	BIO_NO_PHASES,		  /* shown without its submit wait */
	BIO_STAMPED,		  /* no doubt: rq_issue knew better than the request */
	BIO_MISSED,		  /* a bio ended whose start no program was run for */
	/* Not lost: the second program saw what the first did not. */
	BIO_AGAIN_QUEUE,
	BIO_AGAIN_COMPLETE,
	BIO_AGAIN_GETRQ,
	BIO_UNJUDGED, /* done before it was known whether its cgroup is wanted */
};

/*
 * Fields of an entry in the table of requests in flight. The stamp is the time of the
 * entry's latest event, with bit 0 saying that the event was the issue (1 ns less exact).
 */
enum rq_field {
	RQ_STAMP = 0,
	RQ_GOT = 1,
	RQ_QUEUED = 2,
	RQ_OWNER = 3,
};

#define RQ_ISSUED 1ULL

enum rq_owner {
	OWNER_KNOWN = 1,
	OWNER_MATCHES = 2,
	OWNER_PASSES = 4, /* noted at a disk that passes its bios on */
	/* With OWNER_KNOWN: a new cgroup, whose id is in the upper bits, is not judged yet. */
	OWNER_PENDING = 8,
};

/* The thread that submitted I/O without a known owner: the key is in the upper bits of RQ_OWNER.
 */
#define OWNER_BY_SHIFT 8

struct bio_by {
	__u64 count;
	char name[24];
};

/* What a disk is to the programs; bits. */
enum bio_watch {
	WATCH_BIOS = 1,	   /* without requests: its bios are counted */
	WATCH_STACKED = 2, /* its requests are made requests of other disks */
	WATCH_PASSES = 4,  /* the bio itself goes on to another disk's queue */
	WATCH_PATH = 8,	   /* of a disk that is WATCH_STACKED */
};

/* The same for bios of devices without requests. */
enum bio_field {
	BIO_QUEUED = 0,
	BIO_WHAT = 1, /* dev << 32 | op and flags */
	BIO_BYTES = 2,
	BIO_OWNER = 3, /* enum bio_owner */
};

/* 0: to be shown. */
enum bio_owner {
	BIO_OWNER_OTHER = 1, /* filtered, for whatever reason */
	BIO_OWNER_UNKNOWN = 2,
	BIO_OWNER_PENDING = 16, /* as OWNER_PENDING */
};

/*
 * The kernel's statistics of a disk tell these apart (op_stat_group()); flushes are requests of
 * their own there.
 */
enum disk_group {
	GROUP_READ = 0,
	GROUP_WRITE = 1,
	GROUP_DISCARD = 2,
	GROUP_MAX = 3,
};

static inline __attribute__((always_inline)) __u32 disk_group_of(__u32 flags)
{
	__u32 op = flags & 0xff;

	return op == 3 ? GROUP_DISCARD : op & 1; /* REQ_OP_DISCARD; REQ_OP_WRITE and the like */
}

/*
 * What the programs of one CPU have seen of one disk, whatever the filters, to be compared with the
 * kernel's statistics of the disk. Only grows.
 */
struct disk_seen {
	__u64 key;		/* the disk's number and one of SEEN_; 0: free */
	__u64 n[GROUP_MAX];	/* bios; of requests all are in the first */
	__u64 bytes[GROUP_MAX]; /* of bios only */
	__u64 pad;
};

#define SEEN_REQUESTS (1ULL << 32)
#define SEEN_BIOS (2ULL << 32)
#define SEEN_OTHERS (3ULL << 32) /* of the row that takes what finds no row */

/* A disk's row is one of so many, from this one on: 2^32 over the golden ratio, 12 bits of it. */
#define SEEN_PROBES 4
#define SEEN_HOME(key) (((__u32)(key)*0x9e3779b1u) >> 20)

/* Program on demand: what the request itself could not tell. */
enum bio_need {
	NEED_ISSUE = 0,
	NEED_GETRQ = 1,
	NEED_MAX = 2,
};

struct bio_note {
	__u32 need;
	__u32 pad;
};

_Static_assert(sizeof(struct bio_note) == 8, "wire size");
_Static_assert(sizeof(struct bio_disk) == 24, "wire size");
_Static_assert(sizeof(struct disk_seen) == 64, "a cache line");

#endif
