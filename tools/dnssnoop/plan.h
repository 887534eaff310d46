/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What is loaded and attached, for the options and this kernel. */
#ifndef DNSSNOOP_PLAN_H
#define DNSSNOOP_PLAN_H

#include "tools/dnssnoop/options.h"

/* As the callbacks of struct tool. */
int plan__configure(const struct dns_options *opt, struct run *run);
int plan__prepare(struct run *run);
int plan__begin(struct run *run);
/* There is a filter by the owner. */
bool plan__filters_owner(const struct dns_options *opt);

#endif
