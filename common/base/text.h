/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Untrusted bytes made fit for a terminal. What is traced (comm, arguments, paths,
 * names) may hold anything; nothing of it may move the cursor or forge a line.
 */
#ifndef SNOOPKIT_TEXT_H
#define SNOOPKIT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Length (1 to 4) of the well-formed UTF-8 sequence (RFC 3629) at p, 0 if there is none in
 * the len bytes left.
 */
size_t text__utf8(const void *p, size_t len);

/*
 * Whether this well-formed character would not be seen, would move the cursor, or end or turn a
 * line.
 */
bool text__is_unsafe(const void *character, size_t len);

/* Marks that may be drawn over one character. */
#define TEXT_MARKS_MAX 4

/*
 * Length of the character at p that can be shown as it is, or 0. `marks` is TEXT_MARKS_MAX at the
 * beginning of a text: what is drawn over another character needs one, and not too many of them.
 */
size_t text__shown(const void *p, size_t left, unsigned int *marks);

/*
 * Copies src, escaped: \n, \t, \r, \\, and what cannot be shown as \xNN, a byte each. Always ends
 * dst with NUL; what does not fit is cut between characters. Returns the length that the whole
 * text would have.
 */
size_t text__escape(char *dst, size_t size, const void *src, size_t len);

/* The same as one word: blanks are escaped too, and the ASCII characters (at most 14) of `also`. */
size_t text__word(char *dst, size_t size, const void *src, size_t len, const char *also);

/* So many of text__quote() a message may have. */
#define TEXT_QUOTES 4

/*
 * text__escape() of a C string, which ends with "..." where it is too long, into one of
 * TEXT_QUOTES static buffers in turn.
 */
const char *text__quote(const char *s);

bool text__is_utf8(const void *s, size_t len);

/* Columns on a terminal. */
size_t text__width(const char *s, size_t len);

#define TEXT_CUT ".."

/* Cuts what is too wide in its middle, where TEXT_CUT stands then; escapes stay whole. */
void text__shorten(char *text, size_t columns);

#endif
