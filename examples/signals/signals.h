/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
#ifndef SIGNALS_H
#define SIGNALS_H

#include "common/bpf/count_wire.h"
#include "common/bpf/process_wire.h"

struct signal_record {
	struct event_record event; /* the sender's */
	__s32 signal;
	__u32 target; /* PID */
};

#endif
