/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * A file that the user names for output, opened so that nobody else has a say in where it goes.
 *
 * Somebody may have put a link, a file or a pipe of theirs in that place before, as in /tmp: a link
 * at the end of the path is not followed, those on the way there only if they are root's or one's
 * own, no matter what /proc/sys/fs/protected_symlinks says.
 */
#ifndef SNOOPKIT_OUTFILE_H
#define SNOOPKIT_OUTFILE_H

enum outfile_kind {
	/*
	 * Emptied, and only its owner may read it: a file that others may have open, or that has
	 * another name, too, gives way to a new one.
	 */
	OUTFILE_PRIVATE,
	/* Written on at its end. Made for its owner only; one that is there keeps its mode. */
	OUTFILE_LOG,
};

/*
 * A descriptor that does not block, to be closed by the caller; -errno after a line on stderr. Not
 * only files: devices, pipes that somebody reads, and what one has open already (/dev/stdout,
 * /dev/fd/N), which is written on as it is.
 */
int outfile__open(const char *path, enum outfile_kind kind);

#endif
