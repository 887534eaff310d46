/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Of the kernel's types those that an object's CO-RE relocations can be about, some hundreds of
 * 130,000, as a file for libbpf (bpf_object_open_opts.btf_custom_path): it would read them all,
 * and search them all for each type that the programs use.
 *
 * Numbers of types are not the kernel's there, so bpf_core_type_id_kernel() is not for the
 * programs of this collection. tests/run/objects.t watches.
 */
#ifndef SNOOPKIT_CORE_TYPES_H
#define SNOOPKIT_CORE_TYPES_H

#include <bpf/btf.h>
#include "common/base/buf.h"
#include "common/kernel/kernel_btf.h"

struct core_types {
	int fd;
	char path[32]; /* empty: there can be no such file, libbpf has to read them all */
};

/* Before the object is opened; an empty file. */
void core_types__open(struct core_types *c);
/* Before the object is loaded. 0 or -errno. */
int core_types__write(struct core_types *c, const struct btf *object, const struct kernel_btf *b);
void core_types__close(struct core_types *c);

/* What is written. 0 or -errno. */
int core_types__select(struct buf *out, const struct btf *object, const struct kernel_btf *b);

#endif
