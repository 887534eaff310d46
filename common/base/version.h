/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
#ifndef SNOOPKIT_VERSION_H
#define SNOOPKIT_VERSION_H

#ifndef SNOOPKIT_VERSION
#define SNOOPKIT_VERSION "0.1.0"
#endif

#endif
