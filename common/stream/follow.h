/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Keeps the programs told which cgroups are wanted while these come and go (cgroup_follow.bpf.h).
 * A new cgroup whose container's name is not written yet is judged within a second, or else is
 * another's: until then its events come, and have to be kept back (follow__turn()).
 */
#ifndef SNOOPKIT_FOLLOW_H
#define SNOOPKIT_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>
#include "common/cgroup/cgroup_wanted.h"

struct bpf_object;
struct follow;

/* Copies both. NULL with errno set. */
struct follow *follow__new(const struct cgroup_wanted *w, const struct cgroup_target *t);
void follow__free(struct follow *f);

/* Variables of cgroup.bpf.h and cgroup_follow.bpf.h. */
struct follow_shared {
	const uint64_t *missed;
	bool *has_memory;
};
/* After load. 0 or -errno. */
int follow__open(struct follow *f, const struct bpf_object *obj,
		 const struct follow_shared *shared);
/* The descriptor of the ring of news. */
int follow__fd(const struct follow *f);

/*
 * When the programs of cgroup_follow.bpf.h are attached, and no other: enters what is there. Says
 * on stderr what is waited for. 0 or -errno.
 */
int follow__start(struct follow *f);
/*
 * Judges what is new. `hold_ns` becomes the time of the oldest that is not: events of it, and only
 * of that time and later, are not to be shown yet; UINT64_MAX: there is none. 0 or -errno.
 */
int follow__turn(struct follow *f, uint64_t *hold_ns);
/* No program runs any more: judges all. */
int follow__end(struct follow *f);
/* Every two seconds: names change, and news may have been missed. */
void follow__check(struct follow *f);

/*
 * Whether an event of these cgroups is wanted, of which the programs thought so: its cgroup of v2
 * and that of the v1 hierarchy of the filter. One that is not judged yet is rejected, and counted.
 * True without a filter (NULL).
 */
bool follow__wants(struct follow *f, uint64_t v2, uint64_t v1);
/* Calls it whenever a cgroup that bears the name has come or gone after the start. */
void follow__changed(struct follow *f, void (*changed)(void *ctx), void *ctx);
/* New cgroups that were taken for others' unjudged: a note. 0 without a filter. */
uint64_t follow__unjudged(const struct follow *f);

#endif
