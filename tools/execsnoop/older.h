/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The processes that are there when tracing begins. */
#ifndef EXECSNOOP_OLDER_H
#define EXECSNOOP_OLDER_H

#include <bpf/libbpf.h>
#include "tools/execsnoop/running.h"

/* Whether this process's exit is shown. `path` is its executable's, NULL: not known. */
typedef bool older_wanted(void *ctx, uint32_t pid, const char *comm, const char *path);

/* Those that the iterator tells of and that are wanted, into `running`. 0 or -errno. */
int older__find(struct bpf_link *iterator, struct running *running, older_wanted *wanted,
		void *ctx);

#endif
