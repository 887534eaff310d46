// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/biolatency/view.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "common/clock.h"
#include "common/latency.h"
#include "tools/biolatency/biolatency.h"
#include "biolatency.skel.h"

static const char *const class_names[CLASS_MAX] = {
	[CLASS_IO] = "io",
	[CLASS_FLUSH] = "flush",
	[CLASS_SYNC] = "sync",
	[CLASS_PASSTHROUGH] = "passthrough",
};

static const char *const phase_names[PHASE_MAX] = {
	[PHASE_SUBMIT] = "submit",
	[PHASE_QUEUE] = "queue",
	[PHASE_DEVICE] = "device",
	[PHASE_TOTAL] = "total",
};

int view__init(struct bio_view *v, const struct bio_plan *plan, struct biolatency_bpf *skel)
{
	v->plan = plan;
	v->table = series__new(skel->maps.series, plan->rows, plan->hists, &skel->bss->hist_epoch);
	if (!v->table)
		return -errno;
	series__merge(v->table, KEY_BESIDE);
	/* No I/O at all is an answer, too. */
	if (!plan->opt->per_disk && !plan->opt->per_flag)
		series__always(v->table, SERIES_USED | (uint64_t)CLASS_IO << KEY_CLASS_SHIFT);
	return 0;
}

void view__free(struct bio_view *v)
{
	series__free(v->table);
	free(v->total);
}

static enum bio_class key_class(uint64_t key)
{
	return key == SERIES_OTHER ? CLASS_IO : (key >> KEY_CLASS_SHIFT) & (CLASS_MAX - 1);
}

static uint32_t key_dev(uint64_t key)
{
	return key >> KEY_DEV_SHIFT;
}

static uint32_t key_flags(uint64_t key)
{
	return key & KEY_FLAGS_MASK;
}

/* Series of one block differ in nothing but their class. */
static bool same_block(uint64_t a, uint64_t b)
{
	const uint64_t class_bits = (uint64_t)(CLASS_MAX - 1) << KEY_CLASS_SHIFT;

	return a == b || (a != SERIES_OTHER && b != SERIES_OTHER && !((a ^ b) & ~class_bits));
}

static const struct hist_data *main_hist(const struct bio_view *v, const struct series_data *s)
{
	return &s->hist[v->plan->opt->phases ? PHASE_TOTAL : 0];
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
	for (uint32_t i = 0; i < v->plan->hists; i++)
		hist__add(&total->hist[i], &delta->hist[i]);
	run->shown += main_hist(v, delta)->count;
	return 0;
}

static void view_heading(struct bio_view *v, uint64_t key, struct out *o)
{
	char text[160];

	out__text(o, "\n");
	if (key == SERIES_OTHER) {
		out__text(o, "others (more than --max-series)\n");
		return;
	}
	if (v->plan->opt->per_disk) {
		disk__name(key_dev(key), text, sizeof(text));
		out__text(o, "disk = %s\n", text);
	}
	if (v->plan->opt->per_flag) {
		block_names__flags_text(&v->plan->names, key_flags(key), text, sizeof(text));
		out__text(o, "flags = %s\n", text);
	}
}

static void view_row(const char *label, const struct hist_data *h, const struct series_data *s,
		     uint64_t elapsed_ns, struct out *o)
{
	struct latency_row row;

	latency__row(&row, label, h, s->bytes, elapsed_ns);
	out__row(o, &row);
}

/* The rows of one series: its phases, or itself. A device without requests has a total only. */
static void view_rows(const struct bio_view *v, const struct series_data *s, uint64_t elapsed_ns,
		      struct out *o)
{
	enum bio_class class = key_class(s->key);
	const struct hist_data *total = main_hist(v, s);

	if (!v->plan->opt->phases || class != CLASS_IO) {
		view_row(class_names[class], total, s, elapsed_ns, o);
		return;
	}
	for (int i = 0; i < PHASE_MAX; i++)
		if (s->hist[i].count || !total->count)
			view_row(phase_names[i], &s->hist[i], s, elapsed_ns, o);
}

/* What is plotted: the I/O proper; with -F each block is of one kind anyway. */
static const struct series_data *block_plotted(const struct series_data *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (key_class(s[i].key) == CLASS_IO)
			return &s[i];
	return s;
}

static void view_block(struct bio_view *v, const struct series_data *s, size_t n,
		       uint64_t elapsed_ns, bool plot, struct out *o)
{
	const struct hist_data *h = main_hist(v, block_plotted(s, n));

	view_heading(v, s->key, o);
	if (plot) {
		latency__plot(h, o);
		if (v->plan->opt->extension)
			latency__extension(h, o);
		out__text(o, "\n");
	}
	out__header(o);
	for (size_t i = 0; i < n; i++)
		if (main_hist(v, &s[i])->count || key_class(s[i].key) == CLASS_IO)
			view_rows(v, &s[i], elapsed_ns, o);
}

static void view_blocks(struct bio_view *v, const struct series_data *s, size_t n,
			uint64_t elapsed_ns, bool plot, struct out *o)
{
	size_t i = 0, end;

	while (i < n) {
		uint64_t events = 0;

		for (end = i; end < n && same_block(s[i].key, s[end].key); end++)
			events += main_hist(v, &s[end])->count;
		if (events || !(v->plan->opt->per_disk || v->plan->opt->per_flag))
			view_block(v, &s[i], end - i, elapsed_ns, plot, o);
		i = end;
	}
}

static void view_members(const struct bio_view *v, const struct series_data *s, uint32_t hist,
			 uint64_t elapsed_ns, struct out *o)
{
	const struct bio_options *opt = v->plan->opt;
	struct latency_row row;
	char text[160];

	if (s->key == SERIES_OTHER) {
		json__bool(&o->j, "other", true);
	} else {
		/* Some commands come before a bus knows its disks. */
		if (opt->per_disk && !key_dev(s->key)) {
			json__null(&o->j, "disk");
		} else if (opt->per_disk) {
			disk__name(key_dev(s->key), text, sizeof(text));
			json__str(&o->j, "disk", text);
		}
		json__str(&o->j, "class", class_names[key_class(s->key)]);
		if (opt->per_flag) {
			block_names__op_name(&v->plan->names, key_flags(s->key), text,
					     sizeof(text));
			json__str(&o->j, "op", text);
			block_names__flags_json(&v->plan->names, key_flags(s->key), &o->j);
		}
	}
	if (opt->phases)
		json__str(&o->j, "phase", phase_names[hist]);
	latency__row(&row, NULL, &s->hist[hist], s->bytes, elapsed_ns);
	json__u64(&o->j, "interval_ns", elapsed_ns);
	out__members(o, latency_fields, &row);
}

/* Phases that these I/Os do not have are left out; no I/O at all is told once, not by disk. */
static bool view_has(const struct bio_view *v, const struct series_data *s, uint32_t hist)
{
	const struct bio_options *opt = v->plan->opt;

	return s->hist[hist].count || (key_class(s->key) == CLASS_IO && !main_hist(v, s)->count &&
				       !opt->per_disk && !opt->per_flag);
}

static void view_objects(struct bio_view *v, const struct series_data *s, uint64_t elapsed_ns,
			 struct run *run)
{
	for (uint32_t i = 0; i < v->plan->hists; i++) {
		if (!view_has(v, s, i))
			continue;
		out__begin(&run->out, "interval", run->now_ns);
		view_members(v, s, i, elapsed_ns, &run->out);
		latency__buckets(&s->hist[i], &run->out.j);
		out__end(&run->out);
	}
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
	int err = series__read(v->table);
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
	view_blocks(v, s, n, elapsed_ns, true, &run->out);
	for (size_t i = 0; i < n && run->out.json; i++)
		view_objects(v, &s[i], elapsed_ns, run);
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
	view_blocks(v, v->total, v->ntotal, run->now_ns - run->start_ns, false, &run->out);
}

void view__summary(struct bio_view *v, struct run *run)
{
	struct json *j = &run->out.j;

	json__array(j, "series");
	for (size_t s = 0; s < v->ntotal; s++) {
		for (uint32_t i = 0; i < v->plan->hists; i++) {
			if (!view_has(v, &v->total[s], i))
				continue;
			json__object(j, NULL);
			view_members(v, &v->total[s], i, run->now_ns - run->start_ns, &run->out);
			json__object_end(j);
		}
	}
	json__array_end(j);
}
