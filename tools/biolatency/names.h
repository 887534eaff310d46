/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What classes and phases are called, in tables and in JSON. */
#ifndef BIOLATENCY_NAMES_H
#define BIOLATENCY_NAMES_H

#include "tools/biolatency/biolatency.h"

extern const char *const bio_class_names[CLASS_MAX];
extern const char *const bio_phase_names[PHASE_MAX];

#endif
