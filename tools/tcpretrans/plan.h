/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Turns options into the programs' constants. */
#ifndef TCPRETRANS_PLAN_H
#define TCPRETRANS_PLAN_H

#include "common/tool/tool.h"
#include "tools/tcpretrans/options.h"

int plan__configure(const struct retrans_options *opt, struct run *run);

#endif
