// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Who sends signals to whom? A template for tools whose events are of processes. */
#include "common/owner/event_tool.h"
#include "signals.skel.h"

extern const struct tool_tables signals_tables;

TOOL_DEFINE_SKELETON(signals)

int main(int argc, char **argv)
{
	static const struct tool tool = {
		.tables = &signals_tables,
		TOOL_SKELETON(signals),
		EVENT_TOOL,
	};

	return tool__main(&tool, argc, argv);
}
