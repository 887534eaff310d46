/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The kernel threads that submitted I/O without a known owner. */
#ifndef BIOLATENCY_UNOWNED_H
#define BIOLATENCY_UNOWNED_H

#include "common/out/out.h"

struct biolatency_bpf;

/*
 * In text a line, if there was any such I/O; in JSON the member "unowned_by" of the summary. Of
 * `all` those are "others" that no thread is known of, or one that found no room in the table.
 */
void unowned__text(const struct biolatency_bpf *skel, uint64_t all, struct out *o);
void unowned__json(const struct biolatency_bpf *skel, struct json *j);

#endif
