/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The tables of all tools. TOOLS, from make: T(biolatency) T(dnssnoop) ..., all that there are. */
#ifndef SNOOPKIT_LINKED_TOOLS_H
#define SNOOPKIT_LINKED_TOOLS_H

#include "common/tool/schema.h"
#include "common/tool/tables.h"

#ifndef TOOLS
#define TOOLS T(biolatency)
#endif

#define T(tool) extern const struct tool_tables tool##_tables;
TOOLS
#undef T

static const struct tool_tables *const tools[] = {
#define T(tool) &tool##_tables,
	TOOLS
#undef T
};

#define NTOOLS (sizeof(tools) / sizeof(tools[0]))

#endif
