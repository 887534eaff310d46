// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/biolatency/blocks.h"

#include <stdio.h>
#include <string.h>
#include "common/out/latency.h"
#include "tools/biolatency/group.h"
#include "tools/biolatency/names.h"

static void blocks_heading(const struct bio_plan *plan, uint64_t key, struct out *o)
{
	char text[160];

	out__text(o, "\n");
	if (SERIES_IS_OTHER(key)) {
		out__text(o, "others (more than --max-series)\n");
		return;
	}
	if (plan->opt->per_disk) {
		disk__name(key__dev(key), text, sizeof(text));
		out__text(o, "disk = %s\n", text);
	}
	if (plan->opt->per_flag) {
		block_names__flags_text(&plan->names, key__flags(key), text, sizeof(text));
		out__text(o, "flags = %s\n", text);
	}
}

static void blocks_row(const char *label, const struct hist_data *h, const struct series_data *s,
		       uint64_t elapsed_ns, struct out *o)
{
	struct latency_row row;

	latency__row(&row, label, h, s->bytes, elapsed_ns);
	out__row(o, &row);
}

/* The rows of one series: its phases, or itself. A device without requests has a total only. */
static void blocks_rows(const struct bio_plan *plan, enum bio_class class,
			const struct series_data *s, uint64_t elapsed_ns, struct out *o)
{
	const struct hist_data *total = group__main(plan, s);

	if (!plan->opt->phases || class != CLASS_IO) {
		blocks_row(bio_class_names[class], total, s, elapsed_ns, o);
		return;
	}
	for (int i = 0; i < PHASE_MAX; i++)
		if (s->hist[i].count || !total->count)
			blocks_row(bio_phase_names[i], &s->hist[i], s, elapsed_ns, o);
}

/* --errors: what failed, by status. */
static void blocks_failed(const struct bio_plan *plan, const struct group *g, uint64_t elapsed_ns,
			  struct out *o)
{
	enum bio_class class = key__class(g->key);
	char status[32], label[64];

	for (size_t i = 0; i < g->nfailed; i++) {
		const struct series_data *s = &g->failed[i];

		if (!group__main(plan, s)->count)
			continue;
		group__status(plan, s->key, status, sizeof(status));
		snprintf(label, sizeof(label), "%s%s%s",
			 class == CLASS_IO ? "" : bio_class_names[class],
			 class == CLASS_IO ? "" : ":", status);
		blocks_row(label, group__main(plan, s), s, elapsed_ns, o);
	}
}

/* "errors: 3 of 200 (MEDIUM 2, TIMEOUT 1), 1.5 a second" */
static void blocks_error_line(const struct bio_plan *plan, const struct group *g,
			      uint64_t elapsed_ns, struct out *o)
{
	uint64_t errors = group__errors(plan, g), n;
	enum bio_class class = key__class(g->key);
	const char *before = " (";
	char status[32];
	double rate;

	if (!errors && plan->opt->errors && class == CLASS_IO)
		out__text(o, "errors: 0\n");
	if (!errors)
		return;
	out__text(o, "%s%serrors: %llu", class == CLASS_IO ? "" : bio_class_names[class],
		  class == CLASS_IO ? "" : " ", (unsigned long long)errors);
	if (!plan->opt->errors)
		out__text(o, " of %llu",
			  (unsigned long long)(errors + group__main(plan, g->ok)->count));
	for (size_t i = 0; i < g->nfailed; i++) {
		n = group__main(plan, &g->failed[i])->count;
		if (!n)
			continue;
		group__status(plan, g->failed[i].key, status, sizeof(status));
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
static void blocks_plotted(const struct bio_plan *plan, const struct series_data *s, size_t n,
			   struct hist_data *h)
{
	enum bio_class class = key__class(s->key);
	bool failed = plan->opt->errors;

	/* There may be none of the I/O proper, whose series is there all the same. */
	for (size_t i = 0; i < n && (failed || plan->opt->op); i++) {
		if (group__main(plan, &s[i])->count && (!failed || key__status(s[i].key))) {
			class = key__class(s[i].key);
			break;
		}
	}
	memset(h, 0, sizeof(*h));
	for (size_t i = 0; i < n; i++)
		if (key__class(s[i].key) == class && !key__status(s[i].key) == !failed)
			hist__add(h, group__main(plan, &s[i]));
}

static void blocks_plot(const struct bio_plan *plan, const struct series_data *s, size_t n,
			struct out *o)
{
	struct hist_data h;

	blocks_plotted(plan, s, n, &h);
	latency__plot(&h, o);
	if (plan->opt->extension)
		latency__extension(&h, o);
	out__text(o, "\n");
}

static void blocks_block(const struct bio_plan *plan, const struct series_data *s, size_t n,
			 uint64_t elapsed_ns, bool plot, struct out *o)
{
	struct group g;

	blocks_heading(plan, s->key, o);
	if (plot)
		blocks_plot(plan, s, n, o);
	out__header(o);
	for (size_t i = 0; i < n;) {
		i += group__next(&s[i], n - i, &g);
		if (plan->opt->errors)
			blocks_failed(plan, &g, elapsed_ns, o);
		else if (group__main(plan, g.ok)->count || key__class(g.key) == CLASS_IO)
			blocks_rows(plan, key__class(g.key), g.ok, elapsed_ns, o);
	}
	for (size_t i = 0; i < n;) {
		i += group__next(&s[i], n - i, &g);
		blocks_error_line(plan, &g, elapsed_ns, o);
	}
}

void blocks__show(const struct bio_plan *plan, const struct series_data *s, size_t n,
		  uint64_t elapsed_ns, bool plot, struct out *o)
{
	size_t i = 0, end;

	while (i < n) {
		uint64_t events = 0;

		for (end = i; end < n && key__same_block(s[i].key, s[end].key); end++)
			events += group__main(plan, &s[end])->count;
		if (events || !(plan->opt->per_disk || plan->opt->per_flag))
			blocks_block(plan, &s[i], end - i, elapsed_ns, plot, o);
		i = end;
	}
}
