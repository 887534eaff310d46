/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* A member of a record, as a column of a table and as a member in JSON. */
#ifndef SNOOPKIT_FIELD_H
#define SNOOPKIT_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/out/json.h"

enum field_type {
	FIELD_U32,
	FIELD_U64, /* FIELD_UNKNOWN: not known */
	FIELD_I32,
	FIELD_REAL,  /* double; NaN: not known */
	FIELD_NS,    /* uint64_t; ns in JSON, the unit of the output in tables */
	FIELD_TEXT,  /* const char *, untrusted; NULL: not known */
	FIELD_CHARS, /* char[] with a NUL in it, untrusted */
	FIELD_TIME,  /* uint64_t, ns of CLOCK_MONOTONIC; local time in tables, not in JSON */
	FIELD_SAFE,  /* struct safe, which writes itself in the form of the output */
};

#define FIELD_UNKNOWN UINT64_MAX

/* A value of any length, which is put into words once: as a cell of a table, or for JSON. */
struct safe {
	const void *of;
	void (*text)(const void *of,
		     struct buf *out); /* NULL: "-"; fit for a terminal, in a line */
	/* NULL: nothing. Members, which a table of struct member has. */
	void (*json)(const void *of, struct json *j);
};

/* Tables of them end with {}. What is not known is "-" or left out. */
struct field {
	const char *name;   /* in JSON, and for --columns */
	const char *header; /* NULL: in JSON only */
	enum field_type type;
	/*
	 * Columns with the space before or behind it; text is aligned left. The default columns of
	 * a table but the last one have 80 together.
	 */
	uint8_t width;
	uint8_t digits; /* of FIELD_REAL */
	/*
	 * Of addresses and names: as wide as this where there is room. On a terminal what is still
	 * too wide is cut in its middle; 0: never. The last column is as wide as it needs.
	 */
	uint8_t room;
	bool wide;	  /* in tables only when --columns asks for it */
	const char *with; /* or one of these options was given, as cli__given() takes them */
	const char *help; /* what it is: a phrase for --columns help and the pages */
	const char
		*when; /* in JSON: which objects have it, a phrase; NULL: each where it is known */
	bool always;   /* it is known in each JSON object: the schema requires it */
	const char *unit; /* of its numbers in JSON, where the name does not end in it */
	bool table_only;  /* not in JSON */
	bool foreign;	  /* a traced process may have chosen it: it may be empty, or "-" */
	size_t offset;	  /* in the record */
};

/*
 * A member of a JSON object that is no field. Lists end with {}. Types: "string", "integer" (0 and
 * more; "signed" may be less), "number", "boolean", "object", or "text", a string that somebody has
 * chosen, with its `name`_hex where that is not UTF-8; an array of them has "[]" behind, and what
 * may be null "|null": "integer|null", "object[]". The name "*" stands for all names that an
 * object's other members do not have.
 */
struct member {
	const char *name;
	const char *type;
	const char *when; /* it is there: a phrase; NULL: always, the schema requires it */
	const char *help;
	const struct member *members; /* of an object, or of the objects in an array */
	const struct field *fields;   /* the same */
};

/* The longest text: a path with the kernel's prefix, each byte escaped. */
#define FIELD_TEXT_SIZE (4 * (4096 + 64))

/* Text of any kind. */
bool field__is_text(const struct field *f);

/*
 * As a cell of a table; not of FIELD_SAFE. With `word` there is no blank in it. `text` has
 * FIELD_TEXT_SIZE.
 */
void field__text(const struct field *f, const void *record, uint64_t unit_ns, bool word,
		 char *text);
/* As a member of an object, if it is one and known. */
void field__json(const struct field *f, const void *record, struct json *j);

#endif
