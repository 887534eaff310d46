// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/biolatency/view.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/base/clock.h"
#include "tools/biolatency/biolatency.h"
#include "tools/biolatency/blocks.h"
#include "tools/biolatency/group.h"
#include "tools/biolatency/objects.h"
#include "biolatency.skel.h"

int view__init(struct bio_view *v, const struct bio_plan *plan, struct biolatency_bpf *skel)
{
	int err;

	v->plan = plan;
	v->table = series__new_shared(skel->maps.series, plan->sizes.rows, plan->sizes.hists,
				      plan->sizes.shift, &skel->bss->hist_epoch);
	if (!v->table)
		return -errno;
	err = held__init(&v->held, skel->maps.bios);
	if (err)
		return err;
	series__merge(v->table, KEY_BESIDE | KEY_AGAIN);
	/* No I/O at all is an answer, too. */
	if (!plan->opt->per_disk && !plan->opt->per_flag)
		series__always(v->table, SERIES_USED | (uint64_t)CLASS_IO << KEY_CLASS_SHIFT);
	return 0;
}

void view__free(struct bio_view *v)
{
	series__free(v->table);
	stalls__free(&v->stalls);
	held__free(&v->held);
	free(v->total);
}

static struct series_data *view_total_of(struct bio_view *v, uint64_t key)
{
	struct series_data *total;

	for (size_t i = 0; i < v->ntotal; i++)
		if (v->total[i].key == key)
			return &v->total[i];
	total = reallocarray(v->total, v->ntotal + 1, sizeof(*total));
	if (!total)
		return NULL;
	v->total = total;
	total += v->ntotal++;
	*total = (struct series_data){ .key = key };
	return total;
}

static int view_add_up(struct bio_view *v, const struct series_data *delta, struct run *run)
{
	struct series_data *total = view_total_of(v, delta->key);

	if (!total)
		return -ENOMEM;
	total->bytes += delta->bytes;
	for (uint32_t i = 0; i < v->plan->sizes.hists; i++)
		hist__add(&total->hist[i], &delta->hist[i]);
	run->shown += group__main(v->plan, delta)->count;
	return 0;
}

/* With filters too it is the disk's whole I/O that is in flight. */
static bool view_is_filtered(const struct bio_view *v)
{
	const struct bio_options *opt = v->plan->opt;

	return owner__filters(&opt->owner) || opt->op || opt->errors;
}

static void view_stalls(struct bio_view *v, struct run *run)
{
	struct out *o = &run->out;

	for (size_t i = 0; i < v->stalls.nfound; i++) {
		const struct stall *s = &v->stalls.found[i];
		uint64_t tenths = (s->ns + 50000000) / 100000000;

		out__text(o, "in flight: %s %llu, nothing completed for %.*f s%s\n", s->name,
			  (unsigned long long)s->in_flight, tenths < 100 && tenths % 10 != 0,
			  tenths / 10.0, view_is_filtered(v) ? " (all of the disk's I/O)" : "");
		out__begin(o, "stalled", run->now_ns);
		if (o->json) {
			json__str(&o->j, "disk", s->name);
			json__u64(&o->j, "in_flight", s->in_flight);
			json__u64(&o->j, "stalled_ns", s->ns);
		}
		out__end(o);
	}
}

int view__look(struct bio_view *v, struct run *run)
{
	uint32_t numbers[CLI_LIST_MAX];
	struct stalls_question q = {
		.only = v->plan->disks.n ? numbers : NULL,
		.nonly = disks__numbers(&v->plan->disks, numbers),
		.now_ns = run->now_ns,
		.in_flight = held__of,
		.ctx = &v->held,
	};
	int err = held__look(&v->held, loss__is_whole(run->loss, "bio_complete", "third_complete",
						      BIO_EVICTED_BIO));

	err = err ?: stalls__look(&v->stalls, &q);
	/* Without /proc nothing is known of any disk, and nothing is said. */
	return err == -ENOMEM ? err : 0;
}

static void view_time(const struct bio_view *v, struct run *run)
{
	char text[16];

	if (!v->plan->opt->timestamp)
		return;
	clock__local_time(run->now_ns, text, sizeof(text));
	out__text(&run->out, "\n%s", text);
}

int view__interval(struct bio_view *v, struct run *run)
{
	uint64_t elapsed_ns = run->now_ns - v->since_ns, shown = run->shown;
	int err = series__read(v->table) ?: view__look(v, run);
	size_t n = series__count(v->table);
	const struct series_data *s = n ? series__delta(v->table, 0) : NULL;

	for (size_t i = 0; i < n && !err; i++)
		err = view_add_up(v, &s[i], run);
	if (err)
		return err;
	/* A stretch of nothing between the last interval and the end. */
	if (v->intervals && run->shown == shown && elapsed_ns < run->interval_ns / 2)
		return 0;
	view_time(v, run);
	blocks__show(v->plan, s, n, elapsed_ns, true, &run->out);
	objects__show(v->plan, s, n,
		      &(struct objects_how){
			      .out = &run->out, .mono_ns = run->now_ns, .elapsed_ns = elapsed_ns });
	view_stalls(v, run);
	v->since_ns = run->now_ns;
	v->intervals++;
	return 0;
}

void view__total(struct bio_view *v, struct run *run)
{
	if (v->ntotal)
		qsort(v->total, v->ntotal, sizeof(v->total[0]), series__compare);
	if (v->intervals < 2)
		return;
	out__text(&run->out, "\nall %llu intervals:", (unsigned long long)v->intervals);
	blocks__show(v->plan, v->total, v->ntotal, run->now_ns - run->start_ns, false, &run->out);
}

static void view_summary_stalls(const struct bio_view *v, struct json *j)
{
	json__array(j, "stalled");
	for (size_t i = 0; i < v->stalls.nfound; i++) {
		json__object(j, NULL);
		json__str(j, "disk", v->stalls.found[i].name);
		json__u64(j, "in_flight", v->stalls.found[i].in_flight);
		json__u64(j, "stalled_ns", v->stalls.found[i].ns);
		json__object_end(j);
	}
	json__array_end(j);
}

void view__summary(struct bio_view *v, struct run *run)
{
	struct json *j = &run->out.j;

	json__array(j, "series");
	objects__show(v->plan, v->total, v->ntotal,
		      &(struct objects_how){ .out = &run->out,
					     .elapsed_ns = run->now_ns - run->start_ns,
					     .part = true });
	json__array_end(j);
	view_summary_stalls(v, j);
}
