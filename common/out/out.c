// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/out/out.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "common/base/clock.h"
#include "common/base/msg.h"
#include "common/base/option.h"
#include "common/base/text.h"

/* Of a terminal that does not tell, and of the default columns but the last one. */
#define TERMINAL_COLUMNS 80
/* What is left for a last column that does not say how much it needs. */
#define LAST_COLUMNS 24
/* What an IPv4 address with a port needs. */
#define USUAL_COLUMNS 22
/* Where --columns help has what a column means. */
#define HELP_AT 34

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
	msg__error(option__typed("columns"), "no column '%s' (there are:%s)", text__quote(given),
		   known);
	return -EINVAL;
}

/* Whether a table has it when --columns does not say. */
static bool out_is_default(const struct field *f, out_given_fn given, const void *ctx)
{
	return f->header && (!f->wide || (f->with && given(ctx, f->with)));
}

/* 0: it is no terminal. */
static size_t out_terminal(const struct out *o)
{
	struct winsize ws = {};

	if (ioctl(o->sink.fd, TIOCGWINSZ, &ws))
		return 0;
	return ws.ws_col ?: TERMINAL_COLUMNS;
}

/* As many words as fit into `room`, one at least. */
static size_t help_line(const char *s, size_t room)
{
	size_t len = strlen(s), cut = room;

	if (len <= room)
		return len;
	while (cut && s[cut] != ' ')
		cut--;
	return cut ?: strcspn(s, " ");
}

static void help_column(struct out *o, const struct field *f, bool is_default, size_t room)
{
	const char *help = f->help ?: "";
	size_t len = help_line(help, room);

	out__text(o, "%c %-18s %-12s %.*s\n", is_default ? '*' : ' ', f->name,
		  *f->header ? f->header : "-", (int)len, help);
	while (*(help += len)) {
		help += strspn(help, " ");
		len = help_line(help, room);
		out__text(o, "%*s%.*s\n", HELP_AT, "", (int)len, help);
	}
}

void out__columns_help(struct out *o, const struct field *fields, out_given_fn given,
		       const void *ctx)
{
	size_t columns = out_terminal(o);
	/* Files and pipes have a line for each column. */
	size_t room = columns ? columns > HELP_AT ? columns - HELP_AT : 1 : SIZE_MAX;

	/* A list for people, whatever the output of a run would be. */
	o->json = false;
	if (!o->no_header)
		out__text(o, "  %-18s %-12s %s\n", "COLUMN", "HEADER",
			  "MEANING (*: shown without --columns)");
	for (const struct field *f = fields; f->name; f++)
		if (f->header)
			help_column(o, f, out_is_default(f, given, ctx), room);
}

int out__columns(struct out *o, const struct field *fields, const char *list, out_given_fn given,
		 const void *ctx)
{
	o->ncolumns = 0;
	for (const struct field *f = fields; !list && f->name; f++)
		if (out_is_default(f, given, ctx) && o->ncolumns < OUT_COLUMNS_MAX)
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

/* ---- widths ---- */

/* Text is followed by its blanks, numbers come after theirs: between them is one more. */
static bool is_after_number(const struct out *o, size_t column)
{
	return column && field__is_text(o->columns[column]) &&
	       !field__is_text(o->columns[column - 1]);
}

/* How many more columns there are than a table without room for names and addresses needs. */
static size_t out_spare(const struct out *o, size_t columns)
{
	const struct field *last = o->columns[o->ncolumns - 1];
	size_t used = last->room ?: last->width > 1 ? last->width : LAST_COLUMNS;

	for (size_t i = 0; i + 1 < o->ncolumns; i++)
		used += o->widths[i] + is_after_number(o, i);
	used += is_after_number(o, o->ncolumns - 1);
	return used < columns ? columns - used : 0;
}

/* Up to `wanted`, a name or an address has some of what is to spare. */
static void out_widen(struct out *o, size_t column, size_t wanted)
{
	size_t room = o->columns[column]->room, width = o->widths[column], more;

	if (column + 1 == o->ncolumns)
		return;
	if (wanted > room)
		wanted = room;
	more = wanted > width ? wanted - width : 0;
	if (more > o->spare)
		more = o->spare;
	o->widths[column] += more;
	o->spare -= more;
}

static void out_fit(struct out *o)
{
	size_t columns = out_terminal(o);

	o->fitted = true;
	for (size_t i = 0; i < o->ncolumns; i++)
		o->widths[i] = o->columns[i]->width;
	o->terminal = o->ncolumns && columns;
	o->spare = SIZE_MAX;
	if (!o->terminal)
		return;
	o->spare = out_spare(o, columns);
	for (size_t i = 0; i < o->ncolumns; i++)
		out_widen(o, i, USUAL_COLUMNS);
}

/* ---- cells ---- */

static void out_cell(struct out *o, size_t column, const char *text, size_t len)
{
	bool is_text = field__is_text(o->columns[column]), last = column + 1 == o->ncolumns;
	size_t width = is_text && last ? 0 : text__width(text, len), fill;

	fill = width < o->widths[column] ? o->widths[column] - width : 1;
	if (!is_text)
		buf__fill(&o->buf, ' ', fill);
	else if (is_after_number(o, column))
		buf__char(&o->buf, ' ');
	buf__add(&o->buf, text, len);
	/* No blanks at the end of a line. */
	if (is_text && !last)
		buf__fill(&o->buf, ' ', fill);
}

void out__header(struct out *o)
{
	char text[64];

	if (o->json)
		return;
	out_fit(o);
	if (o->no_header)
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

/*
 * A row that needs more moves what is right of it: those that follow do the same. On a terminal
 * there is an end to that.
 */
static void out_name(struct out *o, size_t column, char *text)
{
	out_widen(o, column, text__width(text, strlen(text)) + 1);
	if (o->terminal)
		text__shorten(text, o->widths[column] - 1);
}

static void out_word(struct out *o, size_t column, const struct buf *text)
{
	struct buf word = {};

	for (size_t i = 0; i < text->len; i++) {
		if (text->data[i] == ' ')
			buf__str(&word, "\\x20");
		else
			buf__char(&word, text->data[i]);
	}
	out_cell(o, column, word.data ?: "", word.len);
	if (word.err)
		o->buf.err = word.err;
	buf__free(&word);
}

/* As one word, if another column follows. */
static void out_safe(struct out *o, size_t column, const struct safe *safe)
{
	struct buf text = {};

	if (!safe->text) {
		out_cell(o, column, "-", 1);
	} else if (column + 1 == o->ncolumns) {
		out_cell(o, column, "", 0);
		safe->text(safe->of, &o->buf);
	} else {
		safe->text(safe->of, &text);
		out_word(o, column, &text);
		if (text.err)
			o->buf.err = text.err;
		buf__free(&text);
	}
}

void out__row(struct out *o, const void *record)
{
	char text[FIELD_TEXT_SIZE];

	if (o->json)
		return;
	if (!o->fitted)
		out_fit(o);
	for (size_t i = 0; i < o->ncolumns; i++) {
		const struct field *f = o->columns[i];
		bool last = i + 1 == o->ncolumns;

		if (f->type == FIELD_SAFE) {
			out_safe(o, i, (const struct safe *)((const char *)record + f->offset));
			continue;
		}
		field__text(f, record, o->unit_ns, !last, text);
		if (f->room && !last)
			out_name(o, i, text);
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

void out__members(struct out *o, const struct field *fields, const void *record)
{
	for (; o->json && fields->name; fields++)
		field__json(fields, record, &o->j);
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
