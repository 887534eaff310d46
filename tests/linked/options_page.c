// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/linked/docs.h"

#define OPTIONS_MAX 512

/* An option of a tool, or of all. */
struct use {
	const struct cli_option *o;
	size_t tool;
};

struct uses {
	struct use list[OPTIONS_MAX];
	size_t n;
};

static int by_name(const void *a, const void *b)
{
	const struct use *x = a, *y = b;

	return strcmp(x->o->name, y->o->name) ?: x->tool < y->tool ? -1 : x->tool > y->tool;
}

static void uses_add(struct uses *u, const struct cli_option *o, size_t tool)
{
	for (; o->name || o->type == CLI_GROUP; o++) {
		if (o->type == CLI_GROUP)
			continue;
		if (u->n == OPTIONS_MAX) {
			fprintf(stderr, "docs: more than %d options\n", OPTIONS_MAX);
			exit(1);
		}
		u->list[u->n++] = (struct use){ o, tool };
	}
}

static void uses_init(struct uses *u, const struct tool_tables *const *tools, size_t ntools)
{
	u->n = 0;
	for (size_t i = 0; i < ntools; i++) {
		uses_add(u, tools[i]->options, i);
		uses_add(u, common_options, i);
	}
	qsort(u->list, u->n, sizeof(u->list[0]), by_name);
}

/* How many there are of the name that begins here. */
static size_t uses_same(const struct uses *u, size_t from)
{
	size_t n = 1;

	while (from + n < u->n && !strcmp(u->list[from + n].o->name, u->list[from].o->name))
		n++;
	return n;
}

/* Without what is in brackets at the end: defaults and choices are each tool's. */
static size_t meaning_len(const char *help)
{
	const char *bracket = strstr(help, " (");

	return bracket ? (size_t)(bracket - help) : strlen(help);
}

static bool means_the_same(const struct cli_option *a, const struct cli_option *b)
{
	size_t len = meaning_len(a->help);

	return a->type == b->type && !a->arg == !b->arg && (!a->arg || !strcmp(a->arg, b->arg)) &&
	       len == meaning_len(b->help) && !strncmp(a->help, b->help, len);
}

/* What a name means: not what it was once. */
static const struct use *first_use(const struct uses *u, size_t from, size_t n)
{
	for (size_t i = from; i < from + n; i++)
		if (!u->list[i].o->old)
			return &u->list[i];
	return &u->list[from];
}

size_t options_page__clashes(const struct tool_tables *const *tools, size_t ntools)
{
	size_t clashes = 0, n;
	struct uses u;

	uses_init(&u, tools, ntools);
	for (size_t i = 0; i < u.n; i += n) {
		n = uses_same(&u, i);
		for (size_t k = i + 1; k < i + n; k++) {
			const struct use *first = first_use(&u, i, n);
			const struct cli_option *a = first->o, *b = u.list[k].o;

			if (a == b || a->old || b->old || means_the_same(a, b))
				continue;
			clashes++;
			fprintf(stderr, "docs: --%s means two things: %s: %s %s, %s: %s %s\n",
				a->name, tools[first->tool]->name, a->arg ?: "", a->help,
				tools[u.list[k].tool]->name, b->arg ?: "", b->help);
		}
	}
	return clashes;
}

static void page_head(const struct tool_tables *const *tools, size_t ntools, const char *first,
		      struct buf *out)
{
	buf__printf(out, "\n| %s |", first);
	for (size_t i = 0; i < ntools; i++)
		buf__printf(out, " %s |", tools[i]->name);
	buf__str(out, "\n|---|");
	for (const char *p = first; *p; p++)
		if (*p == '|')
			buf__str(out, "---|");
	for (size_t i = 0; i < ntools; i++)
		buf__str(out, "---|");
	buf__char(out, '\n');
}

static const struct use *use_of(const struct uses *u, size_t from, size_t n, size_t tool)
{
	for (size_t i = from; i < from + n; i++)
		if (u->list[i].tool == tool)
			return &u->list[i];
	return NULL;
}

static void page_names(const struct uses *u, const struct tool_tables *const *tools, size_t ntools,
		       struct buf *out)
{
	size_t n;

	page_head(tools, ntools, "option | meaning", out);
	for (size_t i = 0; i < u->n; i += n) {
		const struct cli_option *o;
		char meaning[256];

		n = uses_same(u, i);
		o = first_use(u, i, n)->o;
		snprintf(meaning, sizeof(meaning), "%.*s",
			 n > 1 ? (int)meaning_len(o->help) : (int)sizeof(meaning), o->help);
		buf__printf(out, "| `--%s%s", o->name, o->arg ? " " : "");
		cell__text(out, o->arg);
		buf__str(out, "` | ");
		cell__text(out, meaning);
		for (size_t t = 0; t < ntools; t++) {
			const struct use *use = use_of(u, i, n, t);

			buf__str(out, " | ");
			if (use && use->o->old)
				buf__str(out, "old name");
			else if (use && use->o->letter)
				buf__printf(out, "`-%c`", use->o->letter);
			else if (use)
				buf__str(out, "yes");
		}
		buf__str(out, " |\n");
	}
}

static void page_letters(const struct uses *u, const struct tool_tables *const *tools,
			 size_t ntools, struct buf *out)
{
	page_head(tools, ntools, "letter", out);
	for (char letter = '0'; letter <= 'z'; letter++) {
		const struct use *of[ntools];
		bool any = false;

		memset(of, 0, sizeof(of));
		for (size_t i = 0; i < u->n; i++) {
			if (u->list[i].o->letter == letter) {
				of[u->list[i].tool] = &u->list[i];
				any = true;
			}
		}
		if (!any)
			continue;
		buf__printf(out, "| `-%c` |", letter);
		for (size_t t = 0; t < ntools; t++)
			buf__printf(out, of[t] ? " `--%s` |" : " %s|", of[t] ? of[t]->o->name : "");
		buf__char(out, '\n');
	}
}

void options_page__write(const struct tool_tables *const *tools, size_t ntools, struct buf *out)
{
	struct uses u;

	uses_init(&u, tools, ntools);
	buf__str(out,
		 "<!-- SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) -->\n"
		 "<!-- Written by `make docs` from the tables of the tools. -->\n"
		 "# The options of all tools\n\n"
		 "A long name means the same in every tool. A letter is what the tool of the "
		 "same name in bcc has for it, so one\nletter can stand for different options. "
		 "The page of each tool says more.\n\n"
		 "## Long names\n");
	page_names(&u, tools, ntools, out);
	buf__str(out, "\n## Letters\n");
	page_letters(&u, tools, ntools, out);
}
