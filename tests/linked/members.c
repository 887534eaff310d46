// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include <string.h>
#include "tests/linked/docs.h"

void cell__text(struct buf *out, const char *text)
{
	for (bool blank = false; text && *text; text++) {
		if (*text == ' ' || *text == '\n') {
			blank = true;
			continue;
		}
		if (blank)
			buf__char(out, ' ');
		blank = false;
		if (*text == '|')
			buf__char(out, '\\');
		buf__char(out, *text);
	}
}

/* "count top" -> "`--count` or `--top`", "top=name" -> "`--top name`". */
static void cell_options(struct buf *out, const char *names)
{
	for (const char *before = ""; *names; before = " or ") {
		size_t len = strcspn(names, " ");

		buf__printf(out, "%s`--", before);
		for (size_t i = 0; i < len; i++)
			buf__char(out, names[i] == '=' ? ' ' : names[i]);
		buf__char(out, '`');
		names += len + strspn(names + len, " ");
	}
}

/* ---- columns ---- */

static bool has_columns(const struct tool_object *o)
{
	for (const struct field *f = o->fields; f && f->name; f++)
		if (f->header)
			return true;
	return false;
}

static void column_default(struct buf *out, const struct field *f)
{
	if (!f->wide) {
		buf__str(out, "always");
	} else if (f->with) {
		buf__str(out, "with ");
		cell_options(out, f->with);
	}
}

static void columns_table(const struct field *f, struct buf *out)
{
	buf__str(out, "\n| column | header | default | meaning |\n|---|---|---|---|\n");
	for (; f->name; f++) {
		if (!f->header)
			continue;
		buf__printf(out, "| `%s` | %s | ", f->name, f->header);
		column_default(out, f);
		buf__str(out, " | ");
		cell__text(out, f->help);
		buf__str(out, " |\n");
	}
}

void columns__write(const struct tool_tables *t, struct buf *out)
{
	size_t tables = 0;

	for (const struct tool_object *o = t->objects; o->type; o++)
		tables += has_columns(o);
	for (const struct tool_object *o = t->objects; o->type; o++) {
		if (!has_columns(o))
			continue;
		if (tables > 1 && o->when) {
			buf__str(out, "\nWith ");
			cell_options(out, o->when);
			buf__str(out, ":\n");
		} else if (tables > 1) {
			buf__str(out, "\nElse:\n");
		}
		columns_table(o->fields, out);
	}
}

/* ---- members ---- */

static void member_type(struct buf *out, const struct schema *s)
{
	static const char *const words[] = {
		[SCHEMA_STRING] = "string",   [SCHEMA_HEX] = "string",
		[SCHEMA_INTEGER] = "integer", [SCHEMA_SIGNED] = "integer",
		[SCHEMA_NUMBER] = "number",   [SCHEMA_BOOLEAN] = "boolean",
		[SCHEMA_OBJECT] = "object",
	};

	buf__printf(out, "%s%s%s%s%s", s->array ? "array of " : "", words[s->kind],
		    s->array ? "s" : "", s->null ? " or null" : "", s->unit ? ", " : "");
	cell__text(out, s->unit);
}

static const char *member_when(const struct schema *s)
{
	return s->when ?: s->required || !strcmp(s->name, "*") ? s->when : "if known";
}

static void members_rows(struct buf *out, const char *prefix, const struct schema *o, size_t from)
{
	for (size_t i = from; i < o->nmembers; i++) {
		const struct schema *m = &o->members[i];
		struct buf path = {};

		/* Beside each text, as docs/schema.md says. */
		if (m->kind == SCHEMA_HEX && !m->help)
			continue;
		buf__printf(out, "| `%s%s` | ", prefix, m->name);
		member_type(out, m);
		buf__str(out, " | ");
		cell__text(out, member_when(m));
		buf__str(out, " | ");
		cell__text(out, m->help);
		buf__str(out, " |\n");
		if (!m->folded) {
			buf__printf(&path, "%s%s%s.", prefix, m->name, m->array ? "[]" : "");
			buf__char(&path, '\0');
			members_rows(out, path.data, m, 0);
		}
		buf__free(&path);
	}
}

static void members_object(struct buf *out, const struct schema *o)
{
	buf__printf(out, "\n`%s`", o->name);
	if (o->when) {
		buf__str(out, ", with ");
		cell_options(out, o->when);
	}
	buf__str(out, ": ");
	cell__text(out, o->help);
	buf__str(out, "\n\n| member | type | there | meaning |\n|---|---|---|---|\n");
	members_rows(out, "", o, o->ncommon);
}

void members__write(const struct schema *all, struct buf *out)
{
	for (size_t i = 0; i < all->nmembers; i++) {
		const struct schema *o = &all->members[i];

		/* "lost" is the same for all tools. */
		if (strcmp(o->name, "lost") && o->nmembers > o->ncommon)
			members_object(out, o);
	}
}
