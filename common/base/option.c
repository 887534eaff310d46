// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "common/base/option.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* More than any tool has. What does not fit is told by its long name. */
#define OPTION_MAX 128
#define OPTION_TEXTS 8

static struct typed {
	const char *name, *as;
	char letter;
} typed[OPTION_MAX];
static size_t typed_count;

static struct typed *typed_find(const char *name)
{
	for (size_t i = 0; i < typed_count; i++)
		if (!strcmp(typed[i].name, name))
			return &typed[i];
	return NULL;
}

void option__forget(void)
{
	typed_count = 0;
}

bool option__type(const char *name, char letter, const char *as)
{
	struct typed *t = typed_find(name);
	bool first = !t;

	if (!t && typed_count < OPTION_MAX)
		t = &typed[typed_count++];
	if (t)
		*t = (struct typed){ .name = name, .as = as, .letter = letter };
	return first;
}

const char *option__typed(const char *name)
{
	static char texts[OPTION_TEXTS][64];
	static unsigned int next;
	char *text = texts[next++ % OPTION_TEXTS];
	const struct typed *t = typed_find(name);

	if (t && t->letter)
		snprintf(text, sizeof(texts[0]), "-%c", t->letter);
	else
		snprintf(text, sizeof(texts[0]), "--%s", t ? t->as : name);
	return text;
}
