// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * docs DIRECTORY: writes what the tools' tables say into the copy of the repository there:
 * docs/options.md, docs/schema/<tool>.json, and between their markers the columns in the page of
 * each tool, the members in docs/schema/<tool>.md, which is made if it is not there, and the list
 * of tools in docs/schema.md. Files that are right already are not touched. 1 is the exit code if
 * something could not be written, has no help text or means two things.
 */
#include "tests/linked/docs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/linked/tools.h"

#define PATH_SIZE 4096

static const char *dir;
static bool failed;

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "docs: %s: %s\n", what, why);
	failed = true;
}

static void path_of(char path[PATH_SIZE], const char *name)
{
	snprintf(path, PATH_SIZE, "%s/%s", dir, name);
}

static int file_read(const char *name, struct buf *text)
{
	char path[PATH_SIZE], piece[8192];
	size_t n;
	FILE *f;

	path_of(path, name);
	f = fopen(path, "r");
	if (!f)
		return -errno;
	while ((n = fread(piece, 1, sizeof(piece), f)))
		buf__add(text, piece, n);
	n = ferror(f);
	fclose(f);
	return n ? -EIO : text->err;
}

static bool is_same(const char *name, const struct buf *text)
{
	struct buf old = {};
	bool same = !file_read(name, &old) && old.len == text->len &&
		    !memcmp(old.data, text->data, text->len);

	buf__free(&old);
	return same;
}

static void file_write(const char *name, const struct buf *text)
{
	char path[PATH_SIZE];
	FILE *f;
	bool bad;

	if (text->err || is_same(name, text)) {
		if (text->err)
			fail(name, strerror(-text->err));
		return;
	}
	path_of(path, name);
	f = fopen(path, "w");
	if (!f) {
		fail(name, strerror(errno));
		return;
	}
	bad = fwrite(text->data, 1, text->len, f) != text->len;
	if (fclose(f) || bad)
		fail(name, strerror(errno));
}

/* Between the lines "<!-- begin MARK ... -->" and "<!-- end MARK -->". */
static void file_fill(const char *name, const char *mark, const struct buf *fill)
{
	char begin[128], end[128];
	struct buf old = {}, new = {};
	char *from, *to = NULL;

	snprintf(begin, sizeof(begin), "<!-- begin %s", mark);
	snprintf(end, sizeof(end), "<!-- end %s -->", mark);
	if (file_read(name, &old)) {
		fail(name, "cannot be read");
		goto out;
	}
	buf__char(&old, '\0');
	from = strstr(old.data, begin);
	from = from ? strchr(from, '\n') : NULL;
	to = from ? strstr(from, end) : NULL;
	if (!to) {
		snprintf(begin, sizeof(begin), "%s: markers are missing", mark);
		fail(name, begin);
		goto out;
	}
	buf__add(&new, old.data, from + 1 - old.data);
	buf__add(&new, fill->data, fill->len);
	buf__char(&new, '\n');
	buf__str(&new, to);
	file_write(name, &new);
out:
	buf__free(&old);
	buf__free(&new);
}

/* A new tool's page of members. */
static void file_begin(const char *name, const char *tool)
{
	struct buf text = {};

	if (file_read(name, &text) == -ENOENT) {
		buf__printf(&text,
			    "<!-- SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) -->\n"
			    "# JSON objects of %s\n\n"
			    "<!-- begin members (`make docs` writes them) -->\n"
			    "<!-- end members -->\n",
			    tool);
		file_write(name, &text);
	}
	buf__free(&text);
}

/* ---- what says nothing ---- */

static void need_help(const struct tool_tables *t, const char *kind, const char *name,
		      const char *help)
{
	char what[256];

	if (help && *help)
		return;
	snprintf(what, sizeof(what), "%s: %s '%s'", t->name, kind, name);
	fail(what, "has no help text");
}

static void check_members(const struct tool_tables *t, const struct schema *o)
{
	for (size_t i = 0; i < o->nmembers; i++) {
		const struct schema *m = &o->members[i];

		if (m->kind != SCHEMA_HEX && !m->only)
			need_help(t, "the member", m->name, m->help);
		check_members(t, m);
	}
}

static void check_help(const struct tool_tables *t, const struct schema *all)
{
	for (const struct cli_option *o = t->options; o->name || o->help; o++)
		need_help(t, "the option", o->name ?: "(group)", o->help);
	for (const struct cli_positional *p = t->positionals; p && p->name; p++)
		need_help(t, "the argument", p->name, p->help);
	for (const struct tool_object *o = t->objects; o->type; o++)
		for (const struct field *f = o->fields; f && f->name; f++)
			need_help(t, "the field", f->name, f->help);
	for (size_t i = 0; i < all->nmembers; i++)
		need_help(t, "the object", all->members[i].name, all->members[i].help);
	check_members(t, all);
}

/* ---- */

static void write_tool(const struct tool_tables *t)
{
	struct buf text = {}, columns = {}, members = {};
	char name[256];
	struct schema all;

	if (schema__init(&all, t)) {
		fail(t->name, "a member has a type that does not exist");
		return;
	}
	check_help(t, &all);
	json_schema__write(t, &all, &text);
	snprintf(name, sizeof(name), "docs/schema/%s.json", t->name);
	file_write(name, &text);
	columns__write(t, &columns);
	snprintf(name, sizeof(name), "tools/%s/%s.md", t->name, t->name);
	file_fill(name, "columns", &columns);
	members__write(&all, &members);
	snprintf(name, sizeof(name), "docs/schema/%s.md", t->name);
	file_begin(name, t->name);
	file_fill(name, "members", &members);
	buf__free(&text);
	buf__free(&columns);
	buf__free(&members);
	schema__free(&all);
}

static void write_list(void)
{
	struct buf text = {};

	buf__str(&text, "\n| tool | members | JSON Schema |\n|---|---|---|\n");
	for (size_t i = 0; i < NTOOLS; i++)
		buf__printf(&text, "| %s | [%s.md](schema/%s.md) | [%s.json](schema/%s.json) |\n",
			    tools[i]->name, tools[i]->name, tools[i]->name, tools[i]->name,
			    tools[i]->name);
	file_fill("docs/schema.md", "tools", &text);
	buf__free(&text);
}

int main(int argc, char **argv)
{
	struct buf options = {};

	if (argc != 2) {
		fprintf(stderr, "usage: docs DIRECTORY\n");
		return 2;
	}
	dir = argv[1];
	for (size_t i = 0; i < NTOOLS; i++)
		write_tool(tools[i]);
	if (options_page__clashes(tools, NTOOLS))
		failed = true;
	write_list();
	options_page__write(tools, NTOOLS, &options);
	file_write("docs/options.md", &options);
	buf__free(&options);
	return failed;
}
