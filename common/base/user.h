/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Users by name, from /etc/passwd: a static binary cannot ask NSS. */
#ifndef SNOOPKIT_USER_H
#define SNOOPKIT_USER_H

#include <stdint.h>

/* A number, or the name of a local user. 0, or -ENOENT. */
int user__id(const char *given, uint32_t *uid);

#endif
