/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Chooses the programs to load, by the options and this kernel. */
#ifndef DNSSNOOP_PLAN_H
#define DNSSNOOP_PLAN_H

#include "tools/dnssnoop/options.h"

int plan__configure(const struct dns_options *opt, struct run *run);

#endif
