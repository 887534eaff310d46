/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What is written into docs/ and the tools' pages. */
#ifndef SNOOPKIT_LINKED_DOCS_H
#define SNOOPKIT_LINKED_DOCS_H

#include "common/base/buf.h"
#include "common/tool/schema.h"

/* docs/schema/<tool>.json: a JSON Schema (draft 2020-12) of the lines of --json. */
void json_schema__write(const struct tool_tables *t, const struct schema *all, struct buf *out);

/* docs/options.md. */
void options_page__write(const struct tool_tables *const *tools, size_t ntools, struct buf *out);
/* How many long names mean two things; each is told on stderr. */
size_t options_page__clashes(const struct tool_tables *const *tools, size_t ntools);

/* A tool's columns, for its page. */
void columns__write(const struct tool_tables *t, struct buf *out);
/* The members of a tool's objects, for docs/schema/<tool>.md. */
void members__write(const struct schema *all, struct buf *out);

/* A cell of a table in Markdown: one line, "|" escaped. */
void cell__text(struct buf *out, const char *text);

#endif
