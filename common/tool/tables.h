/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What a tool is, without its programs: each tool has it in its tables.c, which needs no skeleton.
 * The command line, --help, tables, JSON, pages and schemas are made from it.
 */
#ifndef SNOOPKIT_TABLES_H
#define SNOOPKIT_TABLES_H

#include "common/out/field.h"
#include "common/tool/cli.h"
#include "common/tool/loss.h"

/* A kind of JSON object, and of table row where its fields have columns. Lists end with {}. */
struct tool_object {
	const char *type; /* "event", "interval", ... as in JSON */
	const char
		*when; /* the options that it is there with, as cli__given() takes them; or NULL */
	const struct field *fields;
	const struct member *members; /* those that are no fields; may be NULL */
	const char *help;	      /* for the pages: a sentence, what the object is */
};

struct tool_tables {
	const char *name;
	const char *purpose;  /* one sentence */
	const char *examples; /* lines */
	unsigned int schema_version;
	const struct cli_option *options;
	const struct cli_positional *positionals;
	const struct tool_object *objects; /* the first that is there has the columns */
	const struct member *summary;	   /* own members of the JSON summary; may be NULL */
	const struct loss_cause *causes;
	const char *books; /* where the kernel counts the same: what there is one of for each,
			      "disks" */
	const void *kind;  /* of callbacks that tools share (event_tool.h); may be NULL */
};

/* The options that all tools have. */
extern const struct cli_option common_options[];
extern struct tool_common {
	bool json, verbose, version, help, no_header;
	const char *columns, *output;
	uint64_t duration_ns;
} tool_common;

/* The fields of the rows that the options ask for. */
const struct field *tables__fields(const struct tool_tables *t);
/* `given` for out__columns(). */
bool tables__given(const void *tables, const char *with);

#endif
