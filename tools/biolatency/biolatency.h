/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What passes between biolatency's programs and its loader. */
#ifndef BIOLATENCY_H
#define BIOLATENCY_H

#include "common/bpf/cgroup_target.h"
#include "common/bpf/count.h"
#include "common/bpf/hist.h"

/* Which histogram of a row; without --phases a row has only the first. */
enum bio_phase {
	PHASE_SUBMIT = 0, /* bio queued -> request got */
	PHASE_QUEUE = 1,  /* request got -> issued to the driver */
	PHASE_DEVICE = 2, /* issued -> completed */
	PHASE_TOTAL = 3,
	PHASE_MAX = 4,
};

enum bio_class {
	CLASS_IO = 0,	       /* read, write, discard, zone commands */
	CLASS_FLUSH = 1,       /* the device's cache flushed */
	CLASS_SYNC = 2,	       /* an fsync's empty flush, as its caller waited for it */
	CLASS_PASSTHROUGH = 3, /* commands of user space: SCSI INQUIRY, NVMe admin */
	CLASS_MAX = 4,
};

/*
 * Key of a row: the disk in the upper half (the kernel's dev_t, major << 20 | minor; 0
 * when not told apart), then SERIES_USED, which program counted, the class, and the request's
 * operation and flags.
 */
#define KEY_DEV_SHIFT 32
#define KEY_BESIDE (1ULL << 30) /* bio_complete, not rq_complete */
#define KEY_CLASS_SHIFT 28
#define KEY_FLAGS_MASK ((1ULL << 28) - 1)

/* Causes of loss and of doubt. */
enum bio_count {
	BIO_UNTIMED = COUNT_TOOL, /* no start time known: not in any histogram */
	BIO_UNOWNED,		  /* a filter by owner is on and the owner is not known */
	BIO_EVICTED_BIO,	  /* table of bios full: an older one was given up */
	BIO_EVICTED,		  /* table of requests full: an older stamp was given up */
	BIO_COARSE,		  /* shown with the early start time of a cached clock */
	BIO_NO_PHASES,		  /* shown without its submit wait */
	BIO_STAMPED,		  /* no doubt: rq_issue knew better than the request */
	/* Not lost: the second program saw what the first did not. */
	BIO_AGAIN_QUEUE,
	BIO_AGAIN_GETRQ,
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
};

/* The same for bios of devices without requests. */
enum bio_field {
	BIO_QUEUED = 0,
	BIO_WHAT = 1, /* dev << 32 | op and flags */
	BIO_BYTES = 2,
	BIO_FILTERED = 3,
};

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

#endif
