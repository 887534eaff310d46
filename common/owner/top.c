// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/owner/top.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "common/base/clock.h"
#include "common/base/msg.h"
#include "common/base/option.h"
#include "common/base/text.h"

/* ---- what is asked for ---- */

static int top_no_name(const char *option, const char *given, const char *known)
{
	msg__error(option__typed(option), "'%s' is none of %s", text__quote(given), known);
	return -EINVAL;
}

static int top_by(const struct top_kind *kind, const char *name, const struct top_by **by)
{
	char known[256] = "";
	size_t used = 0;

	for (size_t i = 0; kind->by[i]; i++) {
		*by = kind->by[i];
		if (!strcmp((*by)->name, name))
			return 0;
		if (used < sizeof(known))
			used += snprintf(known + used, sizeof(known) - used, "%s%s", i ? ", " : "",
					 (*by)->name);
	}
	return top_no_name("top", name, known);
}

/* Text has no largest. */
static bool top_sorts(const struct field *f)
{
	return f->header && !field__is_text(f);
}

static const struct field *top_field(const struct top_kind *kind, const char *name)
{
	for (const struct field *f = kind->fields; name && f->name; f++)
		if (!field__is_text(f) && !strcmp(f->name, name))
			return f;
	return NULL;
}

static int top_sort(struct top *t, const char *given)
{
	const struct top_kind *kind = t->kind;
	char known[256] = "";
	size_t used = 0;

	t->by_key = given;
	t->sort[0] = top_field(kind, given ?: kind->sort);
	t->sort[1] = top_field(kind, given ? kind->sort : kind->then);
	if (!given || (t->sort[0] && top_sorts(t->sort[0])))
		return 0;
	for (const struct field *f = kind->fields; f->name && used < sizeof(known); f++)
		if (top_sorts(f))
			used += snprintf(known + used, sizeof(known) - used, "%s%s",
					 used ? ", " : "", f->name);
	return top_no_name("sort", given, known);
}

int top__set(struct top *t, const struct top_kind *kind, const struct top_by *by,
	     const struct top_options *opt)
{
	t->kind = kind;
	t->by = by;
	t->rows = opt->rows ?: TOP_ROWS;
	t->key_room = (by->size + 7) / 8 * 8;
	t->sums.key_size = by->same ?: by->size;
	t->sums.entry_size = t->key_room + kind->sum_size;
	return top_sort(t, opt->sort);
}

int top__parse(struct top *t, const struct top_kind *kind, const struct top_options *opt)
{
	const struct top_by *by = NULL;

	t->by = NULL;
	if (!opt->by && opt->sort) {
		msg__error(option__typed("sort"), "is for --top only");
		return -EINVAL;
	}
	if (!opt->by)
		return 0;
	return top_by(kind, opt->by, &by) ?: top__set(t, kind, by, opt);
}

int top__begin(struct top *t, uint64_t now_ns)
{
	t->since_ns = now_ns;
	if (!t->by)
		return 0;
	t->row = malloc(t->kind->row_size);
	t->rest = malloc(t->kind->sum_size);
	t->other = calloc(1, t->kind->sum_size);
	return t->row && t->rest && t->other ? 0 : -ENOMEM;
}

void top__free(struct top *t)
{
	table__free(&t->sums);
	free(t->row);
	free(t->rest);
	free(t->other);
	t->row = t->rest = t->other = NULL;
}

/* ---- sums ---- */

void top__key(const struct top *t, const struct top_owner *owner, const void *event, void *key)
{
	static const struct top_owner nobody;

	memset(key, 0, t->by->size);
	t->by->key(key, owner ?: &nobody, event);
}

void *top__sum(struct top *t, const void *key)
{
	uint8_t *entry;

	if (t->sums.count < t->kind->max)
		entry = table__add(&t->sums, key);
	else
		entry = table__find(&t->sums, key);
	if (entry) {
		memcpy(entry + t->sums.key_size, (const uint8_t *)key + t->sums.key_size,
		       t->by->size - t->sums.key_size);
		return entry + t->key_room;
	}
	if (t->sums.count < t->kind->max)
		return NULL;
	return top__other(t);
}

void *top__other(struct top *t)
{
	t->has_other = true;
	return t->other;
}

void *top__add(struct top *t, const struct top_owner *owner, const void *event)
{
	uint64_t key[TOP_KEY_MAX / sizeof(uint64_t)];

	top__key(t, owner, event, key);
	return top__sum(t, key);
}

static void top_join(const struct top_kind *kind, void *to, const void *from)
{
	const uint64_t *numbers = from;
	uint64_t *sums = to;

	if (kind->join) {
		kind->join(to, from);
		return;
	}
	for (size_t i = 0; i < kind->sum_size / sizeof(*sums); i++)
		sums[i] += numbers[i];
}

/* ---- their order ---- */

struct ranked {
	const void *key; /* NULL: the others */
	const void *sum;
	size_t key_size;
	uint64_t rank[2];
};

/* Numbers of any kind in the order of integers; what is not known comes last. */
static uint64_t rank_of(const struct field *f, const void *row)
{
	const void *p = (const char *)row + (f ? f->offset : 0);
	uint64_t bits;

	switch (f ? f->type : FIELD_TEXT) {
	case FIELD_U32:
		return *(const uint32_t *)p;
	case FIELD_I32:
		return *(const int32_t *)p + UINT64_C(0x80000000);
	case FIELD_U64:
	case FIELD_NS:
		return *(const uint64_t *)p == FIELD_UNKNOWN ? 0 : *(const uint64_t *)p;
	case FIELD_REAL:
		/* Above 0 IEEE 754 has them in this order. */
		memcpy(&bits, p, sizeof(bits));
		return *(const double *)p > 0 ? bits : 0;
	default:
		return 0;
	}
}

static int ranked_compare(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	for (int i = 0; i < 2; i++)
		if (x->rank[i] != y->rank[i])
			return x->rank[i] < y->rank[i] ? 1 : -1;
	if (!x->key || !y->key)
		return !x->key - !y->key;
	return memcmp(x->key, y->key, x->key_size);
}

/* The row of a sum; without a key that of others. */
static void *top_row(struct top *t, const void *sum, const void *key, uint64_t now_ns)
{
	const struct top_kind *kind = t->kind;
	struct top_row *row = t->row;

	memset(row, 0, kind->row_size);
	row->interval_ns = now_ns - t->since_ns;
	row->pid = row->ppid = FIELD_UNKNOWN;
	if (kind->sum_at)
		memcpy((char *)t->row + kind->sum_at, sum, kind->sum_size);
	if (kind->row)
		kind->row(sum, row);
	if (key)
		t->by->row(key, row);
	return row;
}

static struct ranked *top_rank(struct top *t, uint64_t now_ns, size_t *n)
{
	struct ranked *all = calloc(t->sums.count + 1, sizeof(*all));

	*n = t->sums.count + t->has_other;
	for (size_t i = 0; all && i < *n; i++) {
		const uint8_t *entry = i < t->sums.count ? table__at(&t->sums, i) : NULL;
		const void *row;

		all[i] = (struct ranked){ .key = entry,
					  .sum = entry ? entry + t->key_room : t->other,
					  .key_size = t->by->size };
		/* What a key says takes long to put together. */
		row = top_row(t, all[i].sum, t->by_key ? entry : NULL, now_ns);
		all[i].rank[0] = rank_of(t->sort[0], row);
		all[i].rank[1] = rank_of(t->sort[1], row);
	}
	if (all)
		qsort(all, *n, sizeof(*all), ranked_compare);
	return all;
}

/* ---- what is shown ---- */

static void top_object(struct top *t, const struct ranked *r, struct run *run)
{
	struct out *o = &run->out;

	out__begin(o, "interval", run->now_ns);
	if (!r->key)
		json__bool(&o->j, "other", true);
	out__members(o, t->kind->fields, top_row(t, r->sum, r->key, run->now_ns));
	if (t->kind->json)
		t->kind->json(r->sum, &o->j);
	out__end(o);
}

static void top_table_row(struct top *t, const struct ranked *r, struct run *run)
{
	if (t->kind->plot) {
		t->kind->plot(r->sum, &run->out);
		out__header(&run->out);
	}
	out__row(&run->out, top_row(t, r->sum, r->key, run->now_ns));
}

/* `rest` of them, together. */
static void top_others(struct top *t, size_t rest, struct run *run)
{
	const struct top_noun *nouns = t->kind->others;
	const void *row = top_row(t, t->rest, NULL, run->now_ns);
	char text[FIELD_TEXT_SIZE];

	out__text(&run->out, "%zu others", rest);
	for (size_t i = 0; i < TOP_NOUNS_MAX && nouns[i].field; i++) {
		const struct field *f = top_field(t->kind, nouns[i].field);

		field__text(f, row, run->out.unit_ns, false, text);
		out__text(&run->out, "%s%s %s", i ? ", " : ": ", text, nouns[i].noun);
	}
	out__text(&run->out, "\n");
}

static void top_table(struct top *t, const struct ranked *all, size_t n, struct run *run)
{
	size_t rest = 0;
	char time[16];

	clock__local_time(run->now_ns, time, sizeof(time));
	out__text(&run->out, "%s%s\n", t->shown ? "\n" : "", time);
	if (!t->kind->plot)
		out__header(&run->out);
	memset(t->rest, 0, t->kind->sum_size);
	for (size_t i = 0; i < n; i++) {
		if (i < t->rows && all[i].key) {
			top_table_row(t, &all[i], run);
			continue;
		}
		top_join(t->kind, t->rest, all[i].sum);
		rest++;
	}
	if (rest)
		top_others(t, rest, run);
}

static void top_forget(struct top *t, uint64_t now_ns)
{
	table__clear(&t->sums);
	memset(t->other, 0, t->kind->sum_size);
	t->has_other = false;
	t->since_ns = now_ns;
	t->shown = true;
}

int top__tick(struct top *t, struct run *run)
{
	size_t n;
	struct ranked *all = top_rank(t, run->now_ns, &n);

	if (!all)
		return -ENOMEM;
	if (!run->out.json)
		top_table(t, all, n, run);
	for (size_t i = 0; run->out.json && i < n; i++)
		top_object(t, &all[i], run);
	free(all);
	top_forget(t, run->now_ns);
	return 0;
}
