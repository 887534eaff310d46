/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Records as rows, or into sums. */
#ifndef TCPRETRANS_VIEW_H
#define TCPRETRANS_VIEW_H

#include "common/owner/socket_owner.h"
#include "common/tool/tool.h"
#include "tools/tcpretrans/options.h"
#include "tools/tcpretrans/sums.h"

struct retrans_view {
	const struct retrans_options *opt;
	struct sums sums;
	struct socket_owners *owners;
	/* Events of a listening process, whose connection another process may have accepted. */
	uint64_t shown_in_doubt, filtered_in_doubt;
};

/* -EINVAL after a line on stderr. */
int view__parsed(struct retrans_view *v);
/* A record of the programs. Counts in run->shown and run->filtered. 0 or -errno. */
int view__record(struct retrans_view *v, struct run *run, const void *data, size_t size);
/* At the end: how many events a filter by owner may have taken for another's. */
void view__in_doubt(const struct retrans_view *v, struct out *o);
void view__json(const struct retrans_view *v, struct json *j);

#endif
