/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
#ifndef SNOOPKIT_ERRNO_NAME_H
#define SNOOPKIT_ERRNO_NAME_H

/* "ENOENT" for ENOENT; NULL: a number of the kernel's own. */
const char *errno_name(int err);

#endif
