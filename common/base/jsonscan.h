/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Finds values in a JSON text without building a tree and without allocating.
 *
 * The text is untrusted: no byte outside of it is read, nesting deeper than JSONSCAN_DEPTH_MAX is
 * refused, and what has to be passed over on the way to a value is checked for form. What comes
 * after the value is not looked at. Of equal keys the first one counts.
 */
#ifndef SNOOPKIT_JSONSCAN_H
#define SNOOPKIT_JSONSCAN_H

#include <stddef.h>

#define JSONSCAN_DEPTH_MAX 64

/* One JSON value, or a whole text; points into the caller's bytes. */
struct jsonscan {
	const char *at;
	size_t len;
};

/*
 * The value below `doc` that the object keys lead to; `keys` ends with NULL, no keys give the
 * text's one value. -ENOENT: no such key, or an inner value is no object; -EINVAL: not JSON.
 */
int jsonscan__path(struct jsonscan doc, const char *const *keys, struct jsonscan *value);

/*
 * The element after `elem`, which is {NULL, 0} for the first. -ENOENT: no more, or `array` is no
 * array; -EINVAL: not JSON.
 */
int jsonscan__next(struct jsonscan array, struct jsonscan *elem);

/*
 * Unescapes a string value into `buf`, ended by a zero byte. Surrogates without a partner become
 * U+FFFD; bytes above 0x7f are passed on as they are, so the result need not be UTF-8.
 * -EINVAL: no string, or one that holds a zero byte; -ENAMETOOLONG: it does not fit. `buf` is
 * then "".
 */
int jsonscan__string(struct jsonscan value, char *buf, size_t size);

#endif
