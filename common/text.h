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

/* Whether this well-formed character would move the cursor, or end or turn a line. */
bool text__is_unsafe(const void *character, size_t len);

/*
 * Copies src, escaped: \n, \t, \r, \\, other control characters (C0, DEL, C1), bidirectional
 * overrides and bytes that are not UTF-8 as \xNN. Always ends dst with NUL; what does not
 * fit is cut between characters. Returns the length that the whole text would have.
 */
size_t text__escape(char *dst, size_t size, const void *src, size_t len);

/* So many of text__quote() a message may have. */
#define TEXT_QUOTES 4

/*
 * text__escape() of a C string, which ends with "..." where it is too long, into one of
 * TEXT_QUOTES static buffers in turn.
 */
const char *text__quote(const char *s);

bool text__is_utf8(const void *s, size_t len);

/* Columns on a terminal, one for each character. */
size_t text__width(const char *s, size_t len);

#endif
