// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include <string.h>
#include "common/base/pattern_code.h"

void pattern_set__range(struct pattern_set *set, int from, int to)
{
	for (int byte = from; byte <= to; byte++)
		pattern_set__add(set, byte);
}

void pattern_set__invert(struct pattern_set *set)
{
	for (int i = 0; i < 8; i++)
		set->bits[i] = ~set->bits[i];
}

void pattern_set__fold(struct pattern_set *set)
{
	for (int byte = 'a'; byte <= 'z'; byte++) {
		int upper = byte - 'a' + 'A';

		if (pattern_set__has(set, byte))
			pattern_set__add(set, upper);
		else if (pattern_set__has(set, upper))
			pattern_set__add(set, byte);
	}
}

bool pattern_set__class(struct pattern_set *set, const char *name, size_t count)
{
	static const struct {
		const char *name, *ranges; /* pairs */
	} classes[] = {
		{ "alpha", "azAZ" },
		{ "digit", "09" },
		{ "alnum", "azAZ09" },
		{ "upper", "AZ" },
		{ "lower", "az" },
		{ "space", "\t\r  " },
		{ "blank", "\t\t  " },
		{ "xdigit", "09afAF" },
		{ "word", "azAZ09__" },
		{ "punct", "!/:@[`{~" },
		{ "print", " ~" },
		{ "graph", "!~" },
		{ "cntrl", "\1\37\177\177" },
	};

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		const char *r = classes[i].ranges;

		if (strlen(classes[i].name) != count || memcmp(classes[i].name, name, count))
			continue;
		for (; *r; r += 2)
			pattern_set__range(set, (uint8_t)r[0], (uint8_t)r[1]);
		return true;
	}
	return false;
}

bool pattern_set__escape(struct pattern_set *set, char c)
{
	struct pattern_set class = {};
	char lower = c | 0x20;

	if (lower != 'd' && lower != 'w' && lower != 's')
		return false;
	pattern_set__class(&class,
			   lower == 'd' ? "digit" :
			   lower == 'w' ? "word" :
					  "space",
			   lower == 'w' ? 4 : 5);
	if (c != lower)
		pattern_set__invert(&class);
	for (int i = 0; i < 8; i++)
		set->bits[i] |= class.bits[i];
	return true;
}
