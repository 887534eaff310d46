/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Sums by flow, destination, process, container or cause. */
#ifndef TCPRETRANS_SUMS_H
#define TCPRETRANS_SUMS_H

#include "common/owner/top.h"
#include "tools/tcpretrans/options.h"
#include "tools/tcpretrans/row.h"
#include "tools/tcpretrans/sources.h"
#include "tools/tcpretrans/sum_row.h"

/* An event, for the keys. */
struct sum_event {
	const struct retrans_record *r;
	const struct socket_owner *owner; /* as it is known by now */
};

/* sums_by.c; ends with NULL */
extern const struct top_by *const sums_by[];

struct sums {
	struct top top;
	struct sources sources;
	bool by_owner;	 /* user space filters by owner */
	uint64_t events; /* that are in the sums */
};

/* -EINVAL after a line on stderr. */
int sums__parse(struct sums *s, const struct retrans_options *opt);
/* Borrows what the programs have. 0 or -ENOMEM. */
int sums__begin(struct sums *s, int mores_fd, uint32_t *epoch, uint64_t now_ns);
/* The first event of a connection and cause, on behalf also of those to come. 0 or -ENOMEM. */
int sums__add(struct sums *s, const struct sum_event *event, const struct retrans_row *row);
/* The same for an event that is filtered, as are later events of the connection and cause. */
int sums__ignore(struct sums *s, const struct retrans_record *r);
/* Shows the sums, and forgets them. Counts in run->shown and run->filtered. 0 or -errno. */
int sums__show(struct sums *s, struct run *run, bool last);
void sums__free(struct sums *s);

#endif
