// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/out.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common/clock.h"
#include "common/msg.h"
#include "common/text.h"

/* The longest text there is, a path and what the kernel sets before it, with each byte escaped. */
#define CELL_BYTES (4 * (PATH_MAX + 64))

void out__init(struct out *o, const char *tool, unsigned int version)
{
	memset(o, 0, sizeof(*o));
	sink__init(&o->sink, STDOUT_FILENO, -1);
	o->tool = tool;
	o->version = version;
	o->unit_ns = 1000;
	o->j.buf = &o->buf;
}

void out__free(struct out *o)
{
	buf__free(&o->buf);
	free(o->lines);
}

const char *out__unit(const struct out *o)
{
	return o->unit_ns == 1000000 ? "ms" : "us";
}

static const struct field *out_field(const struct field *fields, const char *name, size_t len)
{
	for (; fields->name; fields++)
		if (fields->header && strlen(fields->name) == len &&
		    !strncmp(fields->name, name, len))
			return fields;
	return NULL;
}

static int out_no_column(const struct field *fields, const char *name, size_t len)
{
	char given[64], known[512] = "";
	size_t used = 0;

	snprintf(given, sizeof(given), "%.*s", (int)(len < 60 ? len : 60), name);
	for (; fields->name && used < sizeof(known); fields++)
		if (fields->header)
			used += snprintf(known + used, sizeof(known) - used, " %s", fields->name);
	msg__error("--columns", "no column '%s' (there are:%s)", text__quote(given), known);
	return -EINVAL;
}

int out__columns(struct out *o, const struct field *fields, const char *list)
{
	o->ncolumns = 0;
	for (const struct field *f = fields; !list && f->name; f++)
		if (f->header && (!f->wide || (f->on && *f->on)) && o->ncolumns < OUT_COLUMNS_MAX)
			o->columns[o->ncolumns++] = f;
	while (list) {
		size_t len = strcspn(list, ",");
		const struct field *f = out_field(fields, list, len);

		if (!f || o->ncolumns == OUT_COLUMNS_MAX)
			return out_no_column(fields, list, len);
		o->columns[o->ncolumns++] = f;
		list = list[len] ? list + len + 1 : NULL;
	}
	return 0;
}

bool out__has_column(const struct out *o, const char *name)
{
	for (size_t i = 0; i < o->ncolumns; i++)
		if (!strcmp(o->columns[i]->name, name))
			return true;
	return false;
}

static bool field_is_text(const struct field *f)
{
	return f->type == FIELD_TEXT || f->type == FIELD_CHARS || f->type == FIELD_TIME ||
	       f->type == FIELD_SAFE;
}

/* Text is followed by its blanks, numbers come after theirs; none at the end of a line. */
static void out_cell(struct out *o, size_t column, const char *text, size_t len)
{
	const struct field *f = o->columns[column];
	bool is_text = field_is_text(f), last = column + 1 == o->ncolumns;
	size_t width = is_text && last ? 0 : text__width(text, len);
	size_t fill = width < f->width ? f->width - width : 1;

	if (!is_text)
		buf__fill(&o->buf, ' ', fill);
	else if (column && !field_is_text(o->columns[column - 1]))
		buf__char(&o->buf, ' ');
	buf__add(&o->buf, text, len);
	if (is_text && !last)
		buf__fill(&o->buf, ' ', fill);
}

void out__header(struct out *o)
{
	char text[64];

	if (o->json || o->no_header)
		return;
	for (size_t i = 0; i < o->ncolumns; i++) {
		const struct field *f = o->columns[i];

		snprintf(text, sizeof(text), "%s%s%s%s", f->header, f->type == FIELD_NS ? "(" : "",
			 f->type == FIELD_NS ? out__unit(o) : "", f->type == FIELD_NS ? ")" : "");
		out_cell(o, i, text, strlen(text));
	}
	buf__char(&o->buf, '\n');
	out__line(o, !o->stream);
}

/* Three significant digits are what a bucket of 6.25 % has to say. */
static void format_ns(char *text, size_t size, uint64_t ns, uint64_t unit_ns)
{
	double v = (double)ns / unit_ns;

	snprintf(text, size, "%.*f", v < 9.995 ? 2 : v < 99.95 ? 1 : 0, v);
}

static void field_format(const struct out *o, const struct field *f, const void *record, char *text,
			 size_t size)
{
	const void *p = (const char *)record + f->offset;
	const char *s;

	snprintf(text, size, "-");
	switch (f->type) {
	case FIELD_U32:
		snprintf(text, size, "%u", *(const uint32_t *)p);
		break;
	case FIELD_I32:
		snprintf(text, size, "%d", *(const int32_t *)p);
		break;
	case FIELD_U64:
		if (*(const uint64_t *)p != FIELD_UNKNOWN)
			snprintf(text, size, "%llu", *(const unsigned long long *)p);
		break;
	case FIELD_NS:
		if (*(const uint64_t *)p != FIELD_UNKNOWN)
			format_ns(text, size, *(const uint64_t *)p, o->unit_ns);
		break;
	case FIELD_REAL:
		if (!isnan(*(const double *)p))
			snprintf(text, size, "%.*f", f->digits, *(const double *)p);
		break;
	case FIELD_TIME:
		clock__local_time(*(const uint64_t *)p, text, size);
		break;
	case FIELD_TEXT:
	case FIELD_CHARS:
		s = f->type == FIELD_TEXT ? *(const char *const *)p : p;
		if (s)
			text__escape(text, size, s, strlen(s));
		break;
	case FIELD_SAFE: /* needs no room of ours */
		break;
	}
}

void out__row(struct out *o, const void *record)
{
	char text[CELL_BYTES];

	if (o->json)
		return;
	for (size_t i = 0; i < o->ncolumns; i++) {
		const struct field *f = o->columns[i];
		const struct buf *safe;

		if (f->type == FIELD_SAFE) {
			safe = *(const struct buf *const *)((const char *)record + f->offset);
			out_cell(o, i, safe->data, safe->len);
			continue;
		}
		field_format(o, f, record, text, sizeof(text));
		out_cell(o, i, text, strlen(text));
	}
	buf__char(&o->buf, '\n');
	out__line(o, !o->stream);
}

void out__text(struct out *o, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	if (o->json)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	buf__str(&o->buf, line);
	if (*line && line[strlen(line) - 1] == '\n')
		out__line(o, true);
}

void out__begin(struct out *o, const char *type, uint64_t mono_ns)
{
	char text[64];

	if (!o->json)
		return;
	o->is_event = !strcmp(type, "event");
	json__object(&o->j, NULL);
	snprintf(text, sizeof(text), "snoopkit.%s/%u", o->tool, o->version);
	json__str(&o->j, "schema", text);
	json__str(&o->j, "type", type);
	clock__rfc3339(mono_ns, text, sizeof(text));
	json__str(&o->j, "ts", text);
	json__u64(&o->j, "mono_ns", mono_ns);
}

static void out_member(struct out *o, const struct field *f, const void *record)
{
	const void *p = (const char *)record + f->offset;
	const char *s;

	switch (f->type) {
	case FIELD_U32:
		json__u64(&o->j, f->name, *(const uint32_t *)p);
		break;
	case FIELD_I32:
		json__i64(&o->j, f->name, *(const int32_t *)p);
		break;
	case FIELD_U64:
	case FIELD_NS:
		if (*(const uint64_t *)p != FIELD_UNKNOWN)
			json__u64(&o->j, f->name, *(const uint64_t *)p);
		break;
	case FIELD_REAL:
		if (!isnan(*(const double *)p))
			json__real(&o->j, f->name, *(const double *)p, f->digits);
		break;
	case FIELD_TEXT:
	case FIELD_CHARS:
		s = f->type == FIELD_TEXT ? *(const char *const *)p : p;
		if (s)
			json__str(&o->j, f->name, s);
		break;
	case FIELD_TIME: /* the object's own ts and mono_ns */
	case FIELD_SAFE:
		break;
	}
}

void out__members(struct out *o, const struct field *fields, const void *record)
{
	for (; o->json && fields->name; fields++)
		if (!fields->table_only)
			out_member(o, fields, record);
}

void out__end(struct out *o)
{
	if (!o->json)
		return;
	json__object_end(&o->j);
	o->j.comma = false;
	buf__char(&o->buf, '\n');
	out__line(o, !(o->stream && o->is_event));
}

void out__event(struct out *o, const struct field *fields, const void *record, uint64_t mono_ns)
{
	out__begin(o, "event", mono_ns);
	out__members(o, fields, record);
	out__end(o);
	out__row(o, record);
}
