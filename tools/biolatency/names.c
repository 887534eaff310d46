// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
#include "tools/biolatency/names.h"

const char *const bio_class_names[CLASS_MAX] = {
	[CLASS_IO] = "io",
	[CLASS_DISCARD] = "discard",
	[CLASS_ZEROES] = "write_zeroes",
	[CLASS_ZONE] = "zone",
	[CLASS_FLUSH] = "flush",
	[CLASS_SYNC] = "sync",
	[CLASS_PASSTHROUGH] = "passthrough",
};

const char *const bio_phase_names[PHASE_MAX] = {
	[PHASE_SUBMIT] = "submit",
	[PHASE_QUEUE] = "queue",
	[PHASE_DEVICE] = "device",
	[PHASE_TOTAL] = "total",
};
