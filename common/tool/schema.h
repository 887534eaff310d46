/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The JSON objects that a tool prints, from its tables: pages and JSON Schemas are made from it,
 * and lines are checked by it (tests/linked).
 */
#ifndef SNOOPKIT_SCHEMA_H
#define SNOOPKIT_SCHEMA_H

#include "common/tool/tables.h"

enum schema_kind {
	SCHEMA_STRING,
	SCHEMA_HEX,	/* a string of bytes as hexadecimal digits */
	SCHEMA_INTEGER, /* 0 or more */
	SCHEMA_SIGNED,	/* an integer */
	SCHEMA_NUMBER,
	SCHEMA_BOOLEAN,
	SCHEMA_OBJECT,
};

struct schema {
	char *name; /* of the member; "*": each name that no other has */
	enum schema_kind kind;
	bool array, null, required;
	char *only;	  /* the one value of a string, else NULL */
	const char *when; /* it is there; may be NULL */
	const char *help; /* may be NULL */
	const char *unit; /* of a number whose name does not end in it; may be NULL */
	bool folded;	  /* its members are those of another object, and more */
	struct schema *members;
	size_t nmembers;
	size_t ncommon; /* of a whole object: how many of its members all objects have */
};

/* The tool's objects, in `o->members`; the name of each is its type. 0 or -errno. */
int schema__init(struct schema *o, const struct tool_tables *t);
void schema__free(struct schema *o);

#endif
