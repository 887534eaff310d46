/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* How each option was typed: to who wrote `-u` a message says `-u`, and not `--uid`. */
#ifndef SNOOPKIT_OPTION_H
#define SNOOPKIT_OPTION_H

#include <stdbool.h>

void option__forget(void);
/*
 * The option of this long name was typed as its letter, or (0) as the long name `as`, which may be
 * a former one. Both belong to the caller. False if it was typed before.
 */
bool option__type(const char *name, char letter, const char *as);
/*
 * With dashes, as it was typed (the last time), or by its long name. Belongs to the callee until
 * some calls later: enough of them for one message.
 */
const char *option__typed(const char *name);

#endif
