// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/tool/tables.h"

#include <stddef.h>
#include "common/base/clock.h"

struct tool_common tool_common;

const struct cli_option common_options[] = {
	{ CLI_GROUP, .help = "Output" },
	{ CLI_FLAG, 'j', "json", NULL, "JSON Lines instead of tables", &tool_common.json },
	{ CLI_TEXT, 0, "columns", "A,B,...", "these columns, in this order; help: list them",
	  &tool_common.columns },
	{ CLI_FLAG, 0, "no-header", NULL, "tables without their header", &tool_common.no_header },
	{ CLI_TEXT, 0, "output", "FILE", "append to FILE; SIGUSR1 reopens it",
	  &tool_common.output },
	{ CLI_GROUP, .help = "Other" },
	{ CLI_DURATION, 0, "duration", "TIME", "stop after TIME (10, 0.5s, 2m)",
	  .value = &tool_common.duration_ns, .min = 1000000, .max = 366 * 86400 * NSEC_PER_SEC,
	  .unit_ns = NSEC_PER_SEC },
	{ CLI_FLAG, 'v', "verbose", NULL, "report progress on stderr", &tool_common.verbose },
	{ CLI_FLAG, 0, "version", NULL, "print the version and exit", &tool_common.version },
	{ CLI_FLAG, 'h', "help", NULL, "print this help and exit", &tool_common.help },
	{},
};

const struct field *tables__fields(const struct tool_tables *t)
{
	for (const struct tool_object *o = t->objects; o->type; o++)
		if (o->fields && (!o->when || cli__given(t->options, o->when)))
			return o->fields;
	return NULL;
}

bool tables__given(const void *tables, const char *with)
{
	const struct tool_tables *t = tables;

	return cli__given(t->options, with);
}
