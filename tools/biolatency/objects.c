// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/biolatency/objects.h"

#include "common/out/latency.h"
#include "tools/biolatency/group.h"
#include "tools/biolatency/names.h"

static void objects_key(const struct bio_plan *plan, uint64_t key, struct json *j)
{
	const struct bio_options *opt = plan->opt;
	char text[160];

	if (SERIES_IS_OTHER(key)) {
		json__bool(j, "other", true);
		if (key__status(key))
			json__str(j, "status", "others");
		return;
	}
	/* Some commands come before a bus knows its disks. */
	if (opt->per_disk && !key__dev(key)) {
		json__null(j, "disk");
	} else if (opt->per_disk) {
		disk__name(key__dev(key), text, sizeof(text));
		json__str(j, "disk", text);
	}
	json__str(j, "class", bio_class_names[key__class(key)]);
	if (opt->per_flag) {
		block_names__op_name(&plan->names, key__flags(key), text, sizeof(text));
		json__str(j, "op", text);
		block_names__flags_json(&plan->names, key__flags(key), j);
	}
	if (!key__status(key))
		return;
	block_names__status(&plan->names, key__status(key), text, sizeof(text));
	json__str(j, "status", text);
}

/* Beside what went well. */
static void objects_errors(const struct bio_plan *plan, const struct group *g, struct json *j)
{
	char status[32];

	if (!group__errors(plan, g))
		return;
	json__object(j, "errors");
	for (size_t i = 0; i < g->nfailed; i++) {
		group__status(plan, g->failed[i].key, status, sizeof(status));
		json__u64(j, status, group__main(plan, &g->failed[i])->count);
	}
	json__object_end(j);
}

static void objects_members(const struct bio_plan *plan, uint64_t key, const struct series_data *s,
			    uint32_t hist, uint64_t elapsed_ns, struct out *o)
{
	struct latency_row row;

	objects_key(plan, key, &o->j);
	if (plan->opt->phases)
		json__str(&o->j, "phase", bio_phase_names[hist]);
	latency__row(&row, NULL, &s->hist[hist], s->bytes, elapsed_ns);
	json__u64(&o->j, "interval_ns", elapsed_ns);
	out__members(o, latency_fields, &row);
}

/*
 * Phases that these I/Os do not have are left out; no I/O at all is told once, not by disk, and
 * where there were errors.
 */
static bool objects_has(const struct bio_plan *plan, const struct group *g, uint32_t hist)
{
	const struct bio_options *opt = plan->opt;
	bool main = hist == (opt->phases ? PHASE_TOTAL : 0);

	if (g->ok->hist[hist].count)
		return true;
	if (group__main(plan, g->ok)->count)
		return false;
	return (main && group__errors(plan, g)) ||
	       (key__class(g->key) == CLASS_IO && !opt->per_disk && !opt->per_flag);
}

/* "interval", or a part of "series" in the summary. */
static void objects_one(const struct bio_plan *plan, const struct group *g, uint64_t key,
			const struct series_data *s, uint32_t hist, const struct objects_how *how)
{
	struct out *o = how->out;

	if (how->part)
		json__object(&o->j, NULL);
	else
		out__begin(o, "interval", how->mono_ns);
	objects_members(plan, key, s, hist, how->elapsed_ns, o);
	if (s == g->ok && &s->hist[hist] == group__main(plan, s))
		objects_errors(plan, g, &o->j);
	if (how->part) {
		json__object_end(&o->j);
		return;
	}
	latency__buckets(&s->hist[hist], &o->j);
	out__end(o);
}

/* Each series of a group and phase of it that there is something to say of. */
static void objects_group(const struct bio_plan *plan, const struct group *g,
			  const struct objects_how *how)
{
	for (uint32_t i = 0; i < plan->sizes.hists; i++)
		if (objects_has(plan, g, i))
			objects_one(plan, g, g->key, g->ok, i, how);
	for (size_t f = 0; f < g->nfailed; f++)
		for (uint32_t i = 0; i < plan->sizes.hists; i++)
			if (g->failed[f].hist[i].count)
				objects_one(plan, g, g->failed[f].key, &g->failed[f], i, how);
}

void objects__show(const struct bio_plan *plan, const struct series_data *s, size_t n,
		   const struct objects_how *how)
{
	struct group g;

	for (size_t i = 0; i < n && how->out->json;) {
		i += group__next(&s[i], n - i, &g);
		objects_group(plan, &g, how);
	}
}
