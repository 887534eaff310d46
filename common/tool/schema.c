// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/tool/schema.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	enum schema_kind kind;
} kinds[] = {
	{ "string", SCHEMA_STRING }, { "text", SCHEMA_STRING },	  { "integer", SCHEMA_INTEGER },
	{ "signed", SCHEMA_SIGNED }, { "number", SCHEMA_NUMBER }, { "boolean", SCHEMA_BOOLEAN },
	{ "object", SCHEMA_OBJECT },
};

static const struct member lost_members[] = {
	{ "cause", "string", NULL, "why, as in the summary's `lost` and `notes`" },
	{ "count", "integer", NULL, "how many, since the last one of that cause" },
	{},
};

static const struct member summary_members[] = {
	{ "duration_ns", "integer", NULL, "from the end of attaching to detaching" },
	{ "seen", "integer", NULL, "how many events there were" },
	{ "shown", "integer", NULL, "how many of them are in the output" },
	{ "filtered", "integer", NULL, "how many of them were not asked for" },
	{},
};

static const struct member unseen_members[] = {
	{ "count", "integer", NULL, "how many, since the last one" },
	{},
};

static const struct member book_members[] = {
	{ "kernel", "integer", "where the kernel counts, too", "seen + unseen" },
	{ "unseen", "integer", "where the kernel counts, too",
	  "events that the kernel counted, and ran no program of this tool for" },
	{ "unchecked", "integer", "where the kernel counts, too",
	  "how many disks or network namespaces had no count to compare with" },
	{},
};

void schema__free(struct schema *o)
{
	for (size_t i = 0; i < o->nmembers; i++)
		schema__free(&o->members[i]);
	free(o->members);
	free(o->name);
	free(o->only);
	memset(o, 0, sizeof(*o));
}

/* NULL: no memory. */
static struct schema *schema_add(struct schema *o, const char *name, enum schema_kind kind)
{
	struct schema *m = reallocarray(o->members, o->nmembers + 1, sizeof(*m));

	if (!m)
		return NULL;
	o->members = m;
	m += o->nmembers;
	*m = (struct schema){ .name = strdup(name), .kind = kind };
	if (!m->name)
		return NULL;
	o->nmembers++;
	return m;
}

static int schema_add_required(struct schema *o, const char *name, enum schema_kind kind,
			       const char *only, const char *help)
{
	struct schema *m = schema_add(o, name, kind);

	if (!m)
		return -ENOMEM;
	m->required = true;
	m->help = help;
	m->only = only ? strdup(only) : NULL;
	return only && !m->only ? -ENOMEM : 0;
}

/* What json__text() may set beside a text. */
static int schema_add_hex(struct schema *o, const char *name, bool array)
{
	struct schema *m;
	char text[128];

	snprintf(text, sizeof(text), "%s_hex", name);
	m = schema_add(o, text, SCHEMA_HEX);
	if (!m)
		return -ENOMEM;
	m->array = array;
	return 0;
}

static enum schema_kind field_kind(const struct field *f)
{
	switch (f->type) {
	case FIELD_I32:
		return SCHEMA_SIGNED;
	case FIELD_REAL:
		return SCHEMA_NUMBER;
	case FIELD_U32:
	case FIELD_U64:
	case FIELD_NS:
		return SCHEMA_INTEGER;
	default:
		return SCHEMA_STRING;
	}
}

static int schema_add_field(struct schema *o, const struct field *f)
{
	struct schema *m;

	/* FIELD_TIME is the object's own ts and mono_ns; of FIELD_SAFE there are members. */
	if (f->table_only || f->type == FIELD_TIME || f->type == FIELD_SAFE)
		return 0;
	m = schema_add(o, f->name, field_kind(f));
	if (!m)
		return -ENOMEM;
	m->help = f->help;
	m->when = f->when;
	m->unit = f->unit;
	m->required = f->always || f->type == FIELD_U32 || f->type == FIELD_I32;
	return m->kind == SCHEMA_STRING ? schema_add_hex(o, f->name, false) : 0;
}

static int schema_add_members(struct schema *o, const struct member *list);

static int schema_add_fields(struct schema *o, const struct field *f)
{
	int err = 0;

	for (; !err && f && f->name; f++)
		err = schema_add_field(o, f);
	return err;
}

static int schema_type(struct schema *m, const char *type)
{
	size_t len = strcspn(type, "[|");

	m->array = !strncmp(type + len, "[]", 2);
	m->null = strstr(type, "|null");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strlen(kinds[i].name) == len && !strncmp(kinds[i].name, type, len)) {
			m->kind = kinds[i].kind;
			return 0;
		}
	}
	return -EINVAL;
}

static int schema_add_member(struct schema *o, const struct member *member)
{
	struct schema *m = schema_add(o, member->name, SCHEMA_STRING);
	int err = m ? schema_type(m, member->type) : -ENOMEM;

	if (err)
		return err;
	m->help = member->help;
	m->when = member->when;
	m->folded = member->fields;
	m->required = !member->when && strcmp(member->name, "*");
	err = schema_add_members(m, member->members);
	err = err ?: schema_add_fields(m, member->fields);
	if (err || strncmp(member->type, "text", 4))
		return err;
	return schema_add_hex(o, member->name, m->array);
}

static int schema_add_members(struct schema *o, const struct member *list)
{
	int err = 0;

	for (; !err && list && list->name; list++)
		err = schema_add_member(o, list);
	return err;
}

static int schema_add_own(struct schema *m, const char *name, const char *help, const char *when)
{
	if (!schema_add(m, name, SCHEMA_INTEGER))
		return -ENOMEM;
	m->members[m->nmembers - 1].help = help;
	m->members[m->nmembers - 1].when = when;
	return 0;
}

static int schema_add_causes(struct schema *o, const struct loss_cause *c, bool notes)
{
	struct schema *m = schema_add(o, notes ? "notes" : "lost", SCHEMA_OBJECT);
	int err = m ? 0 : -ENOMEM;

	if (err)
		return err;
	m->required = true;
	m->help = notes ? "how many events are shown with a reservation, by cause" :
			  "how many events were lost, by cause";
	for (; !err && c && c->name; c++)
		if (c->note == notes)
			err = schema_add_required(m, c->name, SCHEMA_INTEGER, NULL, c->text);
	if (!err && !notes)
		err = schema_add_own(m, "unwritten",
				     "events that nobody got to see: the output or the run failed",
				     "where it failed");
	for (int i = 0; !err && notes && i < LOSS_NOTES; i++)
		err = schema_add_own(m, loss_notes[i].name, loss_notes[i].help,
				     "where there were such");
	return err;
}

/* An object with what all objects have. */
static struct schema *schema_object(struct schema *all, const struct tool_tables *t,
				    const char *type, const char *help)
{
	struct schema *o = schema_add(all, type, SCHEMA_OBJECT);
	char name[128];
	int err;

	if (!o)
		return NULL;
	snprintf(name, sizeof(name), "snoopkit.%s/%u", t->name, t->schema_version);
	o->help = help;
	err = schema_add_required(o, "schema", SCHEMA_STRING, name, NULL);
	err = err ?: schema_add_required(o, "type", SCHEMA_STRING, type, NULL);
	err = err ?: schema_add_required(o, "ts", SCHEMA_STRING, NULL, "RFC 3339, UTC, ns");
	err = err   ?:
		      schema_add_required(o, "mono_ns", SCHEMA_INTEGER, NULL,
					  "the same by CLOCK_MONOTONIC");
	o->ncommon = o->nmembers;
	return err ? NULL : o;
}

static int schema_add_lost(struct schema *all, const struct tool_tables *t)
{
	struct schema *o = schema_object(all, t, "lost", "Events were lost, or are doubtful.");

	return o ? schema_add_members(o, lost_members) : -ENOMEM;
}

static int schema_add_unseen(struct schema *all, const struct tool_tables *t)
{
	struct schema *o;

	if (!t->books)
		return 0;
	o = schema_object(all, t, "unseen",
			  "The kernel counted more events than this tool's programs have seen.");
	return o ? schema_add_members(o, unseen_members) : -ENOMEM;
}

static int schema_add_summary(struct schema *all, const struct tool_tables *t)
{
	struct schema *o = schema_object(all, t, "summary", "The end of the run.");
	int err = o ? schema_add_members(o, summary_members) : -ENOMEM;

	err = err ?: schema_add_causes(o, t->causes, false);
	err = err ?: schema_add_causes(o, t->causes, true);
	if (!err && t->books)
		err = schema_add_members(o, book_members);
	if (!err)
		o->ncommon = o->nmembers;
	return err ?: schema_add_members(o, t->summary);
}

int schema__init(struct schema *all, const struct tool_tables *t)
{
	struct schema *o;
	int err = 0;

	memset(all, 0, sizeof(*all));
	for (const struct tool_object *object = t->objects; !err && object->type; object++) {
		o = schema_object(all, t, object->type, object->help);
		err = o ? schema_add_members(o, object->members) : -ENOMEM;
		err = err ?: schema_add_fields(o, object->fields);
		if (!err)
			o->when = object->when;
	}
	err = err ?: schema_add_lost(all, t);
	err = err ?: schema_add_unseen(all, t);
	err = err ?: schema_add_summary(all, t);
	if (err)
		schema__free(all);
	return err;
}
