// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include <string.h>
#include "common/out/json.h"
#include "tests/linked/docs.h"

static void schema_value(struct json *j, const char *key, const struct schema *s);

static void schema_object(struct json *j, const struct schema *s)
{
	const struct schema *any = NULL;

	json__str(j, "type", "object");
	json__object(j, "properties");
	for (size_t i = 0; i < s->nmembers; i++) {
		if (!strcmp(s->members[i].name, "*"))
			any = &s->members[i];
		else
			schema_value(j, s->members[i].name, &s->members[i]);
	}
	json__object_end(j);
	json__array(j, "required");
	for (size_t i = 0; i < s->nmembers; i++)
		if (s->members[i].required)
			json__str(j, NULL, s->members[i].name);
	json__array_end(j);
	if (any)
		schema_value(j, "additionalProperties", any);
	else
		json__bool(j, "additionalProperties", false);
}

static void schema_type(struct json *j, const char *type, bool null)
{
	if (!null) {
		json__str(j, "type", type);
		return;
	}
	json__array(j, "type");
	json__str(j, NULL, type);
	json__str(j, NULL, "null");
	json__array_end(j);
}

/* Of one value, without arrays. */
static void schema_one(struct json *j, const struct schema *s, bool null)
{
	switch (s->kind) {
	case SCHEMA_OBJECT:
		schema_object(j, s);
		break;
	case SCHEMA_HEX:
		schema_type(j, "string", null);
		json__str(j, "pattern", "^[0-9a-f]*$");
		break;
	case SCHEMA_STRING:
		schema_type(j, "string", null);
		if (s->only)
			json__str(j, "const", s->only);
		break;
	case SCHEMA_INTEGER:
		schema_type(j, "integer", null);
		json__u64(j, "minimum", 0);
		break;
	case SCHEMA_SIGNED:
		schema_type(j, "integer", null);
		break;
	case SCHEMA_NUMBER:
		schema_type(j, "number", null);
		break;
	case SCHEMA_BOOLEAN:
		schema_type(j, "boolean", null);
		break;
	}
}

static void schema_value(struct json *j, const char *key, const struct schema *s)
{
	json__object(j, key);
	if (s->help)
		json__str(j, "description", s->help);
	if (s->array) {
		schema_type(j, "array", s->null);
		json__object(j, "items");
		schema_one(j, s, false);
		json__object_end(j);
	} else {
		schema_one(j, s, s->null);
	}
	json__object_end(j);
}

/* A member a line, so that a change is seen in the lines of its own. */
static void schema_lines(const struct buf *from, struct buf *out)
{
	bool string = false;
	size_t depth = 0;

	for (size_t i = 0; i < from->len; i++) {
		char c = from->data[i], before = i ? from->data[i - 1] : 0;

		if (string) {
			buf__char(out, c);
			if (c == '\\' && i + 1 < from->len)
				buf__char(out, from->data[++i]);
			string = c != '"';
			continue;
		}
		string = c == '"';
		if ((c == '}' || c == ']') && before != '{' && before != '[') {
			buf__char(out, '\n');
			buf__fill(out, '\t', depth - 1);
		}
		depth -= c == '}' || c == ']';
		if ((before == '{' || before == '[' || before == ',') && c != '}' && c != ']') {
			buf__char(out, '\n');
			buf__fill(out, '\t', depth);
		}
		depth += c == '{' || c == '[';
		buf__char(out, c);
		if (c == ':')
			buf__char(out, ' ');
	}
	buf__char(out, '\n');
}

void json_schema__write(const struct tool_tables *t, const struct schema *all, struct buf *out)
{
	struct buf text = {}, title = {};
	struct json j = { .buf = &text };

	buf__printf(&title, "A line of %s --json", t->name);
	buf__char(&title, '\0');
	json__object(&j, NULL);
	json__str(&j, "$schema", "https://json-schema.org/draft/2020-12/schema");
	json__str(&j, "$comment", "SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)");
	json__str(&j, "title", title.data);
	json__array(&j, "anyOf");
	for (size_t i = 0; i < all->nmembers; i++)
		schema_value(&j, NULL, &all->members[i]);
	json__array_end(&j);
	json__object_end(&j);
	schema_lines(&text, out);
	out->err = out->err ?: text.err ?: title.err;
	buf__free(&text);
	buf__free(&title);
}
