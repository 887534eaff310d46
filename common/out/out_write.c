// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Lines on their way to a sink, and what becomes of them when it does not take them. */
#include "common/out/out.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FLUSH_BYTES (64 * 1024)
/* A result stays whole for as long, so that it can go somewhere else. */
#define RESULT_BYTES (1 << 20)

struct out_line {
	size_t end; /* in the buffer */
	uint64_t shown;
	bool keep;
};

static size_t last_end(const struct out *o)
{
	return o->nlines ? o->lines[o->nlines - 1].end : 0;
}

/* The line that has just ended is none. */
static void drop_line(struct out *o)
{
	o->buf.len = last_end(o);
	o->buf.err = 0;
	o->j.comma = false;
}

static int lines_reserve(struct out *o)
{
	size_t room = o->lines_room ? 2 * o->lines_room : 64;
	struct out_line *lines;

	if (o->nlines < o->lines_room)
		return 0;
	lines = reallocarray(o->lines, room, sizeof(*lines));
	if (!lines)
		return -ENOMEM;
	o->lines = lines;
	o->lines_room = room;
	return 0;
}

/* Those that the sink has not taken, from a result's beginning if it is a table. */
static void keep_lines(struct out *o, size_t taken)
{
	size_t kept = 0, begin = 0, n = 0;

	for (size_t i = 0; i < o->nlines; i++) {
		struct out_line line = o->lines[i];
		size_t len = line.end - begin;

		if (line.end <= taken && o->stream)
			o->written = line.shown;
		if (line.keep && (line.end > taken || !(o->stream || o->json))) {
			memmove(o->buf.data + kept, o->buf.data + begin, len);
			kept += len;
			o->lines[n++] = (struct out_line){ kept, line.shown, true };
		}
		begin = line.end;
	}
	o->buf.len = kept;
	o->nlines = n;
}

/* Lines only: part of one stays in the buffer. */
static void write_lines(struct out *o)
{
	size_t len = last_end(o), taken = 0;
	int err = o->broken ? -EPIPE : sink__lines(&o->sink, o->buf.data, len, &taken);

	if (err) {
		o->err = o->err ?: err;
		o->broken = true;
		o->muted = o->stream;
		keep_lines(o, taken);
		return;
	}
	if (o->stream && o->nlines)
		o->written = o->lines[o->nlines - 1].shown;
	if (o->buf.len > len)
		memmove(o->buf.data, o->buf.data + len, o->buf.len - len);
	o->buf.len -= len;
	o->nlines = 0;
}

/* How many events the lines up to a new one tell of. */
static uint64_t shown_by(const struct out *o)
{
	if (!o->muted)
		return o->shown ? *o->shown : 0;
	return o->nlines ? o->lines[o->nlines - 1].shown : o->written;
}

/* Those before it make room if there is no other. */
static int line_room(struct out *o)
{
	int err = lines_reserve(o);

	if (!err || o->broken || !o->nlines)
		return err;
	write_lines(o);
	return !o->broken && o->nlines < o->lines_room ? 0 : err;
}

void out__line(struct out *o, bool keep)
{
	int err = o->buf.err ?: line_room(o);

	if (err) {
		o->err = o->err ?: err;
		/* Of a stream that lacks a line the rest is lost, so that the sum is right. */
		o->muted |= o->stream;
	}
	if (err || (o->muted && !keep)) {
		drop_line(o);
		return;
	}
	o->lines[o->nlines++] = (struct out_line){ o->buf.len, shown_by(o), keep && !o->again };
	if (o->buf.len >= (o->stream || o->json ? FLUSH_BYTES : RESULT_BYTES) && !o->broken)
		write_lines(o);
}

int out__flush(struct out *o)
{
	if (!o->broken)
		write_lines(o);
	if (!o->err && o->shown)
		o->written = *o->shown;
	return o->err;
}

void out__gone(struct out *o)
{
	o->err = o->err ?: -EPIPE;
	o->broken = true;
	o->muted = o->stream;
	keep_lines(o, 0);
}

void out__redirect(struct out *o, int fd, int patience_ms)
{
	keep_lines(o, 0);
	sink__init(&o->sink, fd, patience_ms);
	o->broken = false;
}
