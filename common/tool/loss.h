/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What became of each event: seen = shown + filtered + lost. Losses are told by cause when
 * they happen, and all of them at the end.
 */
#ifndef SNOOPKIT_LOSS_H
#define SNOOPKIT_LOSS_H

#include <stdbool.h>
#include <stdint.h>
#include "common/out/out.h"

struct bpf_map;
struct bpf_object;
struct loss;

/* Notes that are told of every tool, where there are such. */
enum loss_note {
	LOSS_LATE,	     /* events shown behind younger ones, of tools that put them in order */
	LOSS_WITHOUT_CGROUP, /* events shown without their cgroup */
	LOSS_UNJUDGED,	     /* new cgroups taken for others' before they were known */
	LOSS_NOTES
};

struct loss_note_name {
	const char *name, *help;
};
extern const struct loss_note_name loss_notes[LOSS_NOTES];

/* Tables end with {}. */
struct loss_cause {
	const char *name; /* in JSON and in the summary */
	const char *text; /* a sentence for stderr, with what to do */
	uint32_t id;	  /* index in struct counts; with `program`: what to take from it, or 0 */
	/* How their names begin whose runs the kernel skipped: already running. */
	const char *program;
	/* The program that makes up for it: no more are lost than it was skipped, where there is
	 * it. */
	const char *second;
	/* No part of the equation: events shown with a doubt, or runs that may have been none. */
	bool note;
	bool unseen; /* no program has counted these events as seen: they are, by this */
};

/* Before load: gives the map `counts` a slot for each CPU. 0 or -errno. */
int loss__size(struct bpf_map *counts);
/* After load. Arguments are borrowed. NULL with errno set. */
struct loss *loss__new(const struct loss_cause *causes, struct bpf_object *obj,
		       struct bpf_map *counts);
void loss__free(struct loss *l);

/*
 * Reads the counters and tells what is new of each cause: stderr, and "lost" objects in JSON. What
 * was told is never taken back: a run that the kernel skipped is told when no other program can
 * make up for it any more, in MADE_UP_NS.
 */
void loss__report(struct loss *l, struct out *o, uint64_t mono_ns);
/* The same at the end, when no program is under way. */
void loss__report_last(struct loss *l, struct out *o, uint64_t mono_ns);
/* So many events were to be shown, but not written: lost, with a cause of its own. */
void loss__unwritten(struct loss *l, uint64_t events);
/* So many until now. */
void loss__note(struct loss *l, enum loss_note note, uint64_t events);
/* User space counts under an id, too, as the programs do. */
void loss__add(struct loss *l, uint32_t id, uint64_t events);
/* One counter as it is now. */
uint64_t loss__count(const struct loss *l, uint32_t id);
/*
 * So far the kernel skipped no run of this program that the second one cannot have made up for, and
 * nothing was counted under `id`.
 */
bool loss__is_whole(const struct loss *l, const char *program, const char *second, uint32_t id);
/* How many runs of the programs whose names begin so the kernel has skipped so far. */
uint64_t loss__skipped(const struct loss *l, const char *program);
/* Totals as of the last report. */
uint64_t loss__seen(const struct loss *l);
uint64_t loss__lost(const struct loss *l);
/* Events of the last report that are neither shown, nor filtered, nor lost: 0 if all is well. */
int64_t loss__rest(const struct loss *l, uint64_t shown, uint64_t filtered);
/*
 * The equation: a line of text, or the members of a JSON "summary". `filtered`: in user space, to
 * be added to what the programs have filtered.
 */
void loss__summary(const struct loss *l, struct out *o, uint64_t shown, uint64_t filtered);

#endif
