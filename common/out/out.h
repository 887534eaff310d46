/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Where results go: tables for people or JSON Lines (docs/schema.md), both from one table of
 * fields. Nothing is written before out__flush(); an error is kept and found there.
 */
#ifndef SNOOPKIT_OUT_H
#define SNOOPKIT_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "common/base/buf.h"
#include "common/out/field.h"
#include "common/out/json.h"
#include "common/base/sink.h"

#define OUT_COLUMNS_MAX 32

struct out {
	struct buf buf;
	struct json j;
	struct sink sink;
	bool json, no_header;
	const char *tool;
	unsigned int version; /* of the JSON schema */
	uint64_t unit_ns;     /* of FIELD_NS in tables */
	const struct field *columns[OUT_COLUMNS_MAX];
	uint16_t widths[OUT_COLUMNS_MAX]; /* as the fields have them, or wider */
	size_t ncolumns;
	size_t spare;	       /* how many columns more they may have together */
	bool fitted, terminal; /* widths are set; text that is too wide is cut */
	/*
	 * Set in configure(): rows and "event" objects are events, which are lost if they cannot be
	 * written. Else they are parts of a result, which is kept then, to go somewhere else.
	 */
	bool stream;
	const uint64_t *shown;	/* events that all lines so far tell of, the last one too */
	uint64_t written;	/* those of them that the sink has taken */
	bool broken;		/* it takes no more */
	bool muted;		/* it did not before: events are not written any more */
	bool again;		/* the following output is made again if it cannot be written */
	bool is_event;		/* the JSON object that was begun */
	struct out_line *lines; /* in `buf`, in their order */
	size_t nlines, lines_room;
	int err; /* the first */
};

void out__init(struct out *o, const char *tool, unsigned int version);
void out__free(struct out *o);

/* Whether one of these options was given: of struct field's `with`. */
typedef bool (*out_given_fn)(const void *ctx, const char *with);
/*
 * Which columns a table has: all of `fields` that are not wide, or those of the user's
 * comma-separated `list`, in its order. -EINVAL after a line on stderr.
 */
int out__columns(struct out *o, const struct field *fields, const char *list, out_given_fn given,
		 const void *ctx);
/* The columns that there are, with their meaning; marks those that out__columns() takes by itself.
 */
void out__columns_help(struct out *o, const struct field *fields, out_given_fn given,
		       const void *ctx);

/* Whether the table has this column; not in JSON. */
bool out__has_column(const struct out *o, const char *name);

/* The line above a table, which is as wide as the terminal from then on; nothing in JSON. */
void out__header(struct out *o);
/* A row of the table; nothing in JSON. */
void out__row(struct out *o, const void *record);
/* A line of text or part of one; nothing in JSON. */
void out__text(struct out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A JSON object with schema, type and time; nothing in tables. Members go to o->j. */
void out__begin(struct out *o, const char *type, uint64_t mono_ns);
void out__members(struct out *o, const struct field *fields, const void *record);
void out__end(struct out *o);

/* out__row() or a whole object, whichever it is. */
void out__event(struct out *o, const struct field *fields, const void *record, uint64_t mono_ns);

/*
 * 0 or -errno of this or any earlier write. -EPIPE: the reader has gone. -ETIMEDOUT: the
 * user wants it to end and the reader does not read.
 */
int out__flush(struct out *o);
/* Nobody reads it any more. */
void out__gone(struct out *o);
/* What could not be written, and is no event of a stream, goes there. Tell the user before. */
void out__redirect(struct out *o, int fd, int patience_ms);

/* For out*.c: a line has ended. One that is not kept is dropped when it cannot be written. */
void out__line(struct out *o, bool keep);

/* "us" or "ms" for unit_ns. */
const char *out__unit(const struct out *o);

#endif
