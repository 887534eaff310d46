// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/signal_name.h"
#include "common/owner/event_tool.h"
#include "examples/signals/signals.h"

static struct owner_options owner;
static struct event_options event;
static struct top_options top;
static uint64_t number;

static const struct cli_option options[] = {
	{ CLI_GROUP, .help = "Which signals" },
	{ CLI_NUMBER, 's', "signal", "N", "with this number", &number, 1, 64,
	  .constant = "filter_signal" },
	OWNER_PID('p', owner),
	OWNER_UID('u', owner),
	OWNER_CONTAINER(0, owner),
	{ CLI_GROUP, .help = "How they are shown" },
	EVENT_TOP_OPTIONS(top),
	EVENT_OPTIONS(event),
	{},
};

struct row {
	struct event_row event;
	const char *signal;
	char text[16];
	uint32_t target;
};

static const struct field fields[] = {
	EVENT_FIELDS,
	{ "signal", "SIGNAL", FIELD_TEXT, 10, .help = "its name",
	  .offset = offsetof(struct row, signal) },
	{ "target", "TARGET", FIELD_U32, 8, .help = "the target's PID",
	  .offset = offsetof(struct row, target) },
	{},
};

static void fill_row(const struct event_record *r, void *to)
{
	const struct signal_record *s = (const void *)r;
	struct row *row = to;

	row->signal = signal_name(s->signal, row->text, sizeof(row->text));
	row->target = s->target;
}

static const struct event_tool kind = {
	.owner = &owner,
	.top_options = &top,
	.fields = fields,
	.record_size = sizeof(struct signal_record),
	.row_size = sizeof(struct row),
	.ring_bytes = 256 << 10,
	.row = fill_row,
};

static const struct tool_object objects[] = {
	{ "interval", "top", event_count_fields, event_count_members },
	{ "event", NULL, fields, event_members },
	{},
};

static const struct loss_cause causes[] = {
	{ "ring_full", "signals were dropped: the ring buffer was full", COUNT_RING_FULL },
	{ "busy", "signals were skipped: another was being traced on their CPU", COUNT_TOOL },
	{ "recursion", "signals were skipped by the kernel", .program = "signal_generate" },
	{},
};

const struct tool_tables signals_tables = {
	.name = "signals",
	.purpose = "Shows each signal that a process sends.",
	.schema_version = 1,
	.options = options,
	.objects = objects,
	.causes = causes,
	.kind = &kind,
};
