/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What is known of a path that the programs have put together. */
#ifndef SNOOPKIT_PATH_WIRE_H
#define SNOOPKIT_PATH_WIRE_H

enum path_state {
	PATH_KNOWN = 1,
	PATH_CUT = 2,	      /* it begins further up */
	PATH_DELETED = 4,     /* or it never had a name, as a memfd */
	PATH_UNREACHABLE = 8, /* its mount is not in the process's mount namespace */
};

#endif
