// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/out/field.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "common/base/clock.h"
#include "common/base/text.h"

bool field__is_text(const struct field *f)
{
	return f->type == FIELD_TEXT || f->type == FIELD_CHARS || f->type == FIELD_TIME ||
	       f->type == FIELD_SAFE;
}

/* Three significant digits are what a bucket of 6.25 % has to say. */
static void format_ns(char *text, size_t size, uint64_t ns, uint64_t unit_ns)
{
	double v = (double)ns / unit_ns;

	snprintf(text, size, "%.*f", v < 9.995 ? 2 : v < 99.95 ? 1 : 0, v);
}

/* "-" is what is not known, and nothing at all would be no column. */
static void format_text(const struct field *f, const char *s, bool word, char *text)
{
	if (!*s)
		snprintf(text, FIELD_TEXT_SIZE, f->foreign ? "\\x00" : "-");
	else if (f->foreign && !strcmp(s, "-"))
		snprintf(text, FIELD_TEXT_SIZE, "\\x2d");
	else if (word)
		text__word(text, FIELD_TEXT_SIZE, s, strlen(s), "");
	else
		text__escape(text, FIELD_TEXT_SIZE, s, strlen(s));
}

static const char *string_at(const struct field *f, const void *p)
{
	return f->type == FIELD_TEXT ? *(const char *const *)p : p;
}

void field__text(const struct field *f, const void *record, uint64_t unit_ns, bool word, char *text)
{
	const void *p = (const char *)record + f->offset;
	const size_t size = FIELD_TEXT_SIZE;

	strcpy(text, "-");
	switch (f->type) {
	case FIELD_U32:
		snprintf(text, size, "%u", *(const uint32_t *)p);
		break;
	case FIELD_I32:
		snprintf(text, size, "%d", *(const int32_t *)p);
		break;
	case FIELD_U64:
		if (*(const uint64_t *)p != FIELD_UNKNOWN)
			snprintf(text, size, "%llu", *(const unsigned long long *)p);
		break;
	case FIELD_NS:
		if (*(const uint64_t *)p != FIELD_UNKNOWN)
			format_ns(text, size, *(const uint64_t *)p, unit_ns);
		break;
	case FIELD_REAL:
		if (!isnan(*(const double *)p))
			snprintf(text, size, "%.*f", f->digits, *(const double *)p);
		break;
	case FIELD_TIME:
		clock__local_time(*(const uint64_t *)p, text, size);
		break;
	case FIELD_TEXT:
	case FIELD_CHARS:
		if (string_at(f, p))
			format_text(f, string_at(f, p), word, text);
		break;
	case FIELD_SAFE:
		break;
	}
}

static void field_json_safe(const struct safe *safe, struct json *j)
{
	if (safe->json)
		safe->json(safe->of, j);
}

void field__json(const struct field *f, const void *record, struct json *j)
{
	const void *p = (const char *)record + f->offset;

	if (f->table_only)
		return;
	switch (f->type) {
	case FIELD_U32:
		json__u64(j, f->name, *(const uint32_t *)p);
		break;
	case FIELD_I32:
		json__i64(j, f->name, *(const int32_t *)p);
		break;
	case FIELD_U64:
	case FIELD_NS:
		if (*(const uint64_t *)p != FIELD_UNKNOWN)
			json__u64(j, f->name, *(const uint64_t *)p);
		break;
	case FIELD_REAL:
		if (!isnan(*(const double *)p))
			json__real(j, f->name, *(const double *)p, f->digits);
		break;
	case FIELD_TEXT:
	case FIELD_CHARS:
		if (string_at(f, p))
			json__text(j, f->name, string_at(f, p));
		break;
	case FIELD_SAFE:
		field_json_safe(p, j);
		break;
	case FIELD_TIME: /* the object's own ts and mono_ns */
		break;
	}
}
