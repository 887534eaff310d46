/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the programs add up without a record for each (top.bpf.h): of which source it is, and to
 * which sum that belongs, its first event told.
 */
#ifndef TCPRETRANS_SOURCES_H
#define TCPRETRANS_SOURCES_H

#include "common/base/table.h"
#include "tools/tcpretrans/tcpretrans.h"

/*
 * So many are remembered. Twice what the programs add up at a time: what they do not is forgotten
 * where there is no more room, so at least each second time there is.
 */
#define SOURCES_MAX (2 * RETRANS_SOURCES_MAX)

struct source {
	struct retrans_source id;
	bool wanted;
	uint64_t key[]; /* of its sum (top.h) */
};

struct sources {
	struct table table;
	int fd;		 /* of the map `mores` */
	uint32_t *epoch; /* the programs' */
};

/* Borrows what the programs have. `key_size`: of the keys of sums. */
void sources__begin(struct sources *s, int mores_fd, uint32_t *epoch, size_t key_size);
void sources__free(struct sources *s);

/* That of a record, on behalf also of the events to come; new ones are not wanted. NULL: no memory.
 */
struct source *sources__of(struct sources *s, const struct retrans_record *r);

/* `source`: NULL if it is not known. */
typedef int (*sources__fn)(void *ctx, const struct source *source, const struct retrans_source *id,
			   const struct retrans_more *more);

/*
 * Takes what the programs have added up in the epochs that are over, when none of them is under way
 * there any more and their records have been read. `last`: no record will come. 0 or -errno.
 */
int sources__take(struct sources *s, bool last, sources__fn fn, void *ctx);

#endif
