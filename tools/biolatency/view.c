// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/biolatency/view.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/base/clock.h"
#include "common/out/latency.h"
#include "tools/biolatency/biolatency.h"
#include "biolatency.skel.h"

static const char *const class_names[CLASS_MAX] = {
	[CLASS_IO] = "io",
	[CLASS_DISCARD] = "discard",
	[CLASS_ZEROES] = "write_zeroes",
	[CLASS_ZONE] = "zone",
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

/*
 * What differs in nothing but its status: what went well, if anything did, and what failed, by
 * status.
 */
struct view_group {
	uint64_t key; /* without a status */
	const struct series_data *ok, *failed;
	size_t nfailed;
};

static const struct series_data nothing;

int view__init(struct bio_view *v, const struct bio_plan *plan, struct biolatency_bpf *skel)
{
	int err;

	v->plan = plan;
	v->table = series__new(skel->maps.series, plan->rows, plan->hists, &skel->bss->hist_epoch);
	if (!v->table)
		return -errno;
	err = held__init(&v->held, skel->maps.bios);
	if (err)
		return err;
	series__merge(v->table, KEY_BESIDE);
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

static enum bio_class key_class(uint64_t key)
{
	return SERIES_IS_OTHER(key) ? CLASS_IO : (key >> KEY_CLASS_SHIFT) & KEY_CLASS_MASK;
}

static uint32_t key_dev(uint64_t key)
{
	return key >> KEY_DEV_SHIFT;
}

static uint32_t key_flags(uint64_t key)
{
	return (key >> KEY_FLAGS_SHIFT) & KEY_FLAGS_MASK;
}

static uint32_t key_status(uint64_t key)
{
	return SERIES_IS_OTHER(key) ? key == SERIES_OTHER_FAILED : key & KEY_STATUS_MASK;
}

static void view_status(const struct bio_view *v, uint64_t key, char *buf, size_t size)
{
	if (key == SERIES_OTHER_FAILED)
		snprintf(buf, size, "others");
	else
		block_names__status(&v->plan->names, key_status(key), buf, size);
}

static uint64_t key_group(uint64_t key)
{
	return key - key_status(key);
}

/* The group that begins here; how many series it has. */
static size_t view_group(const struct series_data *s, size_t n, struct view_group *g)
{
	size_t end = 0;

	*g = (struct view_group){ .key = key_group(s->key), .ok = &nothing };
	if (!key_status(s->key))
		g->ok = &s[end++];
	g->failed = &s[end];
	while (end < n && key_group(s[end].key) == g->key)
		end++;
	g->nfailed = end - (g->failed - s);
	return end;
}

/* Series of one block differ in nothing but their class and status. */
static bool same_block(uint64_t a, uint64_t b)
{
	const uint64_t class_bits = KEY_CLASS_MASK << KEY_CLASS_SHIFT | KEY_STATUS_MASK;

	if (SERIES_IS_OTHER(a) || SERIES_IS_OTHER(b))
		return SERIES_IS_OTHER(a) && SERIES_IS_OTHER(b);
	return !((a ^ b) & ~class_bits);
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
	if (SERIES_IS_OTHER(key)) {
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
static void view_rows(const struct bio_view *v, enum bio_class class, const struct series_data *s,
		      uint64_t elapsed_ns, struct out *o)
{
	const struct hist_data *total = main_hist(v, s);

	if (!v->plan->opt->phases || class != CLASS_IO) {
		view_row(class_names[class], total, s, elapsed_ns, o);
		return;
	}
	for (int i = 0; i < PHASE_MAX; i++)
		if (s->hist[i].count || !total->count)
			view_row(phase_names[i], &s->hist[i], s, elapsed_ns, o);
}

/* --errors: what failed, by status. */
static void view_failed(const struct bio_view *v, const struct view_group *g, uint64_t elapsed_ns,
			struct out *o)
{
	enum bio_class class = key_class(g->key);
	char status[32], label[64];

	for (size_t i = 0; i < g->nfailed; i++) {
		const struct series_data *s = &g->failed[i];

		if (!main_hist(v, s)->count)
			continue;
		view_status(v, s->key, status, sizeof(status));
		snprintf(label, sizeof(label), "%s%s%s",
			 class == CLASS_IO ? "" : class_names[class], class == CLASS_IO ? "" : ":",
			 status);
		view_row(label, main_hist(v, s), s, elapsed_ns, o);
	}
}

static uint64_t view_errors(const struct bio_view *v, const struct view_group *g)
{
	uint64_t n = 0;

	for (size_t i = 0; i < g->nfailed; i++)
		n += main_hist(v, &g->failed[i])->count;
	return n;
}

/* "errors: 3 of 200 (MEDIUM 2, TIMEOUT 1), 1.5 a second" */
static void view_error_line(const struct bio_view *v, const struct view_group *g,
			    uint64_t elapsed_ns, struct out *o)
{
	uint64_t errors = view_errors(v, g), n;
	enum bio_class class = key_class(g->key);
	const char *before = " (";
	char status[32];
	double rate;

	if (!errors && v->plan->opt->errors && class == CLASS_IO)
		out__text(o, "errors: 0\n");
	if (!errors)
		return;
	out__text(o, "%s%serrors: %llu", class == CLASS_IO ? "" : class_names[class],
		  class == CLASS_IO ? "" : " ", (unsigned long long)errors);
	if (!v->plan->opt->errors)
		out__text(o, " of %llu", (unsigned long long)(errors + main_hist(v, g->ok)->count));
	for (size_t i = 0; i < g->nfailed; i++) {
		n = main_hist(v, &g->failed[i])->count;
		if (!n)
			continue;
		view_status(v, g->failed[i].key, status, sizeof(status));
		out__text(o, "%s%s %llu", before, status, (unsigned long long)n);
		before = ", ";
	}
	rate = elapsed_ns ? errors * 1e9 / elapsed_ns : 0;
	out__text(o, "), %.*f a second\n", rate < 100, rate);
}

/*
 * What is plotted: the I/O proper, or with --errors all of it that failed; with -F each block is of
 * one kind anyway.
 */
static void block_plotted(const struct bio_view *v, const struct series_data *s, size_t n,
			  struct hist_data *h)
{
	enum bio_class class = key_class(s->key);
	bool failed = v->plan->opt->errors;

	/* There may be none of the I/O proper, whose series is there all the same. */
	for (size_t i = 0; i < n && (failed || v->plan->opt->op); i++) {
		if (main_hist(v, &s[i])->count && (!failed || key_status(s[i].key))) {
			class = key_class(s[i].key);
			break;
		}
	}
	memset(h, 0, sizeof(*h));
	for (size_t i = 0; i < n; i++)
		if (key_class(s[i].key) == class && !key_status(s[i].key) == !failed)
			hist__add(h, main_hist(v, &s[i]));
}

static void view_plot(const struct bio_view *v, const struct series_data *s, size_t n,
		      struct out *o)
{
	struct hist_data h;

	block_plotted(v, s, n, &h);
	latency__plot(&h, o);
	if (v->plan->opt->extension)
		latency__extension(&h, o);
	out__text(o, "\n");
}

static void view_block(struct bio_view *v, const struct series_data *s, size_t n,
		       uint64_t elapsed_ns, bool plot, struct out *o)
{
	struct view_group g;

	view_heading(v, s->key, o);
	if (plot)
		view_plot(v, s, n, o);
	out__header(o);
	for (size_t i = 0; i < n;) {
		i += view_group(&s[i], n - i, &g);
		if (v->plan->opt->errors)
			view_failed(v, &g, elapsed_ns, o);
		else if (main_hist(v, g.ok)->count || key_class(g.key) == CLASS_IO)
			view_rows(v, key_class(g.key), g.ok, elapsed_ns, o);
	}
	for (size_t i = 0; i < n;) {
		i += view_group(&s[i], n - i, &g);
		view_error_line(v, &g, elapsed_ns, o);
	}
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

static void view_key(const struct bio_view *v, uint64_t key, struct json *j)
{
	const struct bio_options *opt = v->plan->opt;
	char text[160];

	if (SERIES_IS_OTHER(key)) {
		json__bool(j, "other", true);
		if (key_status(key))
			json__str(j, "status", "others");
		return;
	}
	/* Some commands come before a bus knows its disks. */
	if (opt->per_disk && !key_dev(key)) {
		json__null(j, "disk");
	} else if (opt->per_disk) {
		disk__name(key_dev(key), text, sizeof(text));
		json__str(j, "disk", text);
	}
	json__str(j, "class", class_names[key_class(key)]);
	if (opt->per_flag) {
		block_names__op_name(&v->plan->names, key_flags(key), text, sizeof(text));
		json__str(j, "op", text);
		block_names__flags_json(&v->plan->names, key_flags(key), j);
	}
	if (!key_status(key))
		return;
	block_names__status(&v->plan->names, key_status(key), text, sizeof(text));
	json__str(j, "status", text);
}

/* Beside what went well. */
static void view_errors_json(const struct bio_view *v, const struct view_group *g, struct json *j)
{
	char status[32];

	if (!view_errors(v, g))
		return;
	json__object(j, "errors");
	for (size_t i = 0; i < g->nfailed; i++) {
		view_status(v, g->failed[i].key, status, sizeof(status));
		json__u64(j, status, main_hist(v, &g->failed[i])->count);
	}
	json__object_end(j);
}

static void view_members(const struct bio_view *v, uint64_t key, const struct series_data *s,
			 uint32_t hist, uint64_t elapsed_ns, struct out *o)
{
	struct latency_row row;

	view_key(v, key, &o->j);
	if (v->plan->opt->phases)
		json__str(&o->j, "phase", phase_names[hist]);
	latency__row(&row, NULL, &s->hist[hist], s->bytes, elapsed_ns);
	json__u64(&o->j, "interval_ns", elapsed_ns);
	out__members(o, latency_fields, &row);
}

/*
 * Phases that these I/Os do not have are left out; no I/O at all is told once, not by disk, and
 * where there were errors.
 */
static bool view_has(const struct bio_view *v, const struct view_group *g, uint32_t hist)
{
	const struct bio_options *opt = v->plan->opt;
	bool main = hist == (opt->phases ? PHASE_TOTAL : 0);

	if (g->ok->hist[hist].count)
		return true;
	if (main_hist(v, g->ok)->count)
		return false;
	return (main && view_errors(v, g)) ||
	       (key_class(g->key) == CLASS_IO && !opt->per_disk && !opt->per_flag);
}

/* Each series of a group and phase of it that there is something to say of. */
static void view_each(struct bio_view *v, const struct view_group *g, uint64_t elapsed_ns,
		      struct run *run,
		      void (*show)(struct bio_view *v, const struct view_group *g, uint64_t key,
				   const struct series_data *s, uint32_t hist, uint64_t elapsed_ns,
				   struct run *run))
{
	for (uint32_t i = 0; i < v->plan->hists; i++)
		if (view_has(v, g, i))
			show(v, g, g->key, g->ok, i, elapsed_ns, run);
	for (size_t f = 0; f < g->nfailed; f++)
		for (uint32_t i = 0; i < v->plan->hists; i++)
			if (g->failed[f].hist[i].count)
				show(v, g, g->failed[f].key, &g->failed[f], i, elapsed_ns, run);
}

static void view_object(struct bio_view *v, const struct view_group *g, uint64_t key,
			const struct series_data *s, uint32_t hist, uint64_t elapsed_ns,
			struct run *run)
{
	out__begin(&run->out, "interval", run->now_ns);
	view_members(v, key, s, hist, elapsed_ns, &run->out);
	if (s == g->ok && &s->hist[hist] == main_hist(v, s))
		view_errors_json(v, g, &run->out.j);
	latency__buckets(&s->hist[hist], &run->out.j);
	out__end(&run->out);
}

/* With filters too it is the disk's whole I/O that is in flight. */
static bool view_is_filtered(const struct bio_view *v)
{
	const struct bio_options *opt = v->plan->opt;

	return opt->pid || opt->cgroup || opt->container || opt->op || opt->errors;
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
	const struct disk_ref *disk = &v->plan->disk;

	struct stalls_question q = {
		.only = disk->partition ? disk->part_dev : disk->dev,
		.now_ns = run->now_ns,
		.in_flight = held__of,
		.ctx = &v->held,
	};
	int err = held__look(&v->held, loss__is_whole(run->loss, "bio_complete", BIO_EVICTED_BIO));

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
	struct view_group g;

	for (size_t i = 0; i < n && !err; i++)
		err = view_add_up(v, &s[i], run);
	if (err)
		return err;
	/* A stretch of nothing between the last interval and the end. */
	if (v->intervals && run->shown == shown && elapsed_ns < run->interval_ns / 2)
		return 0;
	view_time(v, run);
	view_blocks(v, s, n, elapsed_ns, true, &run->out);
	for (size_t i = 0; i < n && run->out.json;) {
		i += view_group(&s[i], n - i, &g);
		view_each(v, &g, elapsed_ns, run, view_object);
	}
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
	view_blocks(v, v->total, v->ntotal, run->now_ns - run->start_ns, false, &run->out);
}

static void view_summary_object(struct bio_view *v, const struct view_group *g, uint64_t key,
				const struct series_data *s, uint32_t hist, uint64_t elapsed_ns,
				struct run *run)
{
	json__object(&run->out.j, NULL);
	view_members(v, key, s, hist, elapsed_ns, &run->out);
	if (s == g->ok && &s->hist[hist] == main_hist(v, s))
		view_errors_json(v, g, &run->out.j);
	json__object_end(&run->out.j);
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
	struct view_group g;

	json__array(j, "series");
	for (size_t i = 0; i < v->ntotal;) {
		i += view_group(&v->total[i], v->ntotal - i, &g);
		view_each(v, &g, run->now_ns - run->start_ns, run, view_summary_object);
	}
	json__array_end(j);
	view_summary_stalls(v, j);
}
